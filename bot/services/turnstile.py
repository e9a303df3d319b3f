"""The turnstile: how many answers are written at once, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.errors import TooBusy

AT_ONCE = 16  # answers; each is a stream from the model and a few hundred kilobytes
WAITING = 240


@dataclass(slots=True, kw_only=True)
class Turnstile:
    """Lets some in at once, some wait in the order in which they came, and turns away the rest."""

    at_once: int = AT_ONCE
    waiting: int = WAITING
    present: int = 0
    gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.gate = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait to be let in; raises TooBusy at once where too many wait already."""
        if self.present >= self.at_once + self.waiting:
            raise TooBusy
        self.present += 1
        try:
            async with self.gate:
                yield
        finally:
            self.present -= 1
