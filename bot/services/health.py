"""Which pieces are away, and since when."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

log = logging.getLogger(__name__)


class Piece(StrEnum):
    """What Marv can do without for a while."""

    INDEX = "index"
    EMBEDDER = "embedder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A piece that does not answer."""

    piece: Piece
    since: datetime


@dataclass(slots=True, kw_only=True)
class Health:
    """Knows which pieces are away; each loss and each return is logged once."""

    _absences: dict[Piece, Absence] = field(default_factory=dict)
    _trouble: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def missing(self) -> tuple[Absence, ...]:
        """Return what is away."""
        return tuple(self._absences.values())

    def away(self, piece: Piece) -> bool:
        """Tell whether a piece is away."""
        return piece in self._absences

    def lost(self, piece: Piece, error: Exception) -> None:
        """Remember that a piece does not answer."""
        if piece not in self._absences:
            self._absences[piece] = Absence(piece=piece, since=datetime.now(UTC))
            log.warning("The %s is away, searching by words only: %s", piece, error)
        self._trouble.set()

    def back(self, piece: Piece) -> None:
        """Remember that a piece answers."""
        if self._absences.pop(piece, None) is not None:
            log.info("The %s is back", piece)
        if not self._absences:
            self._trouble.clear()

    async def until_trouble(self) -> None:
        """Return once a piece is away."""
        await self._trouble.wait()
