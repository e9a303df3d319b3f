"""Ask: answers with citations."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Marv, explain
from bot.errors import EmptyQuestion, NothingFound
from bot.faults.money import BudgetSpent
from bot.language import detect, from_locale
from bot.models import Provenance, TurnKind
from bot.services.turns import Asker
from cogs.closings import closing_of
from cogs.delivery import Show, deliver
from cogs.doors import interaction_edit, interaction_send
from cogs.guards import library_of
from cogs.notice import offer_notice
from cogs.render import results_embed
from cogs.stopping import stoppable
from cogs.texts import say
from cogs.viewers import audience_channel, viewer_of

FOUND = 5  # passages shown where nobody pays for an answer


class AskCog(commands.Cog):
    """Answers questions from the library."""

    def __init__(self, bot: Marv) -> None:
        services = bot.services
        self._bot = bot
        self._running = services.running
        self._ask = services.ask
        self._inquiries = services.inquiries
        self._rate = services.rate
        self._menu = app_commands.ContextMenu(name="Ask Marv", callback=self.ask_about)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Add the message menu, which a cog cannot declare."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the message menu away again."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(question="What you want to know", private="Show the answer to you alone")
    async def ask(
        self, interaction: discord.Interaction[Marv], question: str, private: bool = False
    ) -> None:
        """Ask a question; the answer cites the library."""
        await self._answer(interaction, question, Provenance.INTERACTION, private=private)

    async def ask_about(
        self, interaction: discord.Interaction[Marv], message: discord.Message
    ) -> None:
        """Answer what a message asks."""
        if not message.content:
            raise EmptyQuestion
        await self._answer(interaction, message.content, Provenance.MESSAGE, private=True)

    async def _answer(
        self,
        interaction: discord.Interaction[Marv],
        question: str,
        provenance: Provenance,
        *,
        private: bool,
    ) -> None:
        asker = asker_of(interaction, provenance, private=private)
        edit = interaction_edit(interaction, private=private)
        with self._running.writing(interaction.user.id) as writing:
            updates = self._ask.ask(asker, question, stop=writing.stop)
            await self._rate.admit(asker.guild_id, asker.author_id)
            await self._ask.recorder.screened(
                asker, question, kind=TurnKind.ASK, manners=self._ask.manners
            )
            await interaction.response.defer(ephemeral=private, thinking=True)
            try:
                delivered = await deliver(
                    updates,
                    edit=edit,
                    send=interaction_send(interaction, private=private),
                    close=closing_of(self._inquiries, asker, interaction.guild),
                    stoppable=stoppable(self._running, writing, asker.locale),
                )
            except BudgetSpent as spent:
                await self._show_found(edit, asker, question, spent)
                return
        await self._ask.recorder.delivered(delivered.turn_id, delivered.message.id)
        await offer_notice(self._bot, interaction)

    async def _show_found(
        self, edit: Show, asker: Asker, question: str, spent: BudgetSpent
    ) -> None:
        """Say that nobody pays for an answer, and show what one would be made of."""
        language = detect(question, otherwise=asker.locale)
        text = explain(spent, language)
        try:
            found = await self._ask.search.find(
                asker.guild_id, question, viewer=asker.viewer, limit=FOUND
            )
        except NothingFound as nothing:
            await edit(f"{text}\n{nothing.user_message(language)}", None)
            return
        embed = results_embed(found.query, found.passages, found.terms, first=1, language=language)
        if found.words_only:
            away = self._ask.search.words_only
            note = say("words_only" if away else "words_only_money", language)
            embed.set_footer(text=note)
        await edit(text, embed)


def asker_of(
    interaction: discord.Interaction[Marv], provenance: Provenance, *, private: bool
) -> Asker:
    """Return who asks by an interaction."""
    return Asker(
        guild_id=library_of(interaction),
        channel_id=interaction.channel_id or 0,
        author_id=interaction.user.id,
        provenance=provenance,
        viewer=viewer_of(interaction, private=private),
        private=private,
        audience_channel_id=audience_channel(interaction.channel, interaction.channel_id or 0),
        locale=from_locale(str(interaction.locale)),
    )


async def setup(bot: Marv) -> None:
    """Give the cog what answers, and where a question goes that has no answer."""
    await bot.add_cog(AskCog(bot))
