"""Pages with buttons, for whoever asked."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.client import NO_MENTIONS, Marv
from bot.errors import NotYours
from bot.models import Language
from cogs.controls import Controls
from cogs.texts import say

PAGER_SECONDS = 600.0

Page = Callable[[int], discord.Embed]


class Pager(Controls):
    """Shows one page of several; only its owner may turn them."""

    def __init__(self, page: Page, *, pages: int, owner_id: int, language: Language) -> None:
        super().__init__(timeout=PAGER_SECONDS)
        self._page = page
        self._pages = pages
        self._owner_id = owner_id
        self._language = language
        self._number = 0
        self.back.label = say("previous", language)
        self.on.label = say("next", language)
        self._show_ends()

    @property
    def embed(self) -> discord.Embed:
        """Return the page in view, numbered."""
        embed = self._page(self._number)
        footer = say("page", self._language, page=self._number + 1, pages=self._pages)
        return embed.set_footer(text=footer)

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Raise NotYours for anybody but the owner."""
        if interaction.user.id != self._owner_id:
            raise NotYours
        return True

    @discord.ui.button(custom_id="pager:previous")
    async def back(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[Pager]
    ) -> None:
        """Show the page before."""
        await self._turn(interaction, -1)

    @discord.ui.button(custom_id="pager:next")
    async def on(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[Pager]
    ) -> None:
        """Show the page after."""
        await self._turn(interaction, 1)

    async def _turn(self, interaction: discord.Interaction[Marv], by: int) -> None:
        self._number = min(max(self._number + by, 0), self._pages - 1)
        self._show_ends()
        await interaction.response.edit_message(
            embed=self.embed, view=self, allowed_mentions=NO_MENTIONS
        )

    def _show_ends(self) -> None:
        self.back.disabled = self._number == 0
        self.on.disabled = self._number == self._pages - 1


async def show_pages(
    interaction: discord.Interaction[Marv],
    page: Page,
    *,
    pages: int,
    language: Language,
    private: bool,
) -> None:
    """Send the first page after a defer, with buttons where there is more than one."""
    pager = Pager(page, pages=pages, owner_id=interaction.user.id, language=language)
    if pages > 1:
        await interaction.followup.send(
            embed=pager.embed,
            view=pager,
            ephemeral=private,
            allowed_mentions=NO_MENTIONS,
        )
        return
    await interaction.followup.send(embed=page(0), ephemeral=private, allowed_mentions=NO_MENTIONS)
