"""Which data sets left, what is in them, and which hold what was erased since, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.quotes import QUOTING_TURNS
from bot.erasure import ExportedRow, TaintedFile

# Lines of a member's turns, of others' turns that quote them, and of examples in their words
THEIRS = (
    "(turn_id IN (SELECT id FROM turns WHERE guild_id = ?1 AND author_id = ?2)"  # noqa: S608
    f" OR turn_id IN ({QUOTING_TURNS})"
    " OR example_id IN (SELECT id FROM examples WHERE guild_id = ?1 AND asker_id = ?2))"
)


@dataclass(frozen=True, slots=True)
class SqliteExports:
    """Fulfils ``bot.ports.erasure.ExportLedger`` and ``ErasureMarks``."""

    database: Database

    async def begin(self, guild_id: int, path: str, format_: str) -> int:
        """Note that a data set is being written, and return the note's id."""

        async def work(connection: aiosqlite.Connection) -> int:
            cursor = await connection.execute(
                "INSERT INTO dataset_exports (guild_id, path, format, rows, sha256, created_at)"
                " VALUES (?, ?, ?, 0, '', ?)",
                (guild_id, path, format_, _now()),
            )
            return int(cursor.lastrowid or 0)

        return await self.database.write(work)

    async def add_rows(self, export_id: int, rows: Sequence[ExportedRow], *, first: int) -> None:
        """Note what some lines are made of; ``first`` is the number of the first, from 1."""
        noted = [
            (export_id, number, row.turn_id, row.example_id, row.sha256)
            for number, row in enumerate(rows, start=first)
        ]

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                "INSERT INTO dataset_export_rows (export_id, row, turn_id, example_id, sha256)"
                " VALUES (?, ?, ?, ?, ?)",
                noted,
            )

        await self.database.write(work)

    async def finish(self, export_id: int, *, rows: int, sha256: str) -> None:
        """Note that a data set is whole, before its file is given to anybody."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "UPDATE dataset_exports SET rows = ?, sha256 = ? WHERE id = ?",
                (rows, sha256, export_id),
            )

        await self.database.write(work)

    async def abandon(self, export_id: int) -> None:
        """Forget a data set that did not become whole."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute("DELETE FROM dataset_exports WHERE id = ?", (export_id,))

        await self.database.write(work)

    async def mark(self, guild_id: int, user_id: int) -> tuple[str, ...]:
        """Mark the exports that hold a member's turns or words, and return their names."""

        async def work(connection: aiosqlite.Connection) -> tuple[str, ...]:
            found = await connection.execute_fetchall(
                "SELECT DISTINCT e.id, e.path FROM dataset_exports e"  # noqa: S608 - constants
                f" JOIN dataset_export_rows r ON r.export_id = e.id WHERE {THEIRS}"
                " AND e.guild_id = ?1 ORDER BY e.id",
                (guild_id, user_id),
            )
            await connection.execute(
                f"UPDATE dataset_export_rows SET erased = 1 WHERE {THEIRS}",  # noqa: S608
                (guild_id, user_id),
            )
            await connection.executemany(
                "UPDATE dataset_exports SET contains_erased_at = coalesce(contains_erased_at, ?)"
                " WHERE id = ?",
                [(_now(), row["id"]) for row in found],
            )
            return tuple(f"export:{row['id']}" for row in found)

        return await self.database.write(work)

    async def paths(self, guild_id: int) -> frozenset[str]:
        """Return the paths of every file that was written for a guild."""
        rows = await self.database.rows(
            "SELECT path FROM dataset_exports WHERE guild_id = ?", (guild_id,)
        )
        return frozenset(row["path"] for row in rows)

    async def tainted(self, guild_id: int) -> tuple[TaintedFile, ...]:
        """Return the guild's files that still hold erased lines on the disk."""
        rows = await self.database.rows(
            "SELECT e.id, e.path, r.sha256 FROM dataset_exports e"
            " JOIN dataset_export_rows r ON r.export_id = e.id"
            " WHERE e.guild_id = ? AND r.erased = 1 AND e.sha256 <> ''",
            (guild_id,),
        )
        lines: dict[tuple[int, str], set[str]] = {}
        for row in rows:
            lines.setdefault((row["id"], row["path"]), set()).add(row["sha256"])
        return tuple(
            TaintedFile(id=id_, path=path, lines=frozenset(hashes))
            for (id_, path), hashes in lines.items()
        )

    async def cleaned(self, export_id: int) -> None:
        """Note that a file holds no erased line any more, or is gone."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM dataset_export_rows WHERE export_id = ? AND erased = 1", (export_id,)
            )
            await connection.execute(
                "UPDATE dataset_exports SET file_erased_at = ? WHERE id = ?", (_now(), export_id)
            )

        await self.database.write(work)


def _now() -> str:
    return datetime.now(UTC).isoformat()
