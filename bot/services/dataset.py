"""The data-set desk: what staff can do with the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.feedback import Tally
from bot.ports import VoteStore
from bot.services.export import Export, Manifest
from bot.services.export_files import export_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What may leave, what may not and why, what members think, and what staff repaired."""

    rows: int
    left_out: Mapping[str, int]
    tally: Tally
    repaired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDesk:
    """Exports a guild's turns into the data directory."""

    export: Export
    votes: VoteStore
    directory: Path

    async def statistics(self, guild_id: int) -> Statistics:
        """Return what the log holds for the next data set."""
        rows, left_out = await self.export.count(guild_id)
        repaired = await self.export.examples.repaired(guild_id)
        return Statistics(
            rows=rows,
            left_out=left_out,
            tally=await self.votes.tally(guild_id),
            repaired=len(repaired),
        )

    async def export_now(self, guild_id: int) -> Manifest:
        """Write an export named by the guild and the second; raises NothingToExport."""
        name = export_name(guild_id, datetime.now(UTC))
        return await self.export.write(guild_id, self.directory / name)
