"""The data-set desk: what staff can do with the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.feedback import Tally
from bot.moderation import BlockTally
from bot.ports import VoteStore
from bot.ports.moderation import BlockLog
from bot.services.export import Export, Manifest
from bot.services.export_files import export_name

BLOCKED_SINCE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What may leave, what may not and why, what members think, and what staff repaired.

    What was ``blocked`` is counted over the last 30 days.
    """

    rows: int
    left_out: Mapping[str, int]
    tally: Tally
    repaired: int
    blocked: BlockTally


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDesk:
    """Exports a guild's turns into the data directory."""

    export: Export
    votes: VoteStore
    blocked: BlockLog
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
            blocked=await self.blocked.tally(guild_id, since=datetime.now(UTC) - BLOCKED_SINCE),
        )

    async def export_now(self, guild_id: int) -> Manifest:
        """Write an export named by the guild and the second; raises NothingToExport."""
        name = export_name(guild_id, datetime.now(UTC))
        return await self.export.write(guild_id, self.directory / name)
