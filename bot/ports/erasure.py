"""Erasing a member, as protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.erasure import (
    Erasure,
    ErasureReason,
    ExportedRow,
    Receipt,
    Remainder,
    Reply,
    Stage,
    TaintedFile,
)
from bot.ports.library import PassageIndex


class ErasureStore(Protocol):
    """The rows of a member, and how far their erasure has come."""

    async def open(
        self, guild_id: int, user_id: int, reason: ErasureReason, *, with_replies: bool
    ) -> Erasure:
        """Begin an erasure and count what it will erase, in one transaction.

        One that is under way is returned as it is. ``with_replies`` remembers
        which of Marv's messages the member could see others read.
        """
        ...

    async def unfinished(self) -> tuple[Erasure, ...]:
        """Return the erasures that are under way, oldest first."""
        ...

    async def erase_rows(self, erasure: Erasure) -> None:
        """Erase a member's turns and what hangs on them, and make the staff's acts nobody's."""
        ...

    async def entries(self, erasure: Erasure) -> tuple[str, ...]:
        """Return the origins of library entries whose question is in the member's words."""
        ...

    async def release_entry(self, guild_id: int, origin: str) -> None:
        """Note that an entry holds a member's words no longer."""
        ...

    async def advance(
        self,
        erasure: Erasure,
        stage: Stage,
        *,
        marked: Sequence[str] = (),
        remaining: Sequence[Remainder] = (),
        counts: Mapping[str, int] | None = None,
    ) -> Erasure:
        """Note what is done, adding to what was marked, what remains and what was counted."""
        ...

    async def index_renewed(self) -> None:
        """Note that the dense index holds nothing but what the library holds."""
        ...

    async def finish(self, erasure: Erasure, *, member_hash: str) -> Receipt:
        """Put a receipt without a name in an erasure's place."""
        ...

    async def receipt(self, guild_id: int, *, member_hash: str) -> Receipt | None:
        """Return the last receipt of a member."""
        ...

    async def replies(self, guild_id: int, user_id: int, *, limit: int) -> tuple[Reply, ...]:
        """Return messages of Marv's that are still to be deleted."""
        ...

    async def drop_reply(self, message_id: int) -> None:
        """Note that a message is deleted, or cannot be."""
        ...

    async def members_with_replies(self) -> tuple[tuple[int, int], ...]:
        """Return the guild and member of all replies that are still to be deleted."""
        ...

    async def seal(self) -> None:
        """Leave no trace of what was deleted in the database's free space and its log."""
        ...


class ErasureMarks(Protocol):
    """Something frozen that may hold a member's words: an export, a data set, a model."""

    async def mark(self, guild_id: int, user_id: int) -> tuple[str, ...]:
        """Mark what holds a member's words and return its names; again marks nothing else.

        It is called while the member's turns are still there to be looked up.
        """
        ...


class ExportLedger(Protocol):
    """Which data sets left, and what is in them."""

    async def begin(self, guild_id: int, path: str, format_: str) -> int:
        """Note that a data set is being written, and return the note's id."""
        ...

    async def add_rows(self, export_id: int, rows: Sequence[ExportedRow], *, first: int) -> None:
        """Note what some lines are made of; ``first`` is the number of the first, from 1."""
        ...

    async def finish(self, export_id: int, *, rows: int, sha256: str) -> None:
        """Note that a data set is whole, before its file is given to anybody."""
        ...

    async def abandon(self, export_id: int) -> None:
        """Forget a data set that did not become whole."""
        ...

    async def paths(self, guild_id: int) -> frozenset[str]:
        """Return the paths of every file that was written for a guild."""
        ...

    async def tainted(self, guild_id: int) -> tuple[TaintedFile, ...]:
        """Return the guild's files that still hold erased lines on the disk."""
        ...

    async def cleaned(self, export_id: int) -> None:
        """Note that a file holds no erased line any more, or is gone."""
        ...


class FreshIndex(Protocol):
    """An index that is about to take the old one's place."""

    @property
    def index(self) -> PassageIndex:
        """Return the index, to be filled."""
        ...

    async def take_over(self) -> None:
        """Serve from now on; drop the old one off the disk."""
        ...


class IndexShelf(Protocol):
    """Where the dense index lies."""

    @property
    def erases(self) -> bool:
        """Tell whether what is dropped leaves the disk: not on somebody else's server."""
        ...

    def beside(self, guild_ids: frozenset[int]) -> AbstractAsyncContextManager[FreshIndex]:
        """Yield an index that is empty for these guilds, or for all, while the old one serves."""
        ...
