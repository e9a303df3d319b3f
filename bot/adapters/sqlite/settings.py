"""What the staff of each server have set, in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database
from bot.models import GuildSettings


@dataclass(frozen=True, slots=True)
class SqliteSettings:
    """Fulfils ``bot.ports.SettingsStore``."""

    database: Database

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """Return a server's settings; the defaults where nothing was set."""
        rows = await self.database.rows(
            "SELECT staff_channel_id, read_channels FROM guild_settings WHERE guild_id = ?",
            (guild_id,),
        )
        for row in rows:
            return GuildSettings(
                staff_channel_id=row["staff_channel_id"], read_channels=bool(row["read_channels"])
            )
        return GuildSettings()

    async def set_guild_settings(
        self, guild_id: int, settings: GuildSettings, *, changed_by: int
    ) -> None:
        """Replace a server's settings."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "INSERT OR REPLACE INTO guild_settings"
                " (guild_id, staff_channel_id, read_channels, changed_by, changed_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    guild_id,
                    settings.staff_channel_id,
                    int(settings.read_channels),
                    changed_by,
                    datetime.now(UTC).isoformat(),
                ),
            )

        await self.database.write(work)
