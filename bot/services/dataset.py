"""The data-set desk: what staff can do with the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.services.export import Export, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDesk:
    """Exports a guild's turns into the data directory."""

    export: Export
    directory: Path

    async def export_now(self, guild_id: int) -> Manifest:
        """Write an export named by the guild and the second; raises NothingToExport."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        return await self.export.write(guild_id, self.directory / f"marv-{guild_id}-{moment}.jsonl")
