"""The turns that moderation blocked, counted in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.adapters.sqlite.database import Database
from bot.moderation import BlockTally, Category, Side

_BLOCKED = "FROM turns t WHERE t.guild_id = ? AND t.blocked IS NOT NULL AND t.created_at >= ?"


@dataclass(frozen=True, slots=True)
class SqliteBlocked:
    """Fulfils ``bot.ports.moderation.BlockLog``."""

    database: Database

    async def tally(self, guild_id: int, *, since: datetime) -> BlockTally:
        """Count a server's blocked turns since a moment."""
        values = (guild_id, since.isoformat())
        sides = await self.database.rows(
            f"SELECT json_extract(t.blocked, '$.side') AS name, count(*) AS number {_BLOCKED}"
            " GROUP BY name",
            values,
        )
        categories = await self.database.rows(
            "SELECT each.value AS name, count(*) AS number"
            f" {_BLOCKED.replace('turns t', 'turns t, json_each(t.blocked, ?) each')}"
            " GROUP BY name",
            ("$.categories", *values),
        )
        return BlockTally(
            sides={Side(row["name"]): row["number"] for row in sides},
            categories={Category(row["name"]): row["number"] for row in categories},
        )
