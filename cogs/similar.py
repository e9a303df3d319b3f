"""Similar: passages like a text, a message or a document, and more like those that please."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.errors import EmptyQuestion, NotYours
from bot.language import detect, from_locale
from bot.models import ChunkId, Language, Passage
from bot.services.exploring.recommend import Similar
from cogs.controls import Controls
from cogs.guards import library_of
from cogs.render import COLOUR, add_passages, place
from cogs.texts import say
from cogs.viewers import viewer_of

SHOWN = 5
MOST = 10
MORE_SECONDS = 600.0
EMBED_CHARACTERS = 6000


class SimilarCog(commands.Cog):
    """Shows what is like something."""

    def __init__(self, bot: Marv) -> None:
        self._bot = bot
        self._similar = bot.services.similar
        self._library = bot.services.library
        self._rate = bot.services.rate
        self._menu = app_commands.ContextMenu(name="Find similar", callback=self.like_message)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Add the message menu, which a cog cannot declare."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the message menu away again."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        text="The text to compare with",
        document="The document to compare with",
        limit="How many results, 1 to 10",
        diversity="How varied the results are, 0 to 100",
        private="Show the answer to you alone",
    )
    async def similar(
        self,
        interaction: discord.Interaction[Marv],
        text: str = "",
        document: str = "",
        limit: app_commands.Range[int, 1, MOST] = SHOWN,
        diversity: app_commands.Range[int, 0, 100] = 20,
        private: bool = False,
    ) -> None:
        """Find passages of the library like a text or a document."""
        if not text.strip() and not document:
            raise EmptyQuestion
        guild_id = library_of(interaction)
        await self._rate.admit(guild_id, interaction.user.id)
        await interaction.response.defer(ephemeral=private, thinking=True)
        viewer = viewer_of(interaction, private=private)
        taste = diversity / 100
        if document:
            chosen = await self._library.chosen(guild_id, document, viewer=viewer)
            found = await self._similar.to_document(
                guild_id, chosen.id, viewer=viewer, limit=limit, diversity=taste
            )
        else:
            found = await self._similar.to_text(
                guild_id, text, viewer=viewer, limit=limit, diversity=taste
            )
        language = detect(text, otherwise=from_locale(str(interaction.locale)))
        await self._show(interaction, found, language, taste, private=private)

    @similar.autocomplete("document")
    async def _suggest(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        documents = await self._library.suggest(
            library_of(interaction), typed, viewer=viewer_of(interaction, private=False)
        )
        return [
            app_commands.Choice(name=document.title[:100], value=str(document.id))
            for document in documents
        ]

    async def like_message(
        self, interaction: discord.Interaction[Marv], message: discord.Message
    ) -> None:
        """Show the member what is like a message."""
        if not message.content:
            raise EmptyQuestion
        guild_id = library_of(interaction)
        await self._rate.admit(guild_id, interaction.user.id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        viewer = viewer_of(interaction, private=True)
        found = await self._similar.to_text(guild_id, message.content, viewer=viewer, limit=SHOWN)
        language = from_locale(str(interaction.locale))
        await self._show(interaction, found, language, 0.2, private=True)

    async def _show(
        self,
        interaction: discord.Interaction[Marv],
        found: Sequence[Passage],
        language: Language,
        diversity: float,
        *,
        private: bool,
    ) -> None:
        view = MoreLikeThese(self._similar, interaction.user.id, language, diversity)
        view.private = private
        await interaction.followup.send(
            embed=view.showing(found, say("similar_title", language)),
            view=view,
            ephemeral=private,
            allowed_mentions=NO_MENTIONS,
        )


class Menu(discord.ui.Select["MoreLikeThese"]):
    """What is shown, to choose from."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show more like the chosen."""
        if self.view is not None:
            await self.view.more(interaction, [ChunkId(int(value)) for value in self.values])


class MoreLikeThese(Controls):
    """A menu of what is shown; choosing from it shows more of the kind, nothing twice."""

    private = False

    def __init__(
        self, similar: Similar, owner_id: int, language: Language, diversity: float
    ) -> None:
        super().__init__(timeout=MORE_SECONDS)
        self._similar, self._owner_id = similar, owner_id
        self._language, self._diversity = language, diversity
        self._liked: list[ChunkId] = []
        self._seen: set[ChunkId] = set()
        self._menu = Menu(custom_id="similar:more", placeholder=say("similar_pick", language))
        self.add_item(self._menu)

    def showing(self, found: Sequence[Passage], title: str) -> discord.Embed:
        """Render passages, and offer them."""
        self._seen.update(passage.chunk_id for passage in found)
        self._menu.options = [
            discord.SelectOption(
                label=place(passage, self._language)[:100],
                value=str(passage.chunk_id),
                description=" ".join(passage.text.split())[:100],
            )
            for passage in found
        ]
        self._menu.max_values = len(found)
        embed = add_passages(discord.Embed(title=title, colour=COLOUR), found, self._language)
        for number, passage in enumerate(found):
            alike = say("similar_how", self._language, percent=round(100 * passage.score))
            name = f"{place(passage, self._language)} · {alike}"[:256]
            embed.set_field_at(number, name=name, value=embed.fields[number].value, inline=False)
        while len(embed) > EMBED_CHARACTERS:
            embed.remove_field(-1)
        return embed

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Raise NotYours for anybody but the owner."""
        if interaction.user.id != self._owner_id:
            raise NotYours
        return True

    async def more(self, interaction: discord.Interaction[Marv], chosen: Sequence[ChunkId]) -> None:
        """Show more like the chosen, and like those chosen before."""
        await interaction.response.defer()
        self._liked += chosen
        found = await self._similar.to_passages(
            library_of(interaction),
            self._liked,
            viewer=viewer_of(interaction, private=self.private),
            limit=SHOWN,
            diversity=self._diversity,
            seen=self._seen,
        )
        await interaction.edit_original_response(
            embed=self.showing(found, say("similar_more", self._language)),
            view=self,
            allowed_mentions=NO_MENTIONS,
        )


async def setup(bot: Marv) -> None:
    """Give the cog what recommends, the library's titles, and what limits the pace."""
    await bot.add_cog(SimilarCog(bot))
