"""The exchanges that staff keep for training, in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.consents import TRAINING
from bot.adapters.sqlite.database import Database
from bot.inquiry import Example, ExampleDraft
from bot.models import Language, Provenance, TurnId

PAGE = 500  # examples read at once when all are walked
INSERT = (
    "INSERT INTO examples (guild_id, question, answer, language, provenance,"
    " question_provenance, author_id, asker_id, inquiry_id, turn_id, source, facts,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class SqliteExamples:
    """Fulfils ``bot.ports.ExampleStore``."""

    database: Database

    async def add(self, draft: ExampleDraft) -> None:
        """Keep an exchange; one of the same inquiry or turn is replaced."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM examples WHERE inquiry_id = ? OR turn_id = ?",
                (draft.inquiry_id, draft.turn_id),
            )
            await connection.execute(INSERT, _values(draft))

        await self.database.write(work)

    async def add_all(self, drafts: Sequence[ExampleDraft]) -> None:
        """Keep many exchanges of the staff's own, all of them or none."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(INSERT, [_values(draft) for draft in drafts])

        await self.database.write(work)

    async def repaired(self, guild_id: int) -> frozenset[TurnId]:
        """Return the turns that staff wrote a better answer to."""
        rows = await self.database.rows(
            "SELECT turn_id FROM examples WHERE guild_id = ? AND turn_id IS NOT NULL", (guild_id,)
        )
        return frozenset(TurnId(row["turn_id"]) for row in rows)

    async def examples(self, guild_id: int) -> AsyncIterator[Example]:
        """Yield a guild's examples by id, a page at a time; ``consented`` is today's decision."""
        last = 0
        while rows := await self.database.rows(
            "SELECT e.*, e.asker_id IS NULL OR "  # noqa: S608 - constants
            f"{TRAINING.format(guild='e.guild_id', member='e.asker_id')} AS consented"
            " FROM examples e WHERE e.guild_id = ? AND e.id > ? ORDER BY e.id LIMIT ?",
            (guild_id, last, PAGE),
        ):
            for row in rows:
                yield Example(
                    id=row["id"],
                    question=row["question"],
                    answer=row["answer"],
                    language=Language(row["language"]),
                    question_provenance=Provenance(row["question_provenance"]),
                    consented=bool(row["consented"]),
                    author_id=row["author_id"],
                    asker_id=row["asker_id"],
                    turn_id=TurnId(row["turn_id"]) if row["turn_id"] is not None else None,
                    source=row["source"],
                    facts=row["facts"],
                )
            last = rows[-1]["id"]


@dataclass(frozen=True, slots=True)
class SqliteEntryWords:
    """Fulfils ``bot.ports.privacy.EntryWords``."""

    database: Database

    async def set_author(self, guild_id: int, origin: str, author_id: int | None) -> None:
        """Remember whose words a document's question is; None for the staff's."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM entry_words WHERE guild_id = ? AND origin = ?", (guild_id, origin)
            )
            if author_id is not None:
                await connection.execute(
                    "INSERT INTO entry_words (guild_id, origin, author_id) VALUES (?, ?, ?)",
                    (guild_id, origin, author_id),
                )

        await self.database.write(work)


def _values(draft: ExampleDraft) -> tuple[str | int | None, ...]:
    return (
        draft.guild_id,
        draft.question,
        draft.answer,
        draft.language,
        Provenance.STAFF,
        draft.question_provenance,
        draft.author_id,
        draft.asker_id,
        draft.inquiry_id,
        draft.turn_id,
        draft.source,
        draft.facts,
        datetime.now(UTC).isoformat(),
    )
