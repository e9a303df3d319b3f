"""What happens in added channels, followed into the library."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

import discord
from discord.ext import commands

from bot.channels import AddedChannel, Place
from bot.client import Marv
from bot.errors import MarvError
from bot.faults.channel import ChannelsUnread
from bot.services.channels import Channels
from cogs.histories import Source, check_readable, history_of, message_of, place_of, readable_parts

log = logging.getLogger(__name__)

QUIET_SECONDS = 60.0  # of nobody saying anything, after which what was said is written
FULL_QUEUE = 20  # messages that are written without waiting for quiet
CATCH_UP_MESSAGES = 1000  # read of one place at a start; `/library add-channel` reads on


class FollowingCog(commands.Cog):
    """Listens, and lets the service write when it is quiet."""

    def __init__(self, bot: Marv, channels: Channels) -> None:
        self._bot = bot
        self._channels = channels
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def cog_unload(self) -> None:
        """Stop; what was not written is read again at the next start."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Read what was said while nobody listened."""
        self._channels.level.clear()
        self._start(self.catch_up(), "catching up with channels")

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Hear what is said."""
        await self._hear(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Hear what a message says now."""
        await self._hear(payload.message)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take back what was deleted, at once."""
        self._miss(payload.guild_id, payload.channel_id, (payload.message_id,))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take back what was deleted, at once."""
        self._miss(payload.guild_id, payload.channel_id, tuple(payload.message_ids))

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Know that nothing of a new thread was missed."""
        if place_of(self._bot, thread):
            self._channels.level.add(thread.id)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Follow a thread's new name."""
        await self._rename(
            payload.guild_id, payload.parent_id, payload.thread_id, payload.data["name"]
        )

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Remove the document of a thread that is gone."""
        guild_id = self._bot.library_of(payload.guild_id)
        if await self._channels.is_added(guild_id, payload.parent_id):
            place = Place(
                guild_id=guild_id, channel_id=payload.parent_id, id=payload.thread_id, title=""
            )
            await self._channels.remove_place(place)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Follow a channel's new name."""
        if before.name != after.name:
            await self._rename(after.guild.id, after.id, after.id, after.name)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Remove a channel's documents with it: nobody may read them any more."""
        guild_id = self._bot.library_of(channel.guild.id)
        if await self._channels.is_added(guild_id, channel.id):
            await self._channels.remove(guild_id, channel.id)

    async def _hear(self, message: discord.Message) -> None:
        if not self._bot.intents.message_content:  # else an edit would seem to empty it
            return
        if (place := place_of(self._bot, message.channel)) is None:
            return
        if await self._channels.hear(place, message_of(message, self._bot.user)):
            full = len(self._channels.queue) >= FULL_QUEUE
            self._write_in(0 if full else QUIET_SECONDS)

    def _miss(self, server_id: int | None, place_id: int, message_ids: tuple[int, ...]) -> None:
        if server_id is not None:
            self._channels.miss(self._bot.library_of(server_id), place_id, message_ids)
            self._write_in(0)

    async def _rename(self, server_id: int, channel_id: int, place_id: int, name: str) -> None:
        guild_id = self._bot.library_of(server_id)
        if await self._channels.follows(guild_id, channel_id):
            await self._channels.rename(guild_id, place_id, name)

    def _write_in(self, seconds: float) -> None:
        """Write what is queued after a time; asked again, the time begins anew."""
        if self._timer is not None:
            self._timer.cancel()
        if not seconds:
            self._start(self._write(), "writing channels")
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(
            seconds, lambda: self._start(self._write(), "writing channels")
        )

    async def _write(self) -> None:
        try:
            await self._channels.flush()
        except MarvError as error:
            log.warning("Channels wait to be written: %s", error)
            self._write_in(QUIET_SECONDS)

    async def catch_up(self) -> None:
        """Read on in every added channel that may be read, a bounded number of messages."""
        for guild in self._bot.guilds:
            for added in await self._channels.added(self._bot.library_of(guild.id)):
                if added.server_id != guild.id:
                    continue
                try:
                    await self._channels.write_waiting(added.guild_id)
                    await self._read_on(guild, added)
                except ChannelsUnread:
                    break
                except (MarvError, discord.HTTPException) as error:
                    log.warning("Channel %d was not caught up: %s", added.channel_id, error)

    async def _read_on(self, guild: discord.Guild, added: AddedChannel) -> None:
        """Read what is new in a channel; one that is gone is removed.

        Raises ChannelsUnread, ChannelClosed or what a model or a store raises.
        """
        me = self._bot.user
        try:
            channel = guild.get_channel(added.channel_id) or await guild.fetch_channel(
                added.channel_id
            )
        except discord.NotFound:
            await self._channels.remove(added.guild_id, added.channel_id)
            return
        if me is None or not self._bot.intents.message_content or not isinstance(channel, Source):
            return
        check_readable(channel)
        async for part in readable_parts(channel, archived=False):
            if place := place_of(self._bot, part):
                history = history_of(part, me)
                await self._channels.read(place, history, limit=CATCH_UP_MESSAGES)

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s ended", task.get_name(), exc_info=error)


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(FollowingCog(bot, bot.services.channels))
