"""Routes: where a server's questions lead by what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.exploring import Quality, Subject
from bot.models import EmbeddingSpace
from bot.sorter import Reach, Sorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel to point to, or a persona to speak: one of the two."""

    channel_id: int | None = None
    persona: str | None = None

    def __post_init__(self) -> None:
        if (self.channel_id is None) == (self.persona is None):
            raise ValueError("a target is a channel or a persona")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A label, where it leads, and from which confidence on; ``reach`` was measured there."""

    label: str
    target: Target
    confidence: float
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a sorter comes from, and how right it was on texts that it had not learnt from."""

    space: str  # the key of the space of its vectors
    subject: Subject
    texts: int
    labelled: int
    quality: Quality | None
    majority: Quality | None
    made_at: datetime

    @property
    def useless(self) -> bool:
        """Tell whether it was measured, and always guessing the commonest is as good."""
        if self.quality is None or self.majority is None:
            return False
        return self.quality.accuracy <= self.majority.accuracy

    def holds_in(self, space: EmbeddingSpace) -> bool:
        """Tell whether vectors of a space can be sorted; the width may not be known yet."""
        if not space.dimensions:
            return self.space.startswith(f"{space.model}/")
        return self.space == space.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """A server's sorter and its routes."""

    sorter: Sorter
    origin: Origin
    routes: tuple[Route, ...] = ()

    def of(self, label: str) -> Route | None:
        """Return a label's route."""
        return next((route for route in self.routes if route.label == label), None)

    def without(self, labels: Iterable[str]) -> Routes:
        """Return the routes that are left without some."""
        gone = set(labels)
        left = tuple(route for route in self.routes if route.label not in gone)
        return Routes(sorter=self.sorter, origin=self.origin, routes=left)

    def as_json(self, *, paused: bool) -> dict[str, object]:
        """Return the routes as the command line prints them."""
        origin = self.origin
        return {
            "paused": paused,
            "space": origin.space,
            "method": self.sorter.method.value,
            "made_of": origin.subject.value,
            "made_at": origin.made_at.isoformat(),
            "texts": origin.texts,
            "labelled": origin.labelled,
            "quality": None if origin.quality is None else origin.quality.as_json(),
            "majority": None if origin.majority is None else origin.majority.as_json(),
            "routes": [
                {
                    "label": route.label,
                    "channel": route.target.channel_id,
                    "persona": route.target.persona,
                    "confidence": route.confidence,
                    "coverage": round(route.reach.share, 4),
                    "right": None if route.reach.right is None else round(route.reach.right, 4),
                }
                for route in self.routes
            ],
        }
