"""The log of turns, consent and retention in SQLite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.models import (
    Citation,
    Language,
    PrivacyStatus,
    Provenance,
    Turn,
    TurnDraft,
    TurnId,
    TurnKind,
)

PAGE = 500  # turns read at once when all are walked
CONSENTED = (
    "SELECT t.*, coalesce((SELECT granted FROM consents c WHERE c.guild_id = t.guild_id"
    " AND c.user_id = t.author_id), 0) AS consented FROM turns t"
)
INSERT = (
    "INSERT INTO turns (guild_id, channel_id, author_id, parent_id, kind, provenance, question,"
    " facts, answer, sources, answered, language, persona, persona_version, model, finish_reason,"
    " prompt_tokens, completion_tokens, cost_usd, latency_seconds, private, audience_channel_id,"
    " asked_message_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

# Everything of a member's but their turns; what another member passed on loses its words.
FORGETTING = (
    "DELETE FROM examples WHERE guild_id = ?1 AND asker_id = ?2",
    "DELETE FROM inquiries WHERE guild_id = ?1 AND asker_id = ?2",
    "UPDATE inquiries SET question = NULL WHERE guild_id = ?1 AND author_id = ?2",
    "DELETE FROM votes WHERE user_id = ?2"
    " AND turn_id IN (SELECT id FROM turns WHERE guild_id = ?1)",
    "DELETE FROM consents WHERE guild_id = ?1 AND user_id = ?2",
)
FADING = (
    "UPDATE inquiries SET question = NULL, answer = NULL WHERE question IS NOT NULL"
    " AND closed_at < ? AND NOT EXISTS (SELECT 1 FROM consents c"
    " WHERE c.guild_id = inquiries.guild_id AND c.user_id = inquiries.author_id"
    " AND c.granted = 1)",
    "DELETE FROM examples WHERE asker_id IS NOT NULL AND created_at < ? AND NOT EXISTS ("
    "SELECT 1 FROM consents c WHERE c.guild_id = examples.guild_id"
    " AND c.user_id = examples.asker_id AND c.granted = 1)",
)


@dataclass(frozen=True, slots=True)
class SqliteTurns:
    """Fulfils ``bot.ports.TurnLog``."""

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

    async def set_consent(self, guild_id: int, user_id: int, *, granted: bool) -> None:
        """Record a member's decision."""
        await self._execute(
            "INSERT INTO consents (guild_id, user_id, granted, decided_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET granted = excluded.granted,"
            " decided_at = excluded.decided_at",
            guild_id,
            user_id,
            int(granted),
            datetime.now(UTC).isoformat(),
        )

    async def privacy(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what is kept about a member in a guild."""
        [counts] = await self.database.rows(
            "SELECT count(*) AS turns, count(question) AS texts,"
            " (SELECT count(*) FROM inquiries i WHERE i.guild_id = ?1 AND i.asker_id = ?2)"
            " AS inquiries, (SELECT count(*) FROM votes v JOIN turns t ON t.id = v.turn_id"
            " WHERE t.guild_id = ?1 AND v.user_id = ?2) AS votes"
            " FROM turns WHERE guild_id = ?1 AND author_id = ?2",
            (guild_id, user_id),
        )
        decisions = await self.database.rows(
            "SELECT granted, decided_at FROM consents WHERE guild_id = ? AND user_id = ?",
            (guild_id, user_id),
        )
        return PrivacyStatus(
            consented=bool(decisions and decisions[0]["granted"]),
            decided_at=datetime.fromisoformat(decisions[0]["decided_at"]) if decisions else None,
            turns=counts["turns"],
            turns_with_text=counts["texts"],
            inquiries=counts["inquiries"],
            votes=counts["votes"],
        )

    async def forget(self, guild_id: int, user_id: int) -> int:
        """Delete all of a member's words, votes and consent in a guild; return how many turns."""

        async def work(connection: aiosqlite.Connection) -> int:
            for sql in FORGETTING:
                await connection.execute(sql, (guild_id, user_id))
            cursor = await connection.execute(
                "DELETE FROM turns WHERE guild_id = ?1 AND author_id = ?2", (guild_id, user_id)
            )
            return cursor.rowcount

        return await self.database.write(work)

    async def drop_texts(self, *, before: datetime) -> int:
        """Remove the texts of older turns whose author gave no consent; return how many.

        Inquiries that are closed, and examples in a member's own words, go the same way.
        """

        async def work(connection: aiosqlite.Connection) -> int:
            for sql in FADING:
                await connection.execute(sql, (before.isoformat(),))
            cursor = await connection.execute(
                "UPDATE turns SET question = NULL, facts = NULL, answer = NULL, sources = NULL"
                " WHERE question IS NOT NULL AND created_at < ? AND NOT EXISTS ("
                "SELECT 1 FROM consents c WHERE c.guild_id = turns.guild_id"
                " AND c.user_id = turns.author_id AND c.granted = 1)",
                (before.isoformat(),),
            )
            return cursor.rowcount

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


def _values(draft: TurnDraft) -> tuple[str | int | float | None, ...]:
    answer = draft.answer
    return (
        draft.guild_id,
        draft.channel_id,
        draft.author_id,
        draft.parent_id,
        draft.kind,
        draft.provenance,
        draft.question,
        answer.facts,
        answer.text,
        json.dumps([_source(citation) for citation in answer.citations], ensure_ascii=False),
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
    )
