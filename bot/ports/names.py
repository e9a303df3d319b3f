"""Members' names that can be found in a text but not read, as protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedName:
    """A name in a form that only a text holding it gives away.

    ``hint`` is 16 bits of a keyed hash of the first two characters, so that
    most places of a text need no digest; ``length`` counts characters.
    """

    digest: bytes
    hint: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A hashed name and the number that stands for its member."""

    name: HashedName
    number: int


class NameHasher(Protocol):
    """Hashes names under a key that is not in the database."""

    @property
    def mark(self) -> bytes:
        """Return what tells this key from another."""
        ...

    def hashed(self, guild_id: int, user_id: int) -> str:
        """Return a keyed hash of a member of a guild."""
        ...

    def digest(self, guild_id: int, text: str) -> bytes:
        """Return a keyed hash of a text, of a guild's own."""
        ...


class NameStore(Protocol):
    """The names of a guild's members."""

    async def note(
        self, guild_id: int, member_hash: str, names: Sequence[HashedName], *, mark: bytes
    ) -> None:
        """Keep a member's names under one number; names hashed under another key go."""
        ...

    async def known(self, guild_id: int, *, mark: bytes) -> tuple[KnownName, ...]:
        """Return the guild's names that were hashed under a key."""
        ...

    async def release(self, guild_id: int, member_hash: str) -> None:
        """Make a member's names nobody's: they are still found in what others write."""
        ...

    async def drop_guilds(self, *, besides: frozenset[int]) -> None:
        """Delete the names of guilds where Marv is no longer and of which no turn is left."""
        ...
