"""Who of the members with stored data is still there, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.erasure import ErasureReason
from bot.leaving import Absentee

# Members with anything of theirs stored; 0 is nobody, and guild 0 no server
STORED = """
    SELECT guild_id, author_id AS user_id FROM turns
    UNION SELECT guild_id, user_id FROM consents
    UNION SELECT guild_id, asker_id FROM inquiries
    UNION SELECT guild_id, author_id FROM inquiries
    UNION SELECT guild_id, asker_id FROM examples WHERE asker_id IS NOT NULL
    UNION SELECT t.guild_id, v.user_id FROM votes v JOIN turns t ON t.id = v.turn_id
    UNION SELECT guild_id, author_id FROM channel_messages
    UNION SELECT guild_id, author_id FROM kept_messages
    UNION SELECT guild_id, author_id FROM entry_words
    UNION SELECT guild_id, user_id FROM notices
"""
WHO = f"SELECT guild_id, user_id FROM ({STORED}) WHERE user_id <> 0 AND guild_id <> 0"  # noqa: S608


@dataclass(frozen=True, slots=True)
class SqliteMemberships:
    """Fulfils ``bot.ports.leaving.MembershipStore``."""

    database: Database

    async def to_check(self, *, before: datetime, limit: int) -> Sequence[tuple[int, int]]:
        """Return guild and member of those asked about before a moment or never, oldest first."""
        rows = await self.database.rows(
            f"SELECT w.guild_id, w.user_id FROM ({WHO}) w LEFT JOIN memberships m"  # noqa: S608
            " ON m.guild_id = w.guild_id AND m.user_id = w.user_id"
            " WHERE (m.checked_at IS NULL OR m.checked_at < ?)"
            " ORDER BY m.checked_at IS NOT NULL, m.checked_at LIMIT ?",
            (before.isoformat(), limit),
        )
        return [(row["guild_id"], row["user_id"]) for row in rows]

    async def present(self, guild_id: int, user_id: int) -> None:
        """Note that a member is there; a departure is forgotten."""
        await self._write(
            "INSERT OR REPLACE INTO memberships (guild_id, user_id, checked_at) VALUES (?, ?, ?)",
            guild_id,
            user_id,
            _now(),
        )

    async def absent(self, guild_id: int, user_id: int, reason: ErasureReason) -> None:
        """Note that a member with stored data is gone; the first date stays."""
        await self._write(
            "INSERT INTO memberships (guild_id, user_id, checked_at, gone_since, reason)"  # noqa: S608
            f" SELECT guild_id, user_id, ?3, ?3, ?4 FROM ({WHO})"
            " WHERE guild_id = ?1 AND user_id = ?2"
            " ON CONFLICT DO UPDATE SET checked_at = excluded.checked_at,"
            " gone_since = coalesce(gone_since, excluded.gone_since), reason = excluded.reason",
            guild_id,
            user_id,
            _now(),
            reason,
        )

    async def guild_left(self, guild_id: int) -> int:
        """Note that Marv is gone from a guild: so are its members; return how many."""
        return await self._write(
            "INSERT INTO memberships (guild_id, user_id, checked_at, gone_since, reason)"  # noqa: S608
            f" SELECT guild_id, user_id, ?2, ?2, ?3 FROM ({WHO}) WHERE guild_id = ?1"
            " ON CONFLICT DO UPDATE SET gone_since = coalesce(gone_since, excluded.gone_since),"
            " reason = coalesce(reason, excluded.reason)",
            guild_id,
            _now(),
            ErasureReason.SERVER_LEFT,
        )

    async def guild_joined(self, guild_id: int) -> None:
        """Note that Marv is back in a guild; its members are to be looked for again."""
        await self._write(
            "DELETE FROM memberships WHERE guild_id = ? AND reason = ?",
            guild_id,
            ErasureReason.SERVER_LEFT,
        )

    async def guilds(self) -> frozenset[int]:
        """Return the guilds of which members have stored data."""
        rows = await self.database.rows(f"SELECT DISTINCT guild_id FROM ({WHO})")  # noqa: S608
        return frozenset(row["guild_id"] for row in rows)

    async def absentees(self) -> tuple[Absentee, ...]:
        """Return everybody who is gone, the longest first."""
        rows = await self.database.rows(
            "SELECT * FROM memberships WHERE gone_since IS NOT NULL ORDER BY gone_since"
        )
        return tuple(
            Absentee(
                guild_id=row["guild_id"],
                user_id=row["user_id"],
                reason=ErasureReason(row["reason"]),
                since=datetime.fromisoformat(row["gone_since"]),
            )
            for row in rows
        )

    async def _write(self, sql: str, *values: str | int) -> int:
        async def work(connection: aiosqlite.Connection) -> int:
            return (await connection.execute(sql, values)).rowcount

        return await self.database.write(work)


def _now() -> str:
    return datetime.now(UTC).isoformat()
