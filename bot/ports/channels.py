"""Channels of a server as sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.channels import AddedChannel, MemberRecord, Place, Reach, Span, Stretch


class ChannelStore(Protocol):
    """The channels that staff made sources, their messages, and what members forbade."""

    async def channels(self, guild_id: int) -> tuple[AddedChannel, ...]:
        """Return the guild's added channels."""
        ...

    async def is_added(self, guild_id: int, channel_id: int) -> bool:
        """Tell whether a channel is a source."""
        ...

    async def add_channel(self, channel: AddedChannel) -> None:
        """Make a channel a source; one that is stays as it is."""
        ...

    async def remove_channel(self, guild_id: int, channel_id: int) -> bool:
        """Forget a channel and all its messages; tell whether it was there."""
        ...

    async def places(self, guild_id: int, channel_id: int) -> tuple[Place, ...]:
        """Return the places of a channel that were read so far."""
        ...

    async def put_place(self, place: Place) -> None:
        """Remember a place of an added channel; a new title has its stretches written again."""
        ...

    async def rename_place(self, guild_id: int, place_id: int, title: str) -> bool:
        """Give a known place another title; tell whether its stretches have to be written."""
        ...

    async def remove_place(self, guild_id: int, place_id: int) -> None:
        """Forget a place and its messages."""
        ...

    async def reach(self, place: Place) -> Reach:
        """Return how far a place has been read."""
        ...

    async def take(self, place: Place, span: Span, *, cursor: int | None) -> None:
        """Make the kept messages of a span equal to it, and move the cursor, in one transaction.

        A message that is no knowledge, or whose author objects, is not kept.
        The cursor moves forward only; None leaves it.
        """
        ...

    async def withdraw(self, guild_id: int, message_ids: Sequence[int]) -> int:
        """Remove messages that were deleted; return how many were kept."""
        ...

    async def pending(self, guild_id: int, *, limit: int) -> tuple[Stretch, ...]:
        """Return stretches whose documents are behind their messages."""
        ...

    async def written(self, stretch: Stretch) -> bool:
        """Remember that a stretch is written as it was read; tell whether it still exists.

        One without messages is removed.
        """
        ...

    async def keep(self, guild_id: int, message_id: int, *, author_id: int, kept_by: int) -> None:
        """Remember whose words a single message is that staff keep.

        Raises AuthorObjects when its author forbade that; then nothing is remembered.
        """
        ...

    async def member(self, guild_id: int, user_id: int) -> MemberRecord:
        """Return what is held of a member's messages."""
        ...

    async def object(self, guild_id: int, user_id: int) -> tuple[int, tuple[int, ...]]:
        """Forbid a member's messages for ever and remove them, in one transaction.

        Returns how many there were, and which of their messages staff had kept.
        """
        ...

    async def scrub(self) -> None:
        """Leave no word of what was removed behind in the word index."""
        ...

    async def allow(self, guild_id: int, user_id: int) -> None:
        """Take a member's objection back; what was removed stays away."""
        ...
