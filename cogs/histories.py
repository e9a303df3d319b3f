"""Discord's channels, threads and messages as the values that services know."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import discord
from discord import app_commands

from bot.channels import ChannelMessage, Place
from bot.client import Marv
from bot.faults.channel import ChannelClosed
from bot.services.channels import History
from cogs.audiences import ReadableOption

Source = discord.TextChannel | discord.ForumChannel
Written = (discord.MessageType.default, discord.MessageType.reply)  # by somebody, for others
MEMBER = re.compile(r"<@!?\d+>")
EMOJI = re.compile(r"<a?:(\w+):\d+>")
SOMEBODY = "@…"


class _SourceOption(ReadableOption):
    """Takes a channel that can become a source."""

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return the kinds of channel that Discord offers."""
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.forum]


ChosenSource = app_commands.Transform[app_commands.AppCommandChannel, _SourceOption]


def source_of(interaction: discord.Interaction[Marv], channel_id: int) -> Source:
    """Return the channel that staff chose; raises ChannelClosed where Marv was told of none."""
    found = interaction.guild and interaction.guild.get_channel(channel_id)
    if not isinstance(found, Source):
        raise ChannelClosed("view_channel")
    return found


def check_readable(channel: Source) -> None:
    """Raise ChannelClosed, naming what is missing, where Marv may not read."""
    allowed = channel.permissions_for(channel.guild.me)
    if not allowed.view_channel:  # without it Discord grants nothing else
        raise ChannelClosed("view_channel")
    if not allowed.read_message_history:
        raise ChannelClosed("read_message_history")


def place_of(bot: Marv, channel: object) -> Place | None:
    """Return the place that a channel or a public thread is, None for what is never read."""
    if isinstance(channel, discord.Thread):
        if channel.is_private():
            return None
        parent_id = channel.parent_id
    elif isinstance(channel, Source):
        parent_id = channel.id
    else:
        return None
    guild_id = bot.library_of(channel.guild.id)
    return Place(guild_id=guild_id, channel_id=parent_id, id=channel.id, title=channel.name)


def message_of(message: discord.Message, me: discord.ClientUser | None) -> ChannelMessage:
    """Return a message as a value; what is said to Marv is a question, not knowledge."""
    to_me = me is not None and re.match(rf"<@!?{me.id}>", message.content) is not None
    by_member = not message.author.bot and message.webhook_id is None and message.type in Written
    return ChannelMessage(
        id=message.id,
        author_id=message.author.id,
        sent_at=message.created_at,
        text=words_of(message),
        by_member=by_member and not to_me,
    )


def words_of(message: discord.Message) -> str:
    """Return what a message says, with nobody's name in it."""
    return EMOJI.sub(r":\1:", MEMBER.sub(SOMEBODY, message.content)).strip()


def history_of(channel: discord.TextChannel | discord.Thread, me: discord.ClientUser) -> History:
    """Return how a channel's messages are read, oldest first."""

    async def messages(after: int) -> AsyncIterator[ChannelMessage]:
        start = discord.Object(after)
        async for message in channel.history(limit=None, after=start, oldest_first=True):
            yield message_of(message, me)

    return messages


async def readable_parts(
    channel: Source, *, archived: bool
) -> AsyncIterator[discord.TextChannel | discord.Thread]:
    """Yield where a channel's messages are: itself, its active public threads, the archived ones.

    A forum holds nothing but threads.
    """
    if isinstance(channel, discord.TextChannel):
        yield channel
    active = [thread for thread in channel.threads if not thread.is_private()]
    for thread in active:
        yield thread
    if archived:
        known = {thread.id for thread in active}
        async for thread in channel.archived_threads(limit=None):
            if thread.id not in known and not thread.is_private():
                yield thread
