"""Who of the members with stored data is still there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.erasure import ErasureReason
from bot.leaving import Absentee


class MembershipStore(Protocol):
    """When Discord was last asked about members with stored data, and since when they are gone."""

    async def to_check(self, *, before: datetime, limit: int) -> Sequence[tuple[int, int]]:
        """Return guild and member of those asked about before a moment or never, oldest first."""
        ...

    async def present(self, guild_id: int, user_id: int) -> None:
        """Note that a member is there; a departure is forgotten."""
        ...

    async def absent(self, guild_id: int, user_id: int, reason: ErasureReason) -> None:
        """Note that a member with stored data is gone; the first date stays."""
        ...

    async def guild_left(self, guild_id: int) -> int:
        """Note that Marv is gone from a guild: so are its members; return how many."""
        ...

    async def guild_joined(self, guild_id: int) -> None:
        """Note that Marv is back in a guild; its members are to be looked for again."""
        ...

    async def guilds(self) -> frozenset[int]:
        """Return the guilds of which members have stored data."""
        ...

    async def absentees(self) -> tuple[Absentee, ...]:
        """Return everybody who is gone, the longest first."""
        ...
