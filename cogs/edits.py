"""What members edit or delete after Marv answered it."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.client import Marv
from bot.models import Turn
from bot.services.chat import Chat


class EditsCog(commands.Cog):
    """Keeps the log as members left it: edited words count, deleted ones are gone."""

    def __init__(self, bot: Marv, chat: Chat) -> None:
        self._bot = bot
        self._chat = chat

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Remember a question as its author left it."""
        me = self._bot.user
        if me is None or payload.message.author.id == me.id or not payload.message.content:
            return
        turn = await self._chat.memory.log.by_asked_message(payload.message_id)
        if turn is None or turn.question is None:
            return
        text = without_mention(payload.message.content, me.id)
        if text and text != turn.question:
            await self._chat.edited(turn, text)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget the words of a turn whose question or answer was deleted."""
        await self._drop(payload.message_id, payload.channel_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget the words of every turn among deleted messages."""
        for message_id in sorted(payload.message_ids):
            await self._drop(message_id, payload.channel_id)

    async def _drop(self, message_id: int, channel_id: int) -> None:
        asked = await self._chat.memory.log.by_asked_message(message_id)
        turn = asked or await self._chat.turn_of(message_id)
        if turn is None:
            return
        await self._chat.memory.log.drop_words(turn.id)
        if asked is not None:
            await self._take_back(asked, channel_id)

    async def _take_back(self, turn: Turn, channel_id: int) -> None:
        """Delete Marv's reply to a message that its author deleted: it may repeat its words."""
        if turn.message_id is None:
            return
        place = self._bot.get_partial_messageable(turn.channel_id or channel_id)
        try:
            await place.get_partial_message(turn.message_id).delete()
        except (discord.NotFound, discord.Forbidden):
            return  # it is gone already, or the channel is closed to Marv


def without_mention(text: str, user_id: int) -> str:
    """Return a message without the mentions of Marv that addressed it."""
    return text.replace(f"<@{user_id}>", "").replace(f"<@!{user_id}>", "").strip()


async def setup(bot: Marv) -> None:
    """Give the cog what knows conversations."""
    await bot.add_cog(EditsCog(bot, bot.services.chat))
