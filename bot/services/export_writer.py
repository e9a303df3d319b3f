"""Writes a data set's file and remembers every line of it, in constant memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.erasure import ExportedRow
from bot.errors import NothingToExport
from bot.ports.erasure import ExportLedger

BATCH = 1000  # lines that are noted in the ledger at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a file holds."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWriter:
    """Writes lines to a file that appears when it is whole; whoever erases waits for it."""

    ledger: ExportLedger
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def write(
        self,
        lines: AsyncIterator[tuple[bytes, ExportedRow]],
        *,
        guild_id: int,
        path: Path,
        format_: str,
    ) -> Written:
        """Write each line, with what it is made of; raises NothingToExport for none.

        The ledger knows every line before the file is at its place, so that no
        member is forgotten without it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        async with self.lock:
            export_id = await self.ledger.begin(guild_id, str(path), format_)
            try:
                written = await self._write(lines, unfinished, export_id)
                await self.ledger.finish(export_id, rows=written.rows, sha256=written.sha256)
                unfinished.replace(path)
            except BaseException:
                await self.ledger.abandon(export_id)
                raise
            finally:
                unfinished.unlink(missing_ok=True)
        return written

    async def _write(
        self, lines: AsyncIterator[tuple[bytes, ExportedRow]], path: Path, export_id: int
    ) -> Written:
        digest, count = hashlib.sha256(), 0
        batch: list[ExportedRow] = []
        with path.open("wb") as file:
            async for line, source in lines:
                file.write(line)
                digest.update(line)
                count += 1
                batch.append(replace(source, sha256=hashlib.sha256(line).hexdigest()))
                if len(batch) == BATCH:
                    await self.ledger.add_rows(export_id, batch, first=count - BATCH + 1)
                    batch.clear()
        if not count:
            raise NothingToExport("nothing to export")
        await self.ledger.add_rows(export_id, batch, first=count - len(batch) + 1)
        return Written(rows=count, sha256=digest.hexdigest())
