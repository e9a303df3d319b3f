"""Which model speaks in a guild, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.promotion import Change, Promotion


@dataclass(frozen=True, slots=True)
class SqlitePromotions:
    """Fulfils ``bot.ports.promotion.PromotionStore``."""

    database: Database

    async def add(self, promotion: Promotion) -> None:
        """Write a change down."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "INSERT INTO promotions (guild_id, model, previous, change, reason, changed_by,"
                " changed_at, figures) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    promotion.guild_id,
                    promotion.model,
                    promotion.previous,
                    promotion.change,
                    promotion.reason,
                    promotion.by,
                    promotion.at.isoformat(),
                    json.dumps(promotion.figures, ensure_ascii=False),
                ),
            )

        await self.database.write(work)

    async def history(self, guild_id: int) -> tuple[Promotion, ...]:
        """Return a guild's changes, the newest first."""
        rows = await self.database.rows(
            "SELECT * FROM promotions WHERE guild_id = ? ORDER BY id DESC", (guild_id,)
        )
        return tuple(map(_promotion, rows))

    async def speaking(self) -> Mapping[int, str]:
        """Return the model that speaks in each guild where one was ever promoted."""
        rows = await self.database.rows(
            "SELECT guild_id, model FROM promotions WHERE id IN"
            " (SELECT max(id) FROM promotions GROUP BY guild_id)"
        )
        return {row["guild_id"]: row["model"] for row in rows}

    async def warned(self, guild_id: int, model: str, days: int) -> bool:
        """Remember a warning; tell whether it is new."""

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "INSERT OR IGNORE INTO promotion_warnings (guild_id, model, days) VALUES (?, ?, ?)",
                (guild_id, model, days),
            )
            return cursor.rowcount > 0

        return await self.database.write(work)


def _promotion(row: Row) -> Promotion:
    return Promotion(
        guild_id=row["guild_id"],
        model=row["model"],
        previous=row["previous"],
        change=Change(row["change"]),
        reason=row["reason"],
        by=row["changed_by"],
        at=datetime.fromisoformat(row["changed_at"]),
        figures=json.loads(row["figures"]),
    )
