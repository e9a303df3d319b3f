"""Comparisons of models and members' votes on them, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import aiosqlite

from bot.adapters.sqlite.consents import TRAINING
from bot.adapters.sqlite.database import Database, Row
from bot.comparison import (
    Automatic,
    Comparison,
    ComparisonId,
    Item,
    ItemId,
    Side,
    Standing,
)
from bot.models import Language

_VOTED = (
    "SELECT count(*) FROM comparison_votes v JOIN comparison_items i ON i.id = v.item_id"
    " WHERE i.comparison_id = (SELECT comparison_id FROM comparison_items WHERE id = ?1)"
)


@dataclass(frozen=True, slots=True)
class SqliteComparisons:
    """Fulfils ``bot.ports.promotion.ComparisonStore``."""

    database: Database

    async def add(self, comparison: Comparison, items: Sequence[Item]) -> Comparison:
        """Write a comparison with its items, in one transaction, and return it."""

        async def work(connection: aiosqlite.Connection) -> int:
            cursor = await connection.execute(
                "INSERT INTO comparisons (guild_id, model_a, model_b, automatic, horizon,"
                " channel_id, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    comparison.guild_id,
                    comparison.a,
                    comparison.b,
                    json.dumps(comparison.automatic.as_json(), ensure_ascii=False),
                    comparison.horizon,
                    comparison.channel_id,
                    comparison.created_by,
                    comparison.created_at.isoformat(),
                ),
            )
            number = int(cursor.lastrowid or 0)
            await connection.executemany(
                "INSERT INTO comparison_items (comparison_id, language, question, facts, answer_a,"
                " answer_b, flipped, author_id, example_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(number, *_values(item)) for item in items],
            )
            return number

        number = ComparisonId(await self.database.write(work))
        [added] = await self._comparisons("id = ?", number)
        return added

    async def comparison(self, guild_id: int, comparison_id: ComparisonId) -> Comparison | None:
        """Return a guild's comparison."""
        found = await self._comparisons("guild_id = ? AND id = ?", guild_id, comparison_id)
        return found[0] if found else None

    async def comparisons(self, guild_id: int) -> tuple[Comparison, ...]:
        """Return a guild's comparisons, the newest first."""
        return await self._comparisons("guild_id = ?", guild_id)

    async def items(self, comparison_id: ComparisonId) -> tuple[Item, ...]:
        """Return the items in order."""
        rows = await self.database.rows(
            "SELECT * FROM comparison_items WHERE comparison_id = ? ORDER BY id", (comparison_id,)
        )
        return tuple(map(_item, rows))

    async def item(self, guild_id: int, item_id: ItemId) -> Item | None:
        """Return an item of one of a guild's comparisons."""
        rows = await self.database.rows(
            "SELECT i.* FROM comparison_items i JOIN comparisons c ON c.id = i.comparison_id"
            " WHERE c.guild_id = ? AND i.id = ?",
            (guild_id, item_id),
        )
        return _item(rows[0]) if rows else None

    async def shown(self, item_id: ItemId, message_id: int) -> None:
        """Remember the message that shows an item."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "UPDATE comparison_items SET message_id = ? WHERE id = ?", (message_id, item_id)
            )

        await self.database.write(work)

    async def vote(self, item_id: ItemId, user_id: int, side: Side, *, horizon: int) -> bool:
        """Count a member's one vote on an item, unless the comparison has all its votes."""

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "INSERT OR IGNORE INTO comparison_votes (item_id, user_id, side, created_at)"
                f" SELECT ?1, ?2, ?3, ?4 WHERE ({_VOTED}) < ?5",
                (item_id, user_id, side, datetime.now(UTC).isoformat(), horizon),
            )
            return cursor.rowcount > 0

        return await self.database.write(work)

    async def standing(self, comparison_id: ComparisonId, horizon: int) -> Standing:
        """Return the votes."""
        rows = await self.database.rows(
            "SELECT v.side, count(*) AS votes FROM comparison_votes v"
            " JOIN comparison_items i ON i.id = v.item_id"
            " WHERE i.comparison_id = ? GROUP BY v.side",
            (comparison_id,),
        )
        votes = {row["side"]: row["votes"] for row in rows}
        return Standing(a=votes.get(Side.A, 0), b=votes.get(Side.B, 0), horizon=horizon)

    async def close(self, comparison_id: ComparisonId, at: datetime) -> bool:
        """End a comparison; False where it had ended."""

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "UPDATE comparisons SET closed_at = ? WHERE id = ? AND closed_at IS NULL",
                (at.isoformat(), comparison_id),
            )
            return cursor.rowcount > 0

        return await self.database.write(work)

    async def preferences(self, guild_id: int) -> tuple[tuple[Item, Side, str, str], ...]:
        """Return whom most of those voted for who allow training, by item, with the models."""
        rows = await self.database.rows(
            "SELECT i.*, v.side, c.model_a, c.model_b FROM comparison_votes v"  # noqa: S608
            " JOIN comparison_items i ON i.id = v.item_id"
            " JOIN comparisons c ON c.id = i.comparison_id"
            " WHERE c.guild_id = ? AND"
            f" {TRAINING.format(guild='c.guild_id', member='v.user_id')} ORDER BY i.id",
            (guild_id,),
        )
        found = []
        for _, votes in groupby(rows, key=lambda row: row["id"]):
            cast = list(votes)
            for_b = sum(row["side"] == Side.B for row in cast)
            if 2 * for_b != len(cast):
                side = Side.B if 2 * for_b > len(cast) else Side.A
                found.append((_item(cast[0]), side, cast[0]["model_a"], cast[0]["model_b"]))
        return tuple(found)

    async def _comparisons(self, where: str, *values: int) -> tuple[Comparison, ...]:
        rows = await self.database.rows(
            f"SELECT * FROM comparisons WHERE {where} ORDER BY id DESC",  # noqa: S608 - constants
            values,
        )
        return tuple(map(_comparison, rows))


def _values(item: Item) -> tuple[str | int | None, ...]:
    return (
        item.language,
        item.question,
        item.facts,
        item.answers[Side.A],
        item.answers[Side.B],
        int(item.flipped),
        item.author_id,
        item.example_id,
    )


def _item(row: Row) -> Item:
    return Item(
        id=ItemId(row["id"]),
        comparison_id=ComparisonId(row["comparison_id"]),
        language=Language(row["language"]),
        question=row["question"],
        facts=row["facts"],
        answers={Side.A: row["answer_a"], Side.B: row["answer_b"]},
        flipped=bool(row["flipped"]),
        author_id=row["author_id"],
        example_id=row["example_id"],
        message_id=row["message_id"],
    )


def _comparison(row: Row) -> Comparison:
    closed = row["closed_at"]
    return Comparison(
        id=ComparisonId(row["id"]),
        guild_id=row["guild_id"],
        a=row["model_a"],
        b=row["model_b"],
        automatic=Automatic.of_json(json.loads(row["automatic"])),
        horizon=row["horizon"],
        channel_id=row["channel_id"],
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        closed_at=None if closed is None else datetime.fromisoformat(closed),
    )
