"""The settings desk: what the staff of a server can set."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.models import GuildSettings
from bot.ports import SettingsStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDesk:
    """Shows and changes a server's settings."""

    store: SettingsStore

    async def show(self, guild_id: int) -> GuildSettings:
        """Return a server's settings."""
        return await self.store.guild_settings(guild_id)

    async def change(
        self,
        guild_id: int,
        *,
        staff_channel_id: int | None = None,
        read_channels: bool | None = None,
        changed_by: int,
    ) -> GuildSettings:
        """Change what is given, leave the rest, and return the settings."""
        settings = await self.show(guild_id)
        if staff_channel_id is not None:
            settings = replace(settings, staff_channel_id=staff_channel_id)
        if read_channels is not None:
            settings = replace(settings, read_channels=read_channels)
        await self.store.set_guild_settings(guild_id, settings, changed_by=changed_by)
        return settings
