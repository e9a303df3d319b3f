"""Members' questions to the staff, and those that nobody has answered, in SQLite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row, batches, marks
from bot.faults.inquiry import AlreadyAsked, TooManyInquiries
from bot.inquiry import (
    Inquiry,
    InquiryDraft,
    InquiryId,
    InquiryState,
    OpenQuestion,
    OpenQuestions,
    normalised,
)
from bot.models import Language, Provenance, TurnId

# What Marv could not answer (a chat only where it was asked something), or answered badly
_OPEN = (
    " FROM turns t WHERE t.guild_id = ? AND t.resolved_at IS NULL AND t.blocked IS NULL AND ("
    "(t.answered = 0 AND (t.kind = 'ask' OR t.finish_reason = 'abstained'))"
    " OR (SELECT sum(v.value) FROM votes v WHERE v.turn_id = t.id) < 0)"
)


@dataclass(frozen=True, slots=True)
class SqliteInquiries:
    """Fulfils ``bot.ports.InquiryStore`` and ``bot.ports.OpenQuestionLog``."""

    database: Database

    async def add(self, draft: InquiryDraft, *, most_open: int) -> Inquiry:
        """Write a question down, unless the asker waits for the same or for too many."""

        async def work(connection: aiosqlite.Connection) -> InquiryId:
            rows = await connection.execute_fetchall(
                "SELECT question FROM inquiries WHERE guild_id = ? AND asker_id = ?"
                " AND state = 'open'",
                (draft.guild_id, draft.asker_id),
            )
            waiting = [normalised(row["question"] or "") for row in rows]
            if normalised(draft.question) in waiting:
                raise AlreadyAsked
            if len(waiting) >= most_open:
                raise TooManyInquiries(most_open)
            cursor = await connection.execute(
                "INSERT INTO inquiries (guild_id, turn_id, asker_id, author_id, provenance,"
                " question, language, private, channel_id, audience_channel_id, message_id,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _values(draft),
            )
            return InquiryId(int(cursor.lastrowid or 0))

        inquiry_id = await self.database.write(work)
        [row] = await self.database.rows("SELECT * FROM inquiries WHERE id = ?", (inquiry_id,))
        return _inquiry(row)

    async def get(self, guild_id: int, inquiry_id: InquiryId) -> Inquiry | None:
        """Return a guild's inquiry."""
        rows = await self.database.rows(
            "SELECT * FROM inquiries WHERE id = ? AND guild_id = ?", (inquiry_id, guild_id)
        )
        return _inquiry(rows[0]) if rows else None

    async def set_staff_message(
        self, inquiry_id: InquiryId, *, channel_id: int, message_id: int
    ) -> None:
        """Remember which message shows it to the staff."""
        await self._execute(
            "UPDATE inquiries SET staff_channel_id = ?, staff_message_id = ? WHERE id = ?",
            channel_id,
            message_id,
            inquiry_id,
        )

    async def discard(self, inquiry_id: InquiryId) -> None:
        """Delete an inquiry that the staff never saw."""
        await self._execute("DELETE FROM inquiries WHERE id = ?", inquiry_id)

    async def discard_unposted(self) -> int:
        """Delete every inquiry that the staff never saw; return how many."""
        return await self._execute("DELETE FROM inquiries WHERE staff_message_id IS NULL")

    async def close(
        self, inquiry_id: InquiryId, state: InquiryState, *, answer: str | None, closed_by: int
    ) -> bool:
        """Close an open inquiry and, with an answer, settle its turn."""
        now = datetime.now(UTC).isoformat()

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "UPDATE inquiries SET state = ?, answer = ?, closed_by = ?, closed_at = ?"
                " WHERE id = ? AND state = 'open'",
                (state, answer, closed_by, now, inquiry_id),
            )
            if not cursor.rowcount:
                return False
            if state is InquiryState.ANSWERED:
                await connection.execute(
                    "UPDATE turns SET resolved_at = ?"
                    " WHERE id = (SELECT turn_id FROM inquiries WHERE id = ?)",
                    (now, inquiry_id),
                )
            return True

        return await self.database.write(work)

    async def open_of_turns(self, guild_id: int, turn_ids: Iterable[TurnId]) -> tuple[Inquiry, ...]:
        """Return the open inquiries that these turns led to, oldest first."""
        found: list[Inquiry] = []
        for batch in batches(turn_ids):
            rows = await self.database.rows(
                "SELECT * FROM inquiries WHERE guild_id = ? AND state = 'open'"  # noqa: S608 - marks
                f" AND turn_id IN ({marks(batch)})",
                (guild_id, *batch),
            )
            found.extend(map(_inquiry, rows))
        return tuple(sorted(found, key=lambda inquiry: inquiry.id))

    async def open_questions(self, guild_id: int, *, limit: int) -> OpenQuestions:
        """Return unanswered and down-voted turns that nobody has settled, newest first."""
        rows = await self.database.rows(
            f"SELECT t.*{_OPEN} AND t.question IS NOT NULL ORDER BY t.id DESC LIMIT ?",
            (guild_id, limit),
        )
        [[without]] = await self.database.rows(
            f"SELECT count(*){_OPEN} AND t.question IS NULL",
            (guild_id,),
        )
        return OpenQuestions(questions=tuple(map(_open_question, rows)), without_text=without)

    async def settle(self, guild_id: int, turn_ids: Iterable[TurnId]) -> None:
        """Note that staff have answered these."""
        values = [(datetime.now(UTC).isoformat(), turn_id, guild_id) for turn_id in turn_ids]

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                "UPDATE turns SET resolved_at = ? WHERE id = ? AND guild_id = ?", values
            )

        await self.database.write(work)

    async def _execute(self, sql: str, *values: int) -> int:
        async def work(connection: aiosqlite.Connection) -> int:
            return (await connection.execute(sql, values)).rowcount

        return await self.database.write(work)


def _values(draft: InquiryDraft) -> tuple[str | int | None, ...]:
    return (
        draft.guild_id,
        draft.turn_id,
        draft.asker_id,
        draft.author_id,
        draft.provenance,
        draft.question,
        draft.language,
        int(draft.private),
        draft.channel_id,
        draft.audience_channel_id,
        draft.message_id,
        datetime.now(UTC).isoformat(),
    )


def _inquiry(row: Row) -> Inquiry:
    return Inquiry(
        id=InquiryId(row["id"]),
        guild_id=row["guild_id"],
        turn_id=TurnId(row["turn_id"]) if row["turn_id"] is not None else None,
        asker_id=row["asker_id"],
        author_id=row["author_id"],
        provenance=Provenance(row["provenance"]),
        question=row["question"],
        language=Language(row["language"]),
        private=bool(row["private"]),
        channel_id=row["channel_id"],
        audience_channel_id=row["audience_channel_id"],
        message_id=row["message_id"],
        staff_channel_id=row["staff_channel_id"],
        staff_message_id=row["staff_message_id"],
        state=InquiryState(row["state"]),
        answer=row["answer"],
        closed_by=row["closed_by"],
        closed_at=datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
    )


def _open_question(row: Row) -> OpenQuestion:
    return OpenQuestion(
        turn_id=TurnId(row["id"]),
        author_id=row["author_id"],
        question=row["question"],
        language=Language(row["language"]),
        provenance=Provenance(row["provenance"]),
        private=bool(row["private"]),
        channel_id=row["channel_id"],
        audience_channel_id=row["audience_channel_id"] or row["channel_id"],
        message_id=row["message_id"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )
