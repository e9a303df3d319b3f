"""Who speaks: the staff hear of every change, and of models that will end."""

from __future__ import annotations

import asyncio
import logging

from discord.ext import commands

from bot.client import Marv
from bot.errors import MarvError
from bot.promotion import Change, Ending, Promotion
from bot.services.promoting import Promoting
from cogs.blind import FirstButton, SecondButton
from cogs.comparing_view import promotion_text
from cogs.staff_channel import tell_staff
from cogs.texts import say

log = logging.getLogger(__name__)

LOOK_SECONDS = 6 * 3600.0


class PromotionNewsCog(commands.Cog):
    """Tells the staff, and looks ahead while Marv is connected."""

    def __init__(self, bot: Marv, promoting: Promoting) -> None:
        self._bot = bot
        self._promoting = promoting
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Listen; the buttons of votes outlive a restart."""
        self._bot.add_dynamic_items(FirstButton, SecondButton)
        self._promoting.cast.listeners.append(self._changed)
        self._promoting.tellers.append(self._ends)

    async def cog_unload(self) -> None:
        """Listen no longer."""
        self._bot.remove_dynamic_items(FirstButton, SecondButton)
        self._promoting.cast.listeners.remove(self._changed)
        self._promoting.tellers.remove(self._ends)
        if self._task is not None:
            self._task.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin to look ahead, once."""
        if self._task is None:
            self._task = asyncio.create_task(self._look_forever(), name="shutdown-dates")

    async def _look_forever(self) -> None:
        while True:
            try:
                await self._promoting.look_ahead()
            except MarvError as error:
                log.warning("Shutdown dates were not looked at: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _changed(self, promotion: Promotion) -> None:
        """Tell of what nobody of the staff did themselves."""
        if promotion.change is Change.FELL_BACK:
            await tell_staff(
                self._bot,
                promotion.guild_id,
                lambda language: promotion_text(promotion, language),
            )

    async def _ends(self, ending: Ending) -> None:
        await tell_staff(
            self._bot,
            ending.guild_id,
            lambda language: say("ending", language, model=ending.model, days=ending.days),
        )


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(PromotionNewsCog(bot, bot.services.promoting))
