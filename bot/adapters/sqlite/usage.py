"""The ledger of what model calls used, in SQLite: lines are added to, not added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.ports.usage import UsageColumn
from bot.usage import Payer, UsageKind, UsageLine, Used

COUNTS = (
    "calls",
    "prompt_tokens",
    "completion_tokens",
    "cost_nanodollars",
    "estimated_calls",
    "unpriced_calls",
)
_COLUMNS = f"day, guild_id, member_id, model, kind, {', '.join(COUNTS)}"
_ADDED_UP = " ON CONFLICT (guild_id, day, member_id, model, kind) DO UPDATE SET " + ", ".join(
    f"{each} = {each} + excluded.{each}" for each in COUNTS
)
# A forgotten member's lines become nobody's, which may be there already.
_COPIED = (
    f"INSERT INTO usage ({_COLUMNS}) SELECT day, guild_id, 0, model, kind, {', '.join(COUNTS)}"  # noqa: S608 - constants
    " FROM usage"
)
TO_NOBODY = f"{_COPIED} WHERE guild_id = ?1 AND member_id = ?2 AND ?2 <> 0{_ADDED_UP}"


@dataclass(frozen=True, slots=True)
class SqliteUsage:
    """Fulfils ``bot.ports.usage.UsageLedger``."""

    database: Database

    async def add(self, lines: Sequence[UsageLine]) -> None:
        """Add to what the lines hold, in one transaction."""
        marks = ", ".join("?" * (5 + len(COUNTS)))

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                f"INSERT INTO usage ({_COLUMNS}) VALUES ({marks}){_ADDED_UP}",  # noqa: S608 - constants
                [_values(line) for line in lines],
            )

        await self.database.write(work)

    async def spent(self, day: date) -> Mapping[Payer, int]:
        """Return what each payer spent on a day."""
        rows = await self.database.rows(
            "SELECT guild_id, member_id, sum(cost_nanodollars) AS spent FROM usage"
            " WHERE day = ? GROUP BY guild_id, member_id",
            (day.isoformat(),),
        )
        return {
            Payer(guild_id=row["guild_id"], member_id=row["member_id"]): row["spent"]
            for row in rows
        }

    async def fold(self, before: date) -> int:
        """Make every member's lines of days before one nobody's, in one transaction."""
        old = (before.isoformat(),)

        async def work(connection: aiosqlite.Connection) -> int:
            await connection.execute(f"{_COPIED} WHERE day < ? AND member_id <> 0{_ADDED_UP}", old)
            deleted = await connection.execute(
                "DELETE FROM usage WHERE day < ? AND member_id <> 0", old
            )
            return deleted.rowcount

        return await self.database.write(work)

    async def totals(
        self, guild_id: int, first: date, last: date, *, by: Sequence[UsageColumn]
    ) -> Sequence[UsageLine]:
        """Return lines of some days added up by some columns."""
        named = ", ".join(
            name if name in by else f"min({name}) AS {name}"
            for name in ("day", "member_id", "model", "kind")
        )
        sums = ", ".join(f"sum({each}) AS {each}" for each in COUNTS)
        grouped = ", ".join(by)
        rows = await self.database.rows(
            f"SELECT guild_id, {named}, {sums} FROM usage"  # noqa: S608 - column names of ours
            f" WHERE guild_id = ? AND day BETWEEN ? AND ? GROUP BY {grouped} ORDER BY {grouped}",
            (guild_id, first.isoformat(), last.isoformat()),
        )
        return tuple(map(_line, rows))


def _values(line: UsageLine) -> tuple[str | int, ...]:
    used = line.used
    return (
        line.day.isoformat(),
        line.payer.guild_id,
        line.payer.member_id,
        line.model,
        line.kind,
        used.calls,
        used.prompt,
        used.completion,
        used.cost,
        used.estimated,
        used.unpriced,
    )


def _line(row: Row) -> UsageLine:
    return UsageLine(
        day=date.fromisoformat(row["day"]),
        payer=Payer(guild_id=row["guild_id"], member_id=row["member_id"]),
        model=row["model"],
        kind=UsageKind(row["kind"]),
        used=Used(
            calls=row["calls"],
            prompt=row["prompt_tokens"],
            completion=row["completion_tokens"],
            cost=row["cost_nanodollars"],
            estimated=row["estimated_calls"],
            unpriced=row["unpriced_calls"],
        ),
    )
