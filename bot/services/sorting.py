"""Sorting: what a kept sorter says of one vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.ports.models import Vectors
from bot.sorter import Sorter

_F4 = np.dtype("<f4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The likeliest label, how likely it is, and whether the text is like others of it at all."""

    label: str
    confidence: float
    close: bool


def sort(sorter: Sorter, vector: Vectors) -> Sorted:
    """Return what a sorter that ``fits`` says of a vector of its space, shape (dimensions)."""
    length = sorter.dimensions
    near = _unit(vector)
    scores = _table(sorter.weights, length) @ near + _row(sorter.bias)
    shares = np.exp(scores - scores.max())
    best = int(scores.argmax())
    alike = float(_table(sorter.anchors, length)[best] @ near)
    return Sorted(
        label=sorter.labels[best],
        confidence=float(shares[best] / shares.sum()),
        close=alike >= float(_row(sorter.floors)[best]),
    )


def _row(blob: bytes) -> Vectors:
    return np.frombuffer(blob, dtype=_F4)


def _table(blob: bytes, length: int) -> Vectors:
    return np.frombuffer(blob, dtype=_F4).reshape(-1, length)


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-6 else np.zeros_like(vector)
