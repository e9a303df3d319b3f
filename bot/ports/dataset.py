"""Frozen data sets, as a protocol that an adapter fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.dataset import Row, Split, Version, VersionId


class VersionReader(Protocol):
    """Reads what is frozen."""

    async def version(self, guild_id: int, name: str) -> Version | None:
        """Return a guild's version by its name."""
        ...

    async def versions(self, guild_id: int) -> tuple[Version, ...]:
        """Return a guild's versions, the newest first."""
        ...

    def rows(self, version_id: VersionId, split: Split | None = None) -> AsyncIterator[Row]:
        """Yield a version's rows in their order, of one split or of all."""
        ...
