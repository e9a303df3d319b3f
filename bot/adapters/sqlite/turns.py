"""The log of turns and its retention in SQLite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.consents import KEEPING, TRAINING
from bot.adapters.sqlite.database import Database, Row
from bot.models import (
    Citation,
    Language,
    Provenance,
    Turn,
    TurnDraft,
    TurnId,
    TurnKind,
)
from bot.moderation import Blocked
from bot.topics import Topic

PAGE = 500  # turns read at once when all are walked
CONSENTED = (
    f"SELECT t.*, {TRAINING.format(guild='t.guild_id', member='t.author_id')} AS consented"  # noqa: S608
    " FROM turns t"
)
INSERT = (
    "INSERT INTO turns (guild_id, channel_id, author_id, parent_id, kind, provenance, question,"
    " facts, answer, sources, answered, language, persona, persona_version, model, finish_reason,"
    " prompt_tokens, completion_tokens, cost_usd, latency_seconds, private, audience_channel_id,"
    " asked_message_id, sarcasm, topic, blocked, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """What goes in time: the statement up to whose words are due, their guild and their author."""

    sql: str
    guild: str
    author: str


# The turns come last: their count is what is told
FADING = (
    Fading(
        sql="UPDATE dataset_rows SET payload = NULL WHERE payload IS NOT NULL AND turn_id IN"
        " (SELECT id FROM turns WHERE created_at < ?1)",
        guild="(SELECT t.guild_id FROM turns t WHERE t.id = dataset_rows.turn_id)",
        author="(SELECT t.author_id FROM turns t WHERE t.id = dataset_rows.turn_id)",
    ),
    Fading(
        sql="UPDATE dataset_rows SET payload = NULL WHERE payload IS NOT NULL AND example_id IN"
        " (SELECT id FROM examples WHERE asker_id IS NOT NULL AND created_at < ?1)",
        guild="(SELECT e.guild_id FROM examples e WHERE e.id = dataset_rows.example_id)",
        author="(SELECT e.asker_id FROM examples e WHERE e.id = dataset_rows.example_id)",
    ),
    Fading(
        sql="UPDATE inquiries SET question = NULL, answer = NULL"
        " WHERE question IS NOT NULL AND closed_at < ?1",
        guild="inquiries.guild_id",
        author="inquiries.author_id",
    ),
    Fading(
        sql="DELETE FROM examples WHERE asker_id IS NOT NULL AND created_at < ?1",
        guild="examples.guild_id",
        author="examples.asker_id",
    ),
    Fading(
        sql="UPDATE votes SET words = NULL WHERE words IS NOT NULL AND created_at < ?1",
        guild="(SELECT t.guild_id FROM turns t WHERE t.id = votes.turn_id)",
        author="votes.user_id",
    ),
    Fading(
        sql="UPDATE turns SET question = NULL, facts = NULL, answer = NULL, sources = NULL"
        " WHERE question IS NOT NULL AND created_at < ?1",
        guild="turns.guild_id",
        author="turns.author_id",
    ),
)


@dataclass(frozen=True, slots=True)
class SqliteTurns:
    """Fulfils ``bot.ports.TurnLog`` and ``bot.ports.privacy.TextStore``."""

    database: Database

    async def add(self, draft: TurnDraft) -> TurnId:
        """Log a turn and return its id once it is durable."""

        async def work(connection: aiosqlite.Connection) -> TurnId:
            cursor = await connection.execute(INSERT, _values(draft))
            return TurnId(int(cursor.lastrowid or 0))

        return await self.database.write(work)

    async def set_message(self, turn_id: TurnId, message_id: int) -> None:
        """Remember which Discord message carries the answer."""
        await self._execute("UPDATE turns SET message_id = ? WHERE id = ?", message_id, turn_id)

    async def by_message(self, message_id: int) -> Turn | None:
        """Return the turn that a message of Marv's answered."""
        rows = await self.database.rows(f"{CONSENTED} WHERE t.message_id = ?", (message_id,))
        return as_turn(rows[0]) if rows else None

    async def by_id(self, guild_id: int, turn_id: TurnId) -> Turn | None:
        """Return a guild's turn."""
        rows = await self.database.rows(
            f"{CONSENTED} WHERE t.id = ? AND t.guild_id = ?", (turn_id, guild_id)
        )
        return as_turn(rows[0]) if rows else None

    async def drop_texts(self, *, before: datetime) -> int:
        """Remove older texts whose author did not allow to keep them; return of how many turns.

        Inquiries that are closed, examples in a member's own words, and what votes say go the
        same way.
        """
        dropping = [
            f"{each.sql} AND NOT {KEEPING.format(guild=each.guild, member=each.author)}"
            for each in FADING
        ]
        return await self._drop(dropping, before.isoformat())

    async def drop_kept_texts(self, guild_id: int, *, before: datetime) -> int:
        """Remove a guild's older texts, allowed or not; return of how many turns."""
        dropping = [f"{each.sql} AND {each.guild} = ?2" for each in FADING]
        return await self._drop(dropping, before.isoformat(), guild_id)

    async def guilds_with_texts(self) -> frozenset[int]:
        """Return the guilds of which any turn still has its text."""
        rows = await self.database.rows(
            "SELECT DISTINCT guild_id FROM turns WHERE question IS NOT NULL"
        )
        return frozenset(row["guild_id"] for row in rows)

    async def _drop(self, dropping: Sequence[str], *values: str | int) -> int:
        async def work(connection: aiosqlite.Connection) -> int:
            counts = [(await connection.execute(sql, values)).rowcount for sql in dropping]
            return counts[-1]

        return await self.database.write(work)

    async def turns(self, guild_id: int) -> AsyncIterator[Turn]:
        """Yield the guild's turns by id, a page at a time; ``consented`` is today's decision."""
        last = 0
        while rows := await self.database.rows(
            f"{CONSENTED} WHERE t.guild_id = ? AND t.id > ? ORDER BY t.id LIMIT ?",
            (guild_id, last, PAGE),
        ):
            for row in rows:
                yield as_turn(row)
            last = rows[-1]["id"]

    async def _execute(self, sql: str, *values: str | int | None) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)


