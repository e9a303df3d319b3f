"""Frozen data sets and what staff decided about candidates, in SQLite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.consents import TRAINING
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.database import Row as SqliteRow
from bot.adapters.sqlite.exports import THEIRS
from bot.dataset import Decision, Row, Source, Split, Version, VersionDraft, VersionId
from bot.faults.dataset import VersionExists
from bot.models import ChatMessage, Language

PAGE = 500
# A row whose turn or question is a member's goes only as long as they allow training
ALLOWED = (
    "(r.turn_id IS NULL OR EXISTS (SELECT 1 FROM turns t WHERE t.id = r.turn_id AND"  # noqa: S608
    f" {TRAINING.format(guild='t.guild_id', member='t.author_id')})"
    ")"
    " AND (r.example_id IS NULL OR EXISTS (SELECT 1 FROM examples e WHERE e.id = r.example_id"
    " AND (e.asker_id IS NULL OR"
    f" {TRAINING.format(guild='e.guild_id', member='e.asker_id')})))"
)


@dataclass(frozen=True, slots=True)
class SqliteVersions:
    """Fulfils ``bot.ports.dataset.VersionStore`` and ``bot.ports.erasure.ErasureMarks``."""

    database: Database

    async def freeze(self, draft: VersionDraft) -> Version:
        """Write a version with its rows and sides, in one transaction; raises VersionExists."""

        async def work(connection: aiosqlite.Connection) -> None:
            try:
                cursor = await connection.execute(
                    "INSERT INTO dataset_versions"
                    " (guild_id, name, sha256, header, created_by, created_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        draft.guild_id,
                        draft.name,
                        draft.sha256,
                        draft.header,
                        draft.created_by,
                        datetime.now(UTC).isoformat(),
                    ),
                )
            except aiosqlite.IntegrityError as error:
                raise VersionExists(draft.name) from error
            await connection.executemany(
                "INSERT INTO dataset_rows"
                " (version_id, row, split, sha256, payload, turn_id, example_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        cursor.lastrowid,
                        number,
                        row.split,
                        row.sha256,
                        row.payload,
                        row.turn_id,
                        row.example_id,
                    )
                    for number, row in enumerate(draft.rows, start=1)
                ],
            )
            await connection.executemany(
                "INSERT OR IGNORE INTO dataset_sides (guild_id, key, side) VALUES (?, ?, ?)",
                [(draft.guild_id, key, side) for key, side in draft.sides.items()],
            )

        await self.database.write(work)
        [version] = await self._versions("guild_id = ? AND name = ?", draft.guild_id, draft.name)
        return version

    async def version(self, guild_id: int, name: str) -> Version | None:
        """Return a guild's version by its name."""
        found = await self._versions("guild_id = ? AND name = ?", guild_id, name)
        return found[0] if found else None

    async def versions(self, guild_id: int) -> tuple[Version, ...]:
        """Return a guild's versions, the newest first."""
        return await self._versions("guild_id = ?", guild_id)

    async def rows(self, version_id: VersionId, split: Split | None = None) -> AsyncIterator[Row]:
        """Yield what may be used now of a version, a page at a time."""
        last = 0
        while rows := await self.database.rows(
            "SELECT r.* FROM dataset_rows r WHERE r.version_id = ? AND r.row > ?"  # noqa: S608
            f" AND (? IS NULL OR r.split = ?) AND r.payload IS NOT NULL AND {ALLOWED}"
            " ORDER BY r.row LIMIT ?",
            (version_id, last, split, split, PAGE),
        ):
            for row in rows:
                yield _row(row)
            last = rows[-1]["row"]

    async def digests(self, version_id: VersionId) -> tuple[tuple[str, str | None], ...]:
        """Return each row's digest and its payload, None for an erased one."""
        rows = await self.database.rows(
            "SELECT sha256, payload FROM dataset_rows WHERE version_id = ? ORDER BY row",
            (version_id,),
        )
        return tuple((row["sha256"], row["payload"]) for row in rows)

    async def sides(self, guild_id: int) -> Mapping[str, Split]:
        """Return where each example of a guild stands, by its key."""
        rows = await self.database.rows(
            "SELECT key, side FROM dataset_sides WHERE guild_id = ?", (guild_id,)
        )
        return {row["key"]: Split(row["side"]) for row in rows}

    async def mark(self, guild_id: int, user_id: int) -> tuple[str, ...]:
        """Erase a member's rows from every version, and return the names of those that had any."""

        async def work(connection: aiosqlite.Connection) -> tuple[str, ...]:
            found = await connection.execute_fetchall(
                "SELECT DISTINCT v.id, v.name FROM dataset_versions v"  # noqa: S608 - constants
                f" JOIN dataset_rows r ON r.version_id = v.id WHERE {THEIRS}"
                " AND v.guild_id = ?1 ORDER BY v.id",
                (guild_id, user_id),
            )
            await connection.execute(
                f"UPDATE dataset_rows SET payload = NULL WHERE {THEIRS}",  # noqa: S608
                (guild_id, user_id),
            )
            return tuple(f"dataset:{row['name']}" for row in found)

        return await self.database.write(work)

    async def _versions(self, where: str, *values: int | str) -> tuple[Version, ...]:
        rows = await self.database.rows(
            "SELECT v.*,"  # noqa: S608 - constants
            " (SELECT count(*) FROM dataset_rows r WHERE r.version_id = v.id"
            " AND r.payload IS NULL) AS erased"
            f" FROM dataset_versions v WHERE {where} ORDER BY v.id DESC",
            values,
        )
        return tuple(_version(row) for row in rows)


@dataclass(frozen=True, slots=True)
class SqliteReviews:
    """Fulfils ``bot.ports.dataset.ReviewStore``."""

    database: Database

    async def decisions(self, guild_id: int) -> Mapping[str, Decision]:
        """Return every decision by the candidate's key."""
        rows = await self.database.rows(
            "SELECT key, decision FROM dataset_reviews WHERE guild_id = ?", (guild_id,)
        )
        return {row["key"]: Decision(row["decision"]) for row in rows}

    async def decide(self, guild_id: int, key: str, decision: Decision, *, by: int) -> None:
        """Set or change a decision."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "INSERT OR REPLACE INTO dataset_reviews"
                " (guild_id, key, decision, reviewed_by, reviewed_at) VALUES (?, ?, ?, ?, ?)",
                (guild_id, key, decision, by, datetime.now(UTC).isoformat()),
            )

        await self.database.write(work)


def _version(row: SqliteRow) -> Version:
    header = json.loads(row["header"])
    return Version(
        id=VersionId(row["id"]),
        guild_id=row["guild_id"],
        name=row["name"],
        sha256=row["sha256"],
        rows={Split(name): count for name, count in header["splits"].items()},
        header=header,
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        erased=row["erased"],
    )


def _row(row: SqliteRow) -> Row:
    payload = json.loads(row["payload"])
    return Row(
        messages=tuple(
            ChatMessage(role=each["role"], content=each["content"]) for each in payload["messages"]
        ),
        source=Source(payload["source"]),
        language=Language(payload["language"]),
        split=Split(payload["split"]),
        answered=payload["answered"],
        facts=payload["facts"],
        rejected=payload["rejected"],
        turn_id=row["turn_id"],
        example_id=row["example_id"],
    )
