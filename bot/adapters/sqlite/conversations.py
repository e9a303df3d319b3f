"""Conversations in SQLite: the last turn at a place, and summaries of older ones."""

from __future__ import annotations

from dataclasses import dataclass

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.turns import CONSENTED, as_turn
from bot.models import Turn, TurnId

CHAIN = (
    "WITH RECURSIVE chain (id, depth) AS (VALUES (?, 0) UNION ALL"  # noqa: S608 - constants
    " SELECT t.parent_id, depth + 1 FROM turns t JOIN chain ON t.id = chain.id"
    " WHERE t.parent_id IS NOT NULL AND depth < ?)"
    f" {CONSENTED} JOIN chain ON chain.id = t.id ORDER BY chain.depth DESC"
)


@dataclass(frozen=True, slots=True)
class SqliteConversations:
    """Fulfils ``bot.ports.ConversationLog``."""

    database: Database

    async def latest(self, guild_id: int, channel_id: int, *, member_id: int) -> TurnId | None:
        """Return the last turn of a conversation, None where a new one was asked for since."""
        rows = await self.database.rows(
            "SELECT max(id) AS id FROM turns WHERE guild_id = ?1 AND channel_id = ?2"
            " AND kind = 'chat' AND (?3 = 0 OR author_id = ?3)"
            " AND id > coalesce((SELECT after_turn_id FROM conversation_starts"
            " WHERE guild_id = ?1 AND channel_id = ?2 AND member_id = ?3), 0)",
            (guild_id, channel_id, member_id),
        )
        return TurnId(rows[0]["id"]) if rows[0]["id"] is not None else None

    async def begin_anew(self, guild_id: int, channel_id: int, *, member_id: int) -> None:
        """Remember nothing at a place of what was said up to now."""
        await self._execute(
            "INSERT OR REPLACE INTO conversation_starts"
            " (guild_id, channel_id, member_id, after_turn_id)"
            " VALUES (?, ?, ?, (SELECT coalesce(max(id), 0) FROM turns))",
            guild_id,
            channel_id,
            member_id,
        )

    async def chain(self, turn_id: TurnId, *, limit: int) -> tuple[tuple[Turn, str | None], ...]:
        """Return the last ``limit`` turns up to ``turn_id``, oldest first, with their summaries."""
        rows = await self.database.rows(CHAIN, (turn_id, limit - 1))
        return tuple((as_turn(row), row["summary"]) for row in rows)

    async def set_summary(self, turn_id: TurnId, summary: str) -> None:
        """Keep what was said up to and including a turn, unless its words have gone meanwhile."""
        await self._execute(
            "UPDATE turns SET summary = ? WHERE id = ? AND question IS NOT NULL", summary, turn_id
        )

    async def by_asked_message(self, message_id: int) -> Turn | None:
        """Return the newest turn that answers a member's message."""
        rows = await self.database.rows(
            f"{CONSENTED} WHERE t.asked_message_id = ? ORDER BY t.id DESC LIMIT 1", (message_id,)
        )
        return as_turn(rows[0]) if rows else None

    async def has_successor(self, turn_id: TurnId) -> bool:
        """Tell whether the conversation went on after a turn."""
        return bool(
            await self.database.rows("SELECT 1 FROM turns WHERE parent_id = ? LIMIT 1", (turn_id,))
        )

    async def set_question(self, turn_id: TurnId, question: str) -> None:
        """Replace a question by what its author made of it; summaries that held it go."""

        async def work(connection: aiosqlite.Connection) -> None:
            for value in (None, question):  # the trigger looks at words that go
                await connection.execute(
                    "UPDATE turns SET question = ? WHERE id = ?", (value, turn_id)
                )

        await self.database.write(work)

    async def drop_words(self, turn_id: TurnId) -> None:
        """Take the words of a turn away, and those of the summaries that held them."""
        await self._execute(
            "UPDATE turns SET question = NULL, facts = NULL, answer = NULL, sources = NULL"
            " WHERE id = ?",
            turn_id,
        )

    async def remove(self, turn_id: TurnId) -> None:
        """Remove a turn that another one replaces."""
        await self._execute("DELETE FROM turns WHERE id = ?", turn_id)

    async def _execute(self, sql: str, *values: str | int) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)
