"""Inquiries: the buttons that carry questions to the staff work from the start."""

from __future__ import annotations

import logging

from discord.ext import commands

from bot.client import Marv
from bot.services.inquiries import Inquiries
from cogs.inquiry_buttons import BUTTONS

log = logging.getLogger(__name__)


class InquiriesCog(commands.Cog):
    """Keeps the buttons of earlier messages working."""

    def __init__(self, bot: Marv, inquiries: Inquiries) -> None:
        self._bot = bot
        self._inquiries = inquiries

    async def cog_load(self) -> None:
        """Register the buttons, and forget what a crash kept from the staff."""
        self._bot.add_dynamic_items(*BUTTONS)
        if lost := await self._inquiries.discard_unposted():
            log.warning("%d questions never reached the staff and were discarded", lost)

    async def cog_unload(self) -> None:
        """Take the buttons away again."""
        self._bot.remove_dynamic_items(*BUTTONS)


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(InquiriesCog(bot, bot.services.inquiries))
