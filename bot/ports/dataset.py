"""Frozen data sets and what staff decide about candidates, as protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from bot.dataset import Decision, Row, Split, Version, VersionDraft, VersionId
from bot.models import Language
from bot.review import Candidate


class VersionReader(Protocol):
    """Reads what is frozen."""

    async def version(self, guild_id: int, name: str) -> Version | None:
        """Return a guild's version by its name."""
        ...

    async def versions(self, guild_id: int) -> tuple[Version, ...]:
        """Return a guild's versions, the newest first."""
        ...

    def rows(self, version_id: VersionId, split: Split | None = None) -> AsyncIterator[Row]:
        """Yield what may be used now of a version, in its order, of one split or of all.

        A row whose member was forgotten, or allows no training any more, is not yielded.
        """
        ...


class VersionStore(VersionReader, Protocol):
    """Writes what is frozen, once."""

    async def freeze(self, draft: VersionDraft) -> Version:
        """Write a version with its rows and sides; raises VersionExists for a name in use."""
        ...

    async def digests(self, version_id: VersionId) -> tuple[tuple[str, str | None], ...]:
        """Return each row's digest and its payload, None for an erased one."""
        ...

    async def sides(self, guild_id: int) -> Mapping[str, Split]:
        """Return where each example of a guild stands, by its key."""
        ...


class ReviewStore(Protocol):
    """What staff decided about candidates."""

    async def decisions(self, guild_id: int) -> Mapping[str, Decision]:
        """Return every decision by the candidate's key."""
        ...

    async def decide(self, guild_id: int, key: str, decision: Decision, *, by: int) -> None:
        """Set or change a decision."""
        ...


class ReviewQueue(Protocol):
    """The turns that staff have not decided about."""

    async def next(
        self, guild_id: int, *, offset: int, only: Language | None = None
    ) -> tuple[Candidate | None, int]:
        """Return the turn at an offset of the queue, and how many wait in it.

        ``only`` leaves those in one language.
        """
        ...
