"""Budgets: the staff are told when one is nearly, and when it is wholly spent."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.errors import CannotPost, NoStaffChannel
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.usage import BudgetNotice, Scope, dollars
from cogs.staff_channel import find_staff_channel, staff_language
from cogs.texts import say

log = logging.getLogger(__name__)


class BudgetsCog(commands.Cog):
    """Passes on what the budgets say."""

    def __init__(self, bot: Marv, spending: Spending, settings: SettingsDesk) -> None:
        self._bot = bot
        self._spending = spending
        self._settings = settings

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
        guild_id = self._bot.guild_of(notice.guild_id)
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return
        preferences = await self._settings.show(notice.guild_id)
        try:
            channel = find_staff_channel(guild, preferences.staff_channel_id)
        except (NoStaffChannel, CannotPost) as error:
            log.info("The staff of server %d are not told of their budget: %s", guild_id, error)
            return
        text = say(
            "budget_server" if notice.scope is Scope.SERVER else "budget_operator",
            staff_language(guild),
            percent=notice.percent,
            spent=dollars(notice.spent),
            budget=dollars(notice.budget),
            at=discord.utils.format_dt(notice.resets_at, "t"),
            when=discord.utils.format_dt(notice.resets_at, "R"),
        )
        await channel.send(text, allowed_mentions=NO_MENTIONS)


async def setup(bot: Marv) -> None:
    """Give the cog what watches the budgets, and what knows the staff channel."""
    await bot.add_cog(BudgetsCog(bot, bot.services.spending, bot.services.settings))
