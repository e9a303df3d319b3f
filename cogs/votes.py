"""Votes by reaction on Marv's answers."""

from __future__ import annotations

import re

import discord
from discord.ext import commands

from bot.client import Marv
from bot.inquiry import VoteValue
from bot.services.votes import Votes

_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")  # skin tones, and the mark of a picture
_VALUES = {"👍": VoteValue.UP, "👎": VoteValue.DOWN}


class VotesCog(commands.Cog):
    """Counts thumbs."""

    def __init__(self, votes: Votes) -> None:
        self._votes = votes

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Set a member's vote, never a bot's."""
        value = value_of(payload.emoji)
        if value is None or payload.member is None or payload.member.bot:
            return
        await self._votes.cast(payload.message_id, payload.user_id, value)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take a member's vote back."""
        value = value_of(payload.emoji)
        if value is not None:
            await self._votes.withdraw(payload.message_id, payload.user_id, value)


def value_of(emoji: discord.PartialEmoji) -> VoteValue | None:
    """Return what a reaction says of an answer, in whatever skin tone."""
    return None if emoji.id else _VALUES.get(_TONES.sub("", emoji.name or ""))


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(VotesCog(bot.services.votes))
