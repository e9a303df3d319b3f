"""What does not fit: the mean distance to the ten nearest neighbours.

On real texts it beats the local outlier factor and isolation forests. The
vectors are not centred here: what all items share is what a stranger lacks (of
ten strangers among 1,000 reviews, all are the first ten without centring, none
is among the first twenty with it), and no threshold is set on a cosine. How far
is far is said by the median and the median absolute deviation of all items
(Iglewicz & Hoaglin 1993: a modified z-score above 3.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from bot.adapters.exploring.geometry import BLOCK, unit
from bot.exploring import Stranger
from bot.ports.models import Vectors

NEIGHBOURS = 10
SHOWN_NEIGHBOURS = 3
MOST = 0.6  # of the labelled neighbours, that make an item look misfiled
_CONSISTENT = 1.4826  # makes the median absolute deviation that of a normal distribution


def find_strangers(
    vectors: Vectors, labels: Sequence[str | None] | None = None
) -> tuple[Stranger, ...]:
    """Return every row, the furthest from its neighbours first."""
    rows, near = nearest(unit(vectors), NEIGHBOURS)
    distances = 1.0 - near.mean(axis=1)
    median = float(np.median(distances))
    spread = _CONSISTENT * float(np.median(np.abs(distances - median)))
    order = np.argsort(-distances, kind="stable")
    percentiles = _percentiles(distances)
    return tuple(
        Stranger(
            row=int(row),
            distance=float(distances[row]),
            deviation=float(distances[row] - median) / spread if spread > 1e-9 else 0.0,
            percentile=float(percentiles[row]),
            nearest=tuple(
                (int(other), float(alike))
                for other, alike in zip(rows[row], near[row], strict=True)
            )[:SHOWN_NEIGHBOURS],
            elsewhere=_elsewhere(int(row), rows[row], labels) if labels else None,
        )
        for row in order
    )


def nearest(vectors: Vectors, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's nearest others and their cosine similarities, the nearest first."""
    count = min(count, len(vectors) - 1)
    rows = np.empty((len(vectors), count), dtype=np.int64)
    near = np.empty((len(vectors), count), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        alike = vectors[start : start + BLOCK] @ vectors.T
        own = np.arange(len(alike))
        alike[own, own + start] = -np.inf
        best = np.argpartition(-alike, count - 1, axis=1)[:, :count]
        scores = np.take_along_axis(alike, best, axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")
        rows[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
        near[start : start + BLOCK] = np.take_along_axis(scores, order, axis=1)
    return rows, near


def _percentiles(distances: np.ndarray) -> np.ndarray:
    """Return the share of items that are less far or as far, in percent."""
    ordered = np.sort(distances)
    return np.asarray(np.searchsorted(ordered, distances, side="right") * 100.0 / len(distances))


def _elsewhere(row: int, neighbours: np.ndarray, labels: Sequence[str | None]) -> str | None:
    """Return the label that most labelled neighbours share, where the row has another one."""
    if (own := labels[row]) is None:
        return None
    counts = Counter(label for other in neighbours if (label := labels[int(other)]) is not None)
    if not counts:
        return None
    label, count = counts.most_common(1)[0]
    return label if label != own and count >= MOST * counts.total() else None
