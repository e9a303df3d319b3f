"""Channels as sources: reading them, and following what happens in them afterwards."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.channels import AddedChannel, ChannelMessage, Place, Reach, Span, kept_origin
from bot.faults.channel import ChannelsUnread, ChannelUnknown
from bot.ports import ChannelStore
from bot.services.ingest import IngestReport
from bot.services.settings_desk import SettingsDesk
from bot.services.stretches import StretchWriter, add

PAGE = 100  # messages written together; Discord hands out as many at once

# Yields the messages of a place after an id, oldest first.
History = Callable[[int], AsyncIterator[ChannelMessage]]


@dataclass(frozen=True, slots=True)
class Said:
    """A message that came or was edited."""

    place: Place
    message: ChannelMessage

    @property
    def place_id(self) -> int:
        """Return where it was said."""
        return self.place.id

    @property
    def guild_id(self) -> int:
        """Return whose library it belongs to."""
        return self.place.guild_id


@dataclass(frozen=True, slots=True)
class Deleted:
    """Messages that were deleted."""

    guild_id: int
    place_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Takes channels into the library, while the server's setting allows it.

    What happens meanwhile is queued until ``flush``; a place that is being read
    has to wait until it is read, so that a page never undoes an edit. The
    cursor follows what is heard only in places that were read to their end
    (``level``): in any other, messages are missing before it.
    """

    store: ChannelStore
    settings: SettingsDesk
    writer: StretchWriter
    queue: deque[Said | Deleted] = field(default_factory=deque)
    level: set[int] = field(default_factory=set)
    reading: set[int] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def allowed(self, guild_id: int) -> bool:
        """Tell whether the server lets Marv read channels."""
        return (await self.settings.show(guild_id)).read_channels

    async def follows(self, guild_id: int, channel_id: int) -> bool:
        """Tell whether what is said in a channel is taken in."""
        return await self.store.is_added(guild_id, channel_id) and await self.allowed(guild_id)

    async def added(self, guild_id: int) -> tuple[AddedChannel, ...]:
        """Return the guild's added channels."""
        return await self.store.channels(guild_id)

    async def is_added(self, guild_id: int, channel_id: int) -> bool:
        """Tell whether a channel was added, whether it is followed now or not."""
        return await self.store.is_added(guild_id, channel_id)

    async def add(self, channel: AddedChannel) -> None:
        """Make a channel a source; raises ChannelsUnread where the setting is off."""
        if not await self.allowed(channel.guild_id):
            raise ChannelsUnread
        await self.store.add_channel(channel)

    async def read(
        self,
        place: Place,
        history: History,
        *,
        limit: int | None = None,
        progress: Callable[[IngestReport], Awaitable[None]] | None = None,
    ) -> IngestReport:
        """Read on in a place from where it was left, at most ``limit`` new messages.

        Every page is durable before the next is asked for, and the latest
        messages known are compared again, so edits and deletions that happened
        unseen are found there. Raises ChannelsUnread once the setting is off.
        """
        total = IngestReport()
        async with self.turn:
            self.reading.add(place.id)
            try:
                await self.store.put_place(place)
                reach = await self.store.reach(place)
                async for span in _spans(history, reach, limit):
                    if not await self.follows(place.guild_id, place.channel_id):
                        raise ChannelsUnread
                    last = max((each.id for each in span.messages), default=reach.cursor)
                    await self.store.take(place, span, cursor=last)
                    add(total, await self.writer.write(place.guild_id))
                    if progress:
                        await progress(total)
                    if len(span.messages) < PAGE:
                        self.level.add(place.id)
            finally:
                self.reading.discard(place.id)
        return total

    async def remove(self, guild_id: int, channel_id: int) -> int:
        """Remove a channel with all its documents; return how many there were.

        Raises ChannelUnknown for one that is no source.
        """
        prefix = f"channel:{channel_id}/"
        known = await self.store.is_added(guild_id, channel_id)
        if not known and not await self.writer.ingest.library.origins(guild_id, prefix):
            raise ChannelUnknown
        for place in await self.store.places(guild_id, channel_id):
            self.level.discard(place.id)
        async with self.writer.lock:  # nothing is written meanwhile; a crash can be made good
            removed = await self.writer.remove(guild_id, prefix)
            await self.store.remove_channel(guild_id, channel_id)
        return removed

    async def remove_place(self, place: Place) -> int:
        """Remove a thread that is gone; return how many documents it had."""
        self.level.discard(place.id)
        async with self.writer.lock:
            removed = await self.writer.remove(place.guild_id, place.prefix)
            await self.store.remove_place(place.guild_id, place.id)
        return removed

    async def keep_only(self, guild_id: int, channel_id: int, seen: Collection[int]) -> None:
        """Remove what was read of a channel's places but those that were seen just now."""
        for place in await self.store.places(guild_id, channel_id):
            if place.id not in seen:
                await self.remove_place(place)

    async def rename(self, guild_id: int, place_id: int, title: str) -> None:
        """Follow a place's new name into its documents' titles."""
        if await self.store.rename_place(guild_id, place_id, title):
            await self.writer.write(guild_id)

    async def hear(self, place: Place, message: ChannelMessage) -> bool:
        """Queue a message that came or was edited; tell whether it is followed at all."""
        if not await self.follows(place.guild_id, place.channel_id):
            self.level.discard(place.id)  # what is said unheard is still to be read
            return False
        self.queue.append(Said(place, message))
        return True

    def miss(self, guild_id: int, place_id: int, message_ids: tuple[int, ...]) -> None:
        """Queue the deletion of messages."""
        self.queue.append(Deleted(guild_id, place_id, message_ids))

    async def flush(self) -> IngestReport:
        """Write what was queued, in order; what belongs to a place being read stays queued.

        What cannot be written stays queued too, and the error is raised.
        """
        total = IngestReport()
        guilds: set[int] = set()
        async with self.lock:
            busy, held = frozenset(self.reading), list[Said | Deleted]()
            try:
                for _ in range(len(self.queue)):
                    event = self.queue[0]
                    if event.place_id in busy:
                        held.append(event)
                    else:
                        await self._follow(event)
                        guilds.add(event.guild_id)
                    self.queue.popleft()
            finally:
                self.queue.extendleft(reversed(held))
            for guild_id in guilds:
                add(total, await self.writer.write(guild_id))
        return total

    async def write_waiting(self, guild_id: int) -> IngestReport:
        """Write what a crash or a silent model left undone."""
        return await self.writer.write(guild_id)

    async def _follow(self, event: Said | Deleted) -> None:
        if isinstance(event, Deleted):
            await self._withdraw(event)
            return
        place, message = event.place, event.message
        if not await self.follows(place.guild_id, place.channel_id):
            return  # turned off since it was heard
        await self.store.put_place(place)
        span = Span(messages=(message,), after=message.id - 1, until=message.id)
        cursor = message.id if place.id in self.level else None
        await self.store.take(place, span, cursor=cursor)

    async def _withdraw(self, event: Deleted) -> None:
        await self.store.withdraw(event.guild_id, event.message_ids)
        library = self.writer.ingest.library
        for message_id in event.message_ids:
            origin = kept_origin(message_id)
            if await library.known(event.guild_id, origin):
                await library.set_stale(event.guild_id, origin, datetime.now(UTC))


async def _spans(history: History, reach: Reach, limit: int | None) -> AsyncIterator[Span]:
    """Yield a place's messages in spans of a page; the last is shorter than one, maybe empty."""
    after = reach.reread_after
    page: list[ChannelMessage] = []
    fresh = 0
    async for message in history(after):
        page.append(message)
        fresh += message.id > reach.cursor
        if len(page) == PAGE:
            yield _span(page, after, page[-1].id, reach)
            after, page = page[-1].id, []
            if limit is not None and fresh >= limit:
                return
    until = max(page[-1].id if page else after, reach.newest)
    yield _span(page, after, until, reach)


def _span(page: list[ChannelMessage], after: int, until: int, reach: Reach) -> Span:
    return Span(messages=tuple(page), after=after, until=until, new_above=reach.cursor)
