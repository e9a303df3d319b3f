"""Stopping an answer while it is being written: a button, a reaction, or deleting it."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.errors import NotYours
from bot.language import from_locale
from bot.models import Language
from bot.services.running import Running, Writing
from cogs.buttons import IdButton
from cogs.delivery import Stoppable
from cogs.guards import may_manage
from cogs.texts import say

STOP_EMOJIS = frozenset({"🛑", "✋", "⏹"})


class StopButton(IdButton, template=r"answer:stop:(?P<id>[0-9]{1,20})"):
    """Under an answer that is being written: ends it where it stands."""

    text, prefix = "stop", "answer:stop"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Stop the answer, for who asked and for staff."""
        running = interaction.client.services.running
        message = interaction.message
        stopped = message is not None and running.stop(
            message.id, by=interaction.user.id, staff=may_manage(interaction)
        )
        await interaction.response.send_message(
            say("stop_done" if stopped else "stop_late", from_locale(str(interaction.locale))),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class StoppingCog(commands.Cog):
    """Listens for whoever has heard enough."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Stop an answer at a stop sign from who asked, or from staff."""
        emoji = (payload.emoji.name or "").rstrip("\ufe0f")
        if payload.emoji.id or emoji not in STOP_EMOJIS or payload.member is None:
            return
        staff = payload.member.guild_permissions.manage_guild
        try:
            self._running.stop(payload.message_id, by=payload.user_id, staff=staff)
        except NotYours:
            return  # a reaction needs no answer: it is not theirs to stop

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Stop writing what somebody deleted."""
        self._running.vanished(payload.message_id)


def stoppable(running: Running, writing: Writing, language: Language) -> Stoppable:
    """Return what makes an answer stoppable while it is written."""
    view = discord.ui.View(timeout=None)
    view.add_item(StopButton(writing.asker_id, language))
    return Stoppable(running=running, writing=writing, view=view)


async def setup(bot: Marv) -> None:
    """Give the cog the answers that are being written."""
    bot.add_dynamic_items(StopButton)
    await bot.add_cog(StoppingCog(bot.services.running))
