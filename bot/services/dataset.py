"""The data-set desk: what staff can do with the log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dataset import Format, Source, Split, VersionId
from bot.feedback import Tally
from bot.moderation import BlockTally
from bot.ports import VoteStore
from bot.ports.moderation import BlockLog
from bot.services.export import Export, Manifest
from bot.services.export_files import export_name
from bot.services.freezing.importing import drafts, exchange, read_examples
from bot.services.freezing.out import VersionExport
from bot.services.freezing.versions import Versions
from bot.services.reviewing import Reviewing

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
    """Curates, freezes and exports what a guild's log and staff wrote."""

    export: Export
    votes: VoteStore
    blocked: BlockLog
    versions: Versions
    reviewing: Reviewing
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

    async def export_version(
        self, guild_id: int, name: str, *, format_: Format
    ) -> tuple[Manifest, ...]:
        """Write what may be used of a version, its training and its validation part.

        Raises what ``VersionExport.write`` raises; a part without rows is left out.
        """
        out = VersionExport(versions=self.versions, writer=self.export.writer)
        version = await self.versions.named(guild_id, name)
        preferences = format_ is Format.PREFERENCE
        manifests = []
        for split in (Split.TRAIN, Split.VALIDATION):
            judged = preferences and split is Split.VALIDATION
            if version.rows.get(split) and (not judged or await self._has_pairs(version.id)):
                stem = export_name(guild_id, datetime.now(UTC)).removesuffix(".jsonl")
                path = self.directory / f"{stem}-{name}-{split}.jsonl"
                manifests.append(
                    await out.write(guild_id, name, split=split, format_=format_, path=path)
                )
        return tuple(manifests)

    async def _has_pairs(self, version_id: VersionId) -> bool:
        """Tell whether the validation part has an answer that is known to be worse."""
        rows = self.versions.store.rows(version_id, Split.VALIDATION)
        return any([row.rejected is not None async for row in rows])

    async def add(self, guild_id: int, *, question: str, answer: str, facts: str, by: int) -> None:
        """Keep a hand-written example; raises BadExamples for an empty or too long one."""
        written = exchange(1, {"question": question, "answer": answer, "facts": facts})
        [draft] = drafts([written], guild_id=guild_id, by=by, source=Source.STAFF)
        await self.export.examples.add(draft)

    async def take(self, guild_id: int, content: bytes, *, name: str, by: int) -> int:
        """Keep the examples of a file, all or none, and return how many; raises BadExamples."""
        exchanges = await asyncio.to_thread(read_examples, content, name=name)
        kept = list(drafts(exchanges, guild_id=guild_id, by=by, source=Source.IMPORTED))
        await self.export.examples.add_all(kept)
        return len(kept)