def _texts(draft: TurnDraft) -> tuple[str | None, ...]:
    """Return question, facts, answer and sources: none of a blocked turn."""
    if draft.blocked is not None:
        return (None, None, None, None)
    answer = draft.answer
    sources = [_source(citation) for citation in answer.citations]
    return (draft.question, answer.facts, answer.text, json.dumps(sources, ensure_ascii=False))


def _blocked(blocked: Blocked) -> str:
    return json.dumps(
        {
            "side": blocked.side,
            "source": blocked.source,
            "categories": sorted(blocked.categories),
        }
    )


def _values(draft: TurnDraft) -> tuple[str | int | float | None, ...]:
    answer = draft.answer
    return (
        draft.guild_id,
        draft.channel_id,
        draft.author_id,
        draft.parent_id,
        draft.kind,
        draft.provenance,
        *_texts(draft),
        int(answer.answered),
        answer.language,
        draft.persona,
        draft.persona_version,
        answer.model,
        answer.finish_reason,
        answer.usage.prompt,
        answer.usage.completion,
        draft.cost_usd,
        draft.latency_seconds,
        int(draft.private),
        draft.audience_channel_id,
        draft.asked_message_id,
        draft.sarcasm,
        draft.topic,
        _blocked(draft.blocked) if draft.blocked else None,
        datetime.now(UTC).isoformat(),
    )


def _source(citation: Citation) -> dict[str, object]:
    passage = citation.passage
    return {
        "n": citation.n,
        "chunk_id": passage.chunk_id,
        "document_id": passage.document_id,
        "title": passage.title,
        "heading": passage.heading,
        "source": passage.source,
    }


def as_turn(row: Row) -> Turn:
    """Return a row of ``CONSENTED`` as a turn."""
    return Turn(
        id=TurnId(row["id"]),
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        author_id=row["author_id"],
        kind=TurnKind(row["kind"]),
        provenance=Provenance(row["provenance"]),
        question=row["question"],
        facts=row["facts"],
        answer=row["answer"],
        answered=bool(row["answered"]),
        language=Language(row["language"]),
        persona=row["persona"],
        persona_version=row["persona_version"],
        model=row["model"],
        finish_reason=row["finish_reason"],
        consented=bool(row["consented"]),
        parent_id=TurnId(row["parent_id"]) if row["parent_id"] is not None else None,
        created_at=datetime.fromisoformat(row["created_at"]),
        private=bool(row["private"]),
        message_id=row["message_id"],
        audience_channel_id=row["audience_channel_id"],
        sarcasm=row["sarcasm"],
        topic=Topic(row["topic"]) if row["topic"] else None,
    )
