"""Views whose buttons and menus come in, and fail, by the door that commands do."""

from __future__ import annotations

from typing import Any

import discord

from bot.client import admit, report_error


class Controls(discord.ui.View):
    """A view each of whose uses is a request, and whose errors are explained to the member."""

    async def _scheduled_task(
        self, item: discord.ui.Item[Any], interaction: discord.Interaction
    ) -> None:
        """Run what a control does as a request of its own."""

        async def work(interaction: discord.Interaction) -> None:
            await super(Controls, self)._scheduled_task(item, interaction)

        await admit(interaction, work, door="button", name=type(self).__name__)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        """Use the same door as commands."""
        await report_error(interaction, error)
