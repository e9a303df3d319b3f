"""Writes the ledger behind the calls: nobody waits for it, and nothing of it is lost on the way."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.errors import StoreFailed
from bot.ports.usage import UsageLedger
from bot.usage import Payer, UsageKind, UsageLine, Used

log = logging.getLogger(__name__)


class _Key(NamedTuple):
    day: date
    payer: Payer
    model: str
    kind: UsageKind


@dataclass(slots=True, kw_only=True)
class LedgerWriter:
    """Adds up what comes while the ledger is busy; what cannot be written now is written later."""

    ledger: UsageLedger
    _pending: dict[_Key, Used] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None

    def add(self, line: UsageLine) -> None:
        """Write a line in the background, soon."""
        self._keep(_Key(line.day, line.payer, line.model, line.kind), line.used)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="usage")

    async def written(self) -> None:
        """Wait until everything is in the ledger, or cannot be written."""
        if self._writing is not None:
            await self._writing
        if self._pending:
            await self._write()

    def _keep(self, key: _Key, used: Used) -> None:
        self._pending[key] = self._pending.get(key, Used()) + used

    async def _write(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, {}
            lines = [
                UsageLine(day=key.day, payer=key.payer, model=key.model, kind=key.kind, used=used)
                for key, used in batch.items()
            ]
            try:
                await self.ledger.add(lines)
            except StoreFailed as error:
                log.warning("The usage of %d lines is not written yet: %s", len(lines), error)
                for key, used in batch.items():
                    self._keep(key, used)
                return
