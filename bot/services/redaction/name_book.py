"""The name book: learns what members are called, so that no data set says it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ports.names import NameHasher, NameStore
from bot.services.redaction.names import Names, hashed_names

REMEMBERED = 10_000  # members whose names are known to be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBook:
    """Keeps keyed hashes of members' names: nobody can read them, but a text can be searched."""

    store: NameStore
    hasher: NameHasher
    _kept: OrderedDict[tuple[int, int], tuple[str, ...]] = field(default_factory=OrderedDict)

    async def learn(self, guild_id: int, user_id: int, names: Sequence[str]) -> None:
        """Keep what a member is called now; known names cost nothing. Raises StoreFailed."""
        member, called = (guild_id, user_id), tuple(dict.fromkeys(names))
        if self._kept.get(member) == called:
            self._kept.move_to_end(member)
            return
        await self.store.note(
            guild_id,
            self.hasher.hashed(guild_id, user_id),
            hashed_names(guild_id, called, self.hasher),
            mark=self.hasher.mark,
        )
        self._kept[member] = called
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    async def names(self, guild_id: int) -> Names:
        """Return the finder of every name that is known of a guild."""
        known = await self.store.known(guild_id, mark=self.hasher.mark)
        return Names.of(guild_id, known, self.hasher)

    async def release(self, guild_id: int, user_id: int) -> None:
        """Make a member's names nobody's: what others write stays free of them."""
        self._kept.pop((guild_id, user_id), None)
        await self.store.release(guild_id, self.hasher.hashed(guild_id, user_id))

    async def drop_guilds(self, *, besides: frozenset[int]) -> None:
        """Delete the names of guilds where Marv is no longer and of which nothing is left."""
        for member in [each for each in self._kept if each[0] not in besides]:
            del self._kept[member]
        await self.store.drop_guilds(besides=besides)
