"""Budgets: the staff are told when one is nearly, and when it is wholly spent."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.client import Marv
from bot.models import Language
from bot.services.spending import Spending
from bot.usage import BudgetNotice, Scope, dollars
from cogs.staff_channel import tell_staff
from cogs.texts import say


class BudgetsCog(commands.Cog):
    """Passes on what the budgets say."""

    def __init__(self, bot: Marv, spending: Spending) -> None:
        self._bot = bot
        self._spending = spending

    async def cog_load(self) -> None:
        """Listen."""
        self._spending.listeners.append(self._heard)

    async def cog_unload(self) -> None:
        """Listen no longer."""
        self._spending.listeners.remove(self._heard)

    def _heard(self, notice: BudgetNotice) -> None:
        self._bot.dispatch("budget_notice", notice)

    @commands.Cog.listener()
    async def on_budget_notice(self, notice: BudgetNotice) -> None:
        """Tell the staff, where they have a channel."""
        key = "budget_server" if notice.scope is Scope.SERVER else "budget_operator"

        def text(language: Language) -> str:
            return say(
                key,
                language,
                percent=notice.percent,
                spent=dollars(notice.spent),
                budget=dollars(notice.budget),
                at=discord.utils.format_dt(notice.resets_at, "t"),
                when=discord.utils.format_dt(notice.resets_at, "R"),
            )

        await tell_staff(self._bot, notice.guild_id, text)


async def setup(bot: Marv) -> None:
    """Give the cog what watches the budgets."""
    await bot.add_cog(BudgetsCog(bot, bot.services.spending))
