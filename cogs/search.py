"""Search: what the library says, by meaning and by words."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Marv
from bot.language import detect, from_locale
from bot.services.rate import RateLimit
from bot.services.search import Search
from cogs.guards import library_of
from cogs.pager import show_pages
from cogs.render import results_embed
from cogs.texts import say
from cogs.viewers import viewer_of

PER_PAGE = 3


class SearchCog(commands.Cog):
    """Shows what the library says."""

    def __init__(self, search: Search, rate: RateLimit) -> None:
        self._search = search
        self._rate = rate

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        query="What to look for, in your own words",
        limit="How many results, 1 to 25",
        private="Show the answer to you alone",
    )
    async def search(
        self,
        interaction: discord.Interaction[Marv],
        query: str,
        limit: app_commands.Range[int, 1, 25] = 9,
        private: bool = False,
    ) -> None:
        """Find passages of the library by meaning and by words."""
        guild_id = library_of(interaction)
        await self._rate.admit(guild_id, interaction.user.id)
        await interaction.response.defer(ephemeral=private, thinking=True)
        found = await self._search.find(
            guild_id, query, viewer=viewer_of(interaction, private=private), limit=limit
        )
        language = detect(query, otherwise=from_locale(str(interaction.locale)))

        def page(number: int) -> discord.Embed:
            first = number * PER_PAGE
            shown = found.passages[first : first + PER_PAGE]
            embed = results_embed(
                found.query, shown, found.terms, first=first + 1, language=language
            )
            if found.words_only:
                away = self._search.words_only
                note = say("words_only" if away else "words_only_money", language)
                embed.description = f"-# {note}"
            return embed

        pages = -(-len(found.passages) // PER_PAGE)
        await show_pages(interaction, page, pages=pages, language=language, private=private)


async def setup(bot: Marv) -> None:
    """Give the cog what searches, and what keeps members from doing so too often."""
    await bot.add_cog(SearchCog(bot.services.search, bot.services.rate))
