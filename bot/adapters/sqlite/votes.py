"""What members think of answers, in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.inquiry import VoteValue
from bot.models import TurnId


@dataclass(frozen=True, slots=True)
class SqliteVotes:
    """Fulfils ``bot.ports.VoteStore``."""

    database: Database

    async def set_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Set or change a member's vote; one for a turn that is gone is nothing."""
        await self._execute(
            "INSERT INTO votes (turn_id, user_id, value, created_at)"
            " SELECT id, ?, ?, ? FROM turns WHERE id = ?"
            " ON CONFLICT DO UPDATE SET value = excluded.value, created_at = excluded.created_at",
            user_id,
            value,
            datetime.now(UTC).isoformat(),
            turn_id,
        )

    async def remove_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Remove a member's vote if it is this one."""
        await self._execute(
            "DELETE FROM votes WHERE turn_id = ? AND user_id = ? AND value = ?",
            turn_id,
            user_id,
            value,
        )

    async def _execute(self, sql: str, *values: int | str) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)
