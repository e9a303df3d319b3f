"""Stretches of channels as documents: whatever waits is written, through the ordinary ingest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from bot.audience import Audience
from bot.channels import Stretch
from bot.models import Provenance
from bot.ports import ChannelStore
from bot.services.ingest import Batch, Ingest, IngestReport, SourceFile

STRETCHES_AT_ONCE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchWriter:
    """Brings the documents of stretches after their messages.

    The messages were written before, so what a crash or a model that does not
    answer leaves undone is done the next time.
    """

    store: ChannelStore
    ingest: Ingest
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def write(self, guild_id: int) -> IngestReport:
        """Write every stretch of a guild that waits; return what came of it."""
        total = IngestReport()
        async with self.lock:
            while waiting := await self.store.pending(guild_id, limit=STRETCHES_AT_ONCE):
                for audience, stretches in (await self._by_audience(guild_id, waiting)).items():
                    add(total, await self._write(guild_id, stretches, audience))
                for stretch in waiting:
                    if not await self.store.written(stretch):
                        await self.remove(guild_id, stretch.origin)
        return total

    async def remove(self, guild_id: int, prefix: str) -> int:
        """Remove the documents whose origins begin so; return how many."""
        batch = Batch(guild_id=guild_id)
        return (await self.ingest.files(batch, [], roots=[prefix])).removed

    async def document(self, batch: Batch, origin: str, *, line: bytes) -> IngestReport:
        """Write one document, given as a line of JSON."""
        file = SourceFile(origin=origin, source="message.jsonl", read=lambda: line)
        report = await self.ingest.files(batch, [file])
        if report.refusals:
            raise report.refusals[0].error
        return report

    async def _by_audience(
        self, guild_id: int, stretches: Sequence[Stretch]
    ) -> dict[Audience, list[Stretch]]:
        """Sort stretches by who may see them: the channel's readers, or whom staff have set."""
        sorted_: dict[Audience, list[Stretch]] = {}
        for stretch in stretches:
            known = await self.ingest.library.known(guild_id, stretch.origin)
            audience = next((each.audience for each in known.values()), stretch.audience)
            sorted_.setdefault(audience, []).append(stretch)
        return sorted_

    async def _write(
        self, guild_id: int, stretches: Sequence[Stretch], audience: Audience
    ) -> IngestReport:
        batch = Batch(
            guild_id=guild_id,
            provenance=Provenance.MESSAGE,
            added_by=stretches[0].channel.added_by,
            audience=audience,
        )
        told = [stretch for stretch in stretches if stretch.texts]
        report = await self.ingest.files(batch, [_file(stretch) for stretch in told])
        refused = {refusal.source for refusal in report.refusals}  # words that are none
        for stretch in stretches:
            if not stretch.texts or _name(stretch) in refused:
                report.removed += await self.remove(guild_id, stretch.origin)
        return report


def document_line(source: str, title: str, text: str) -> bytes:
    """Return a document as a line of JSON, which is read word for word."""
    return json.dumps({"id": source, "title": title, "text": text}).encode()


def add(total: IngestReport, report: IngestReport) -> None:
    """Add what a further ingest did."""
    for each in fields(IngestReport):
        setattr(total, each.name, getattr(total, each.name) + getattr(report, each.name))


def _file(stretch: Stretch) -> SourceFile:
    line = document_line(stretch.source, stretch.title, "\n\n".join(stretch.texts))
    return SourceFile(origin=stretch.origin, source=_name(stretch), read=lambda: line)


def _name(stretch: Stretch) -> str:
    return f"{stretch.origin.rstrip('/')}.jsonl"
