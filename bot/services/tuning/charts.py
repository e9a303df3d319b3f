"""The chart of a job's losses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.ports.tuning import LossPainter
from bot.tuning import LossPoint

SMOOTHED_FROM = 40  # points from which a curve of single steps is averaged
_WINDOW = 8

Curve = list[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWords:
    """What stands in the chart."""

    title: str
    steps: str
    axis: str
    train: str
    valid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCharts:
    """Draws losses, one chart at a time."""

    open_painter: Callable[[], LossPainter]
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def drawn(self, losses: Sequence[LossPoint], words: LossWords) -> bytes | None:
        """Return a PNG, drawn in a thread; None where there is nothing to draw."""
        curves = loss_curves(losses, train=words.train, valid=words.valid)
        if not curves:
            return None

        def draw() -> bytes:
            return self.open_painter().losses(
                title=words.title, steps=words.steps, axis=words.axis, curves=curves
            )

        async with self.drawing:
            return await asyncio.to_thread(draw)


def loss_curves(losses: Sequence[LossPoint], *, train: str, valid: str) -> dict[str, Curve]:
    """Return the curves that have points, by their names; a long training curve is averaged."""
    trained = [(point.step, point.train) for point in losses if point.train is not None]
    curves = {
        train: _smoothed(trained),
        valid: [(point.step, point.valid) for point in losses if point.valid is not None],
    }
    return {name: curve for name, curve in curves.items() if curve}


def _smoothed(curve: Curve) -> Curve:
    """Return running means of eight points, each at the last of their steps."""
    if len(curve) < SMOOTHED_FROM:
        return curve
    return [
        (curve[end - 1][0], sum(value for _, value in curve[end - _WINDOW : end]) / _WINDOW)
        for end in range(_WINDOW, len(curve) + 1)
    ]
