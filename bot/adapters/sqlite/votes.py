"""What members think of answers, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.feedback import Fault, Tally
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
            " ON CONFLICT DO UPDATE SET value = excluded.value, created_at = excluded.created_at,"
            " fault = NULL, words = NULL",
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

    async def set_fault(
        self, turn_id: TurnId, user_id: int, fault: Fault, words: str | None
    ) -> None:
        """Say what a member who voted against an answer finds wrong with it."""
        await self._execute(
            "UPDATE votes SET fault = ?, words = ? WHERE turn_id = ? AND user_id = ? AND value < 0",
            fault,
            words,
            turn_id,
            user_id,
        )

    async def tally(self, guild_id: int) -> Tally:
        """Return a server's votes."""
        rows = await self.database.rows(
            "SELECT v.value, v.fault, count(*) AS votes FROM votes v"
            " JOIN turns t ON t.id = v.turn_id WHERE t.guild_id = ? GROUP BY v.value, v.fault",
            (guild_id,),
        )
        return Tally(
            up=sum(row["votes"] for row in rows if row["value"] > 0),
            down=sum(row["votes"] for row in rows if row["value"] < 0),
            faults={Fault(row["fault"]): row["votes"] for row in rows if row["fault"]},
        )

    async def scores(self, guild_id: int) -> Mapping[int, int]:
        """Return the sum of each turn's votes, by the turn's id."""
        rows = await self.database.rows(
            "SELECT v.turn_id, sum(v.value) AS score FROM votes v"
            " JOIN turns t ON t.id = v.turn_id WHERE t.guild_id = ? GROUP BY v.turn_id",
            (guild_id,),
        )
        return {row["turn_id"]: row["score"] for row in rows}

    async def _execute(self, sql: str, *values: int | str | None) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)
