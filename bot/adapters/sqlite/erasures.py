"""Erasures under way and the receipts of those that are done, in SQLite."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.adapters.sqlite.exports import THEIRS
from bot.adapters.sqlite.personal import PERSONAL
from bot.adapters.sqlite.quotes import DROP_CITATIONS, DROP_DRAFTS
from bot.erasure import Erasure, ErasureId, ErasureReason, Receipt, Remainder, Reply, Stage

COUNTED: Mapping[str, str] = {
    "turns": "SELECT count(*) FROM turns WHERE guild_id = ?1 AND author_id = ?2",
    "votes": "SELECT count(*) FROM votes v JOIN turns t ON t.id = v.turn_id"
    " WHERE t.guild_id = ?1 AND v.user_id = ?2",
    "inquiries": "SELECT count(*) FROM inquiries WHERE guild_id = ?1 AND asker_id = ?2",
    "examples": "SELECT count(*) FROM examples WHERE guild_id = ?1 AND asker_id = ?2",
    "channel_messages": "SELECT count(*) FROM channel_messages"
    " WHERE guild_id = ?1 AND author_id = ?2",
    "kept_messages": "SELECT count(*) FROM kept_messages WHERE guild_id = ?1 AND author_id = ?2",
    "library_entries": "SELECT count(*) FROM entry_words WHERE guild_id = ?1 AND author_id = ?2",
    "exported_rows": f"SELECT count(*) FROM dataset_export_rows WHERE {THEIRS}",  # noqa: S608
}
IN_INDEX = ("channel_messages", "kept_messages", "entry_words", "index_residue")


@dataclass(frozen=True, slots=True)
class SqliteErasures:
    """Fulfils ``bot.ports.erasure.ErasureStore``."""

    database: Database

    async def open(
        self, guild_id: int, user_id: int, reason: ErasureReason, *, with_replies: bool
    ) -> Erasure:
        """Begin an erasure and count what it will erase, in one transaction."""
        member = (guild_id, user_id)

        async def work(connection: aiosqlite.Connection) -> Row:
            counts = {
                name: (await _row(connection, sql, member))[0] for name, sql in COUNTED.items()
            }
            known = [
                await _row(
                    connection,
                    f"SELECT EXISTS (SELECT 1 FROM {table}"  # noqa: S608 - constants
                    " WHERE guild_id = ?1 AND author_id = ?2)",
                    member,
                )
                for table in IN_INDEX
            ]
            if with_replies:
                await connection.execute(
                    "INSERT OR IGNORE INTO erasure_replies"
                    " (guild_id, user_id, channel_id, message_id)"
                    " SELECT guild_id, author_id, channel_id, message_id FROM turns"
                    " WHERE guild_id = ? AND author_id = ? AND message_id IS NOT NULL"
                    " AND private = 0",
                    member,
                )
            await connection.execute(
                "INSERT OR IGNORE INTO erasures"
                " (guild_id, user_id, reason, receipt_id, in_index, counts, asked_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *member,
                    reason,
                    secrets.token_hex(8),
                    int(any(row[0] for row in known)),
                    json.dumps(counts),
                    _now(),
                ),
            )
            return await _row(
                connection, "SELECT * FROM erasures WHERE guild_id = ? AND user_id = ?", member
            )

        return _erasure(await self.database.write(work))

    async def unfinished(self) -> tuple[Erasure, ...]:
        """Return the erasures that are under way, oldest first."""
        return tuple(map(_erasure, await self.database.rows("SELECT * FROM erasures ORDER BY id")))

    async def erase_rows(self, erasure: Erasure) -> None:
        """Erase a member's turns and what hangs on them, and make the staff's acts nobody's."""

        async def work(connection: aiosqlite.Connection) -> None:
            for sql in (DROP_DRAFTS, DROP_CITATIONS):
                await connection.execute(sql, (erasure.guild_id, erasure.user_id))
            for table in PERSONAL.values():
                for sql in table.erasing:
                    await connection.execute(sql, (erasure.guild_id, erasure.user_id))

        await self.database.write(work)

    async def entries(self, erasure: Erasure) -> tuple[str, ...]:
        """Return the origins of library entries whose question is in the member's words."""
        rows = await self.database.rows(
            "SELECT origin FROM entry_words WHERE guild_id = ? AND author_id = ?",
            (erasure.guild_id, erasure.user_id),
        )
        return tuple(row["origin"] for row in rows)

    async def release_entry(self, guild_id: int, origin: str) -> None:
        """Note that an entry holds a member's words no longer."""
        await self._execute(
            "DELETE FROM entry_words WHERE guild_id = ? AND origin = ?", guild_id, origin
        )

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
        values = (
            stage,
            json.dumps(list(dict.fromkeys((*erasure.marked, *marked)))),
            json.dumps(list(dict.fromkeys((*erasure.remaining, *remaining)))),
            json.dumps({**erasure.counts, **(counts or {})}),
            erasure.id,
        )

        async def work(connection: aiosqlite.Connection) -> Row:
            return await _row(
                connection,
                "UPDATE erasures SET stage = ?, marked = ?, remaining = ?, counts = ?"
                " WHERE id = ? RETURNING *",
                values,
            )

        return _erasure(await self.database.write(work))

    async def index_renewed(self) -> None:
        """Note that the dense index holds nothing but what the library holds."""
        await self._execute("DELETE FROM index_residue")

    async def finish(self, erasure: Erasure, *, member_hash: str) -> Receipt:
        """Put a receipt without a name in an erasure's place."""

        async def work(connection: aiosqlite.Connection) -> Row:
            row = await _row(
                connection,
                "INSERT OR REPLACE INTO erasure_receipts (id, guild_id, member_hash, reason,"
                " asked_at, finished_at, counts, marked, remaining)"
                " SELECT receipt_id, guild_id, ?, reason, asked_at, ?, counts, marked, remaining"
                " FROM erasures WHERE id = ? RETURNING *",
                (member_hash, _now(), erasure.id),
            )
            await connection.execute("DELETE FROM erasures WHERE id = ?", (erasure.id,))
            return row

        return _receipt(await self.database.write(work))

    async def receipt(self, guild_id: int, *, member_hash: str) -> Receipt | None:
        """Return the last receipt of a member."""
        rows = await self.database.rows(
            "SELECT * FROM erasure_receipts WHERE guild_id = ? AND member_hash = ?"
            " ORDER BY finished_at DESC LIMIT 1",
            (guild_id, member_hash),
        )
        return _receipt(rows[0]) if rows else None

    async def replies(self, guild_id: int, user_id: int, *, limit: int) -> tuple[Reply, ...]:
        """Return messages of Marv's that are still to be deleted, the newest first."""
        rows = await self.database.rows(
            "SELECT channel_id, message_id FROM erasure_replies"
            " WHERE guild_id = ? AND user_id = ? ORDER BY message_id DESC LIMIT ?",
            (guild_id, user_id, limit),
        )
        return tuple(
            Reply(channel_id=row["channel_id"], message_id=row["message_id"]) for row in rows
        )

    async def drop_reply(self, message_id: int) -> None:
        """Note that a message is deleted, or cannot be."""
        await self._execute("DELETE FROM erasure_replies WHERE message_id = ?", message_id)

    async def members_with_replies(self) -> tuple[tuple[int, int], ...]:
        """Return the guild and member of all replies that are still to be deleted."""
        rows = await self.database.rows("SELECT DISTINCT guild_id, user_id FROM erasure_replies")
        return tuple((row["guild_id"], row["user_id"]) for row in rows)

    async def seal(self) -> None:
        """Merge the word index, write the database anew, and empty its log.

        SQLite zeroes what it deletes, but not the copies that its trees leave
        behind when they move a row to another page: only a new file has none.
        """
        await self._execute("INSERT INTO chunk_words (chunk_words) VALUES ('optimize')")
        await self.database.compact()

    async def _execute(self, sql: str, *values: str | int) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)


async def _row(
    connection: aiosqlite.Connection, sql: str, values: Sequence[str | int | None]
) -> Row:
    [row] = await connection.execute_fetchall(sql, values)
    return row


def _erasure(row: Row) -> Erasure:
    return Erasure(
        id=ErasureId(row["id"]),
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        reason=ErasureReason(row["reason"]),
        receipt_id=row["receipt_id"],
        stage=Stage(row["stage"]),
        in_index=bool(row["in_index"]),
        counts=json.loads(row["counts"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        marked=tuple(json.loads(row["marked"])),
        remaining=tuple(map(Remainder, json.loads(row["remaining"]))),
    )


def _receipt(row: Row) -> Receipt:
    return Receipt(
        id=row["id"],
        guild_id=row["guild_id"],
        reason=ErasureReason(row["reason"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        finished_at=datetime.fromisoformat(row["finished_at"]),
        counts=json.loads(row["counts"]),
        marked=tuple(json.loads(row["marked"])),
        remaining=tuple(map(Remainder, json.loads(row["remaining"]))),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
