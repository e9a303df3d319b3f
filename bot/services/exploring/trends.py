"""Trends: where a topic goes over time, said only where chance would not explain it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.exploring import Direction

SPANS = 8
SHORTEST = timedelta(days=1)
FEWEST = 30  # dated items, below which nothing is said of a direction
SURE = 2.58  # standard errors: one in a hundred by chance, for there are several topics
BARS = "▁▂▃▄▅▆▇█"


def spans(whens: Sequence[datetime | None]) -> list[int | None]:
    """Return in which of eight equally long spans of time each item lies.

    Of less than a day nothing is said: what was read in one go has no trend.
    """
    known = [when for when in whens if when is not None]
    if not known or max(known) - min(known) < SHORTEST:
        return [None] * len(whens)
    first, length = min(known), (max(known) - min(known)) / SPANS
    return [
        None if when is None else min(SPANS - 1, int((when - first) / length)) for when in whens
    ]


def counts(rows: Sequence[int], span_of: Sequence[int | None]) -> tuple[int, ...]:
    """Return how many of some rows lie in each span; nothing where no row has a date."""
    placed = [span for row in rows if (span := span_of[row]) is not None]
    return tuple(placed.count(span) for span in range(SPANS)) if placed else ()


def direction(own: Sequence[int], every: Sequence[int]) -> Direction:
    """Return where a topic's share goes, from the first half of the time to the second.

    A two-sided test of two proportions, at one in a hundred.
    """
    half = SPANS // 2
    early, late = sum(every[:half]), sum(every[half:])
    if early + late < FEWEST or not early or not late:
        return Direction.UNKNOWN
    before, after = sum(own[:half]) / early, sum(own[half:]) / late
    pooled = sum(own) / (early + late)
    error = math.sqrt(pooled * (1 - pooled) * (1 / early + 1 / late))
    if not error or abs(after - before) < SURE * error:
        return Direction.STEADY
    return Direction.RISING if after > before else Direction.FALLING


def sparkline(own: Sequence[int]) -> str:
    """Return counts as a line of bars."""
    most = max(own, default=0)
    return "".join(BARS[count * (len(BARS) - 1) // most] for count in own) if most else ""
