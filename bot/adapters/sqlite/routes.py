"""Where questions lead by what they are about, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row, marks
from bot.errors import StoreFailed
from bot.exploring import Quality, Subject
from bot.routing import Origin, Route, Routes, Target
from bot.sorter import Method, Reach, Sorter

_COLUMNS = (
    "guild_id, digest, space, method, labels, dimensions, weights, bias, anchors, floors,"
    " subject, texts, labelled, accuracy, macro_f1, majority_accuracy, majority_f1, made_at"
)


@dataclass(frozen=True, slots=True)
class SqliteRoutes:
    """Fulfils ``bot.ports.routing.RouteStore``."""

    database: Database

    async def load(self, guild_id: int) -> Routes | None:
        """Return a guild's routes without the sorter's trials, None where there are none."""
        found = await self.database.rows("SELECT * FROM sorters WHERE guild_id = ?", (guild_id,))
        if not found:
            return None
        rows = await self.database.rows(
            "SELECT * FROM routes WHERE guild_id = ? ORDER BY label", (guild_id,)
        )
        sorter = _sorter(found[0])
        if not sorter.fits:
            raise StoreFailed(f"the sorter of server {guild_id} is damaged: set its routes again")
        return Routes(
            sorter=sorter, origin=_origin(found[0]), routes=tuple(_route(row) for row in rows)
        )

    async def put(self, guild_id: int, routes: Routes, route: Route) -> None:
        """Keep one route; where the guild's sorter is another one, that goes with its routes."""
        digest, values = routes.sorter.digest, _values(guild_id, routes)

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM sorters WHERE guild_id = ? AND (digest <> ? OR space <> ?)",
                (guild_id, digest, routes.origin.space),
            )
            await connection.execute(
                f"INSERT OR IGNORE INTO sorters ({_COLUMNS}) VALUES ({marks(values)})",  # noqa: S608
                values,
            )
            await connection.execute(
                "INSERT OR REPLACE INTO routes"
                " (guild_id, label, channel_id, persona, confidence, reached, rightly)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    guild_id,
                    route.label,
                    route.target.channel_id,
                    route.target.persona,
                    route.confidence,
                    route.reach.share,
                    route.reach.right,
                ),
            )

        await self.database.write(work)

    async def remove(self, guild_id: int, labels: Collection[str]) -> None:
        """Take the routes of some labels away, and with the last one the sorter."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM routes WHERE guild_id = ?"  # noqa: S608 - marks only
                f" AND label IN ({marks(list(labels))})",
                (guild_id, *labels),
            )
            await connection.execute(
                "DELETE FROM sorters WHERE guild_id = ?"
                " AND NOT EXISTS (SELECT 1 FROM routes WHERE guild_id = ?)",
                (guild_id, guild_id),
            )

        await self.database.write(work)

    async def spaces(self) -> Mapping[int, str]:
        """Return the key of the space of each guild's sorter."""
        rows = await self.database.rows("SELECT guild_id, space FROM sorters ORDER BY guild_id")
        return {row["guild_id"]: row["space"] for row in rows}


def _values(guild_id: int, routes: Routes) -> tuple[str | int | float | bytes | None, ...]:
    sorter, origin = routes.sorter, routes.origin
    quality, majority = origin.quality, origin.majority
    return (
        guild_id,
        sorter.digest,
        origin.space,
        sorter.method.value,
        json.dumps(sorter.labels, ensure_ascii=False),
        sorter.dimensions,
        sorter.weights,
        sorter.bias,
        sorter.anchors,
        sorter.floors,
        origin.subject.value,
        origin.texts,
        origin.labelled,
        quality.accuracy if quality else None,
        quality.macro_f1 if quality else None,
        majority.accuracy if majority else None,
        majority.macro_f1 if majority else None,
        origin.made_at.isoformat(),
    )


def _sorter(row: Row) -> Sorter:
    return Sorter(
        labels=tuple(json.loads(row["labels"])),
        method=Method(row["method"]),
        dimensions=row["dimensions"],
        weights=row["weights"],
        bias=row["bias"],
        anchors=row["anchors"],
        floors=row["floors"],
    )


def _origin(row: Row) -> Origin:
    return Origin(
        space=row["space"],
        subject=Subject(row["subject"]),
        texts=row["texts"],
        labelled=row["labelled"],
        quality=_quality(row["accuracy"], row["macro_f1"]),
        majority=_quality(row["majority_accuracy"], row["majority_f1"]),
        made_at=datetime.fromisoformat(row["made_at"]),
    )


def _quality(accuracy: float | None, macro_f1: float | None) -> Quality | None:
    if accuracy is None or macro_f1 is None:
        return None
    return Quality(accuracy=accuracy, macro_f1=macro_f1)


def _route(row: Row) -> Route:
    return Route(
        label=row["label"],
        target=Target(channel_id=row["channel_id"], persona=row["persona"]),
        confidence=row["confidence"],
        reach=Reach(share=row["reached"], right=row["rightly"]),
    )
