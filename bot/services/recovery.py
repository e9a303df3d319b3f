"""Brings back what is away, and the index after what was written meanwhile, without a restart."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.errors import IndexUnavailable, ModelError, SpaceMismatch, StoreFailed
from bot.services.health import Health, Piece
from bot.services.ingest import Ingest

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
PROBE = "Are you there?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Tries what is away again, ever more patiently."""

    health: Health
    ingest: Ingest
    first_wait_seconds: float = FIRST_WAIT_SECONDS

    async def attempt(self) -> None:
        """Make the index equal to the library; a piece that does not answer is noted as away.

        Raises SpaceMismatch when the index was built by another model.
        """
        embedder = self.ingest.embedder
        try:
            if self.health.away(Piece.EMBEDDER) or not embedder.space.dimensions:
                await embedder.embed_query(PROBE)
                self.health.back(Piece.EMBEDDER)
            differed = await self.ingest.reconcile()
        except ModelError as error:
            self.health.lost(Piece.EMBEDDER, error)
        except IndexUnavailable as error:
            self.health.lost(Piece.INDEX, error)
        else:
            self.health.back(Piece.INDEX)
            if differed:
                log.info("The index was brought up to date: %d passages differed", differed)

    async def watch(self) -> None:
        """Wait for trouble, then try again and again until it is over."""
        while True:
            await self.health.until_trouble()
            wait = self.first_wait_seconds
            while self.health.missing:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
                try:
                    await self.attempt()
                except (SpaceMismatch, StoreFailed) as error:
                    log.warning("The index was not brought up to date: %s", error)
