"""What the staff of each server have set, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.preferences import ENTIRE_SERVER, PREFERENCE_KEYS, decoded, encoded


@dataclass(frozen=True, slots=True)
class SqliteSettings:
    """Fulfils ``bot.ports.SettingsStore``."""

    database: Database

    async def layers(
        self, guild_id: int, channel_id: int | None
    ) -> Mapping[int, Mapping[str, object]]:
        """Return what is set for the server, under 0, and for the channel, under its id."""
        rows = await self.database.rows(
            "SELECT channel_id, key, value FROM preferences"
            " WHERE guild_id = ? AND channel_id IN (?, ?)",
            (guild_id, ENTIRE_SERVER, channel_id or ENTIRE_SERVER),
        )
        layers: dict[int, dict[str, object]] = {}
        for row in rows:
            if row["key"] in PREFERENCE_KEYS:  # a newer Marv may have known more
                value = decoded(row["key"], row["value"])
                layers.setdefault(row["channel_id"], {})[row["key"]] = value
        return layers

    async def channels(self, guild_id: int) -> tuple[int, ...]:
        """Return the channels that have settings of their own."""
        rows = await self.database.rows(
            "SELECT DISTINCT channel_id FROM preferences WHERE guild_id = ? AND channel_id <> ?",
            (guild_id, ENTIRE_SERVER),
        )
        return tuple(row["channel_id"] for row in rows)

    async def set_values(
        self, guild_id: int, channel_id: int, values: Mapping[str, object], *, changed_by: int
    ) -> None:
        """Set some values of a layer at once."""
        now = datetime.now(UTC).isoformat()

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                "INSERT OR REPLACE INTO preferences"
                " (guild_id, channel_id, key, value, changed_by, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (guild_id, channel_id, key, encoded(key, value), changed_by, now)
                    for key, value in values.items()
                ],
            )

        await self.database.write(work)

    async def clear_value(self, guild_id: int, channel_id: int, key: str) -> None:
        """Take a layer's value away."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "DELETE FROM preferences WHERE guild_id = ? AND channel_id = ? AND key = ?",
                (guild_id, channel_id, key),
            )

        await self.database.write(work)
