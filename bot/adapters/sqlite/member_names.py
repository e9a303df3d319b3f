"""Members' names as keyed hashes, in SQLite."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.ports.names import HashedName, KnownName

FEWEST_NUMBERS = 99  # to draw from; ten times as many as are taken where that is more


@dataclass(frozen=True, slots=True)
class SqliteMemberNames:
    """Fulfils ``bot.ports.names.NameStore``."""

    database: Database

    async def note(
        self, guild_id: int, member_hash: str, names: Sequence[HashedName], *, mark: bytes
    ) -> None:
        """Keep a member's names under one number; a name that somebody has already stays theirs."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM member_names WHERE guild_id = ? AND key_mark <> ?", (guild_id, mark)
            )
            number = await _number(connection, guild_id, member_hash)
            await connection.executemany(
                "INSERT OR IGNORE INTO member_names"
                " (guild_id, digest, hint, length, number, member_hash, key_mark)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (guild_id, each.digest, each.hint, each.length, number, member_hash, mark)
                    for each in names
                ],
            )

        await self.database.write(work)

    async def known(self, guild_id: int, *, mark: bytes) -> tuple[KnownName, ...]:
        """Return the guild's names that were hashed under a key."""
        rows = await self.database.rows(
            "SELECT digest, hint, length, number FROM member_names"
            " WHERE guild_id = ? AND key_mark = ? ORDER BY digest",
            (guild_id, mark),
        )
        return tuple(
            KnownName(
                name=HashedName(digest=row["digest"], hint=row["hint"], length=row["length"]),
                number=row["number"],
            )
            for row in rows
        )

    async def release(self, guild_id: int, member_hash: str) -> None:
        """Make a member's names nobody's."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "UPDATE member_names SET member_hash = NULL WHERE guild_id = ? AND member_hash = ?",
                (guild_id, member_hash),
            )

        await self.database.write(work)

    async def drop_guilds(self, *, besides: frozenset[int]) -> None:
        """Delete the names of other guilds of which no turn is left."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM member_names"
                " WHERE guild_id NOT IN (SELECT value FROM json_each(?))"
                " AND guild_id NOT IN (SELECT guild_id FROM turns)",
                (json.dumps(sorted(besides)),),
            )

        await self.database.write(work)


async def _number(connection: aiosqlite.Connection, guild_id: int, member_hash: str) -> int:
    """Return a member's number: theirs, or one drawn at random, which tells no order of coming."""
    rows = await connection.execute_fetchall(
        "SELECT number, member_hash FROM member_names WHERE guild_id = ?", (guild_id,)
    )
    taken = {row["number"] for row in rows}
    own = [row["number"] for row in rows if row["member_hash"] == member_hash]
    if own:
        return int(own[0])
    highest = max(FEWEST_NUMBERS, 10 * len(taken))
    return random.SystemRandom().choice([n for n in range(1, highest + 1) if n not in taken])
