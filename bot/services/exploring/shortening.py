"""Shorter vectors: cut, brought back to length 1, and measured for what that costs."""

from __future__ import annotations

import numpy as np

from bot.faults.exploring import TableRefused
from bot.ports.models import Vectors

NEIGHBOURS = 10
SAMPLE = 500
SEED = 20261128


def shortened_to(vectors: Vectors, dimensions: int) -> Vectors:
    """Return the first dimensions of each vector at length 1; a vector of zeros stays one.

    Raises TableRefused for more dimensions than there are.
    """
    if dimensions > vectors.shape[1]:
        raise TableRefused(f"--dimensions {dimensions}: the model has {vectors.shape[1]} at most")
    cut = vectors[:, :dimensions]
    lengths = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.asarray(cut / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def neighbours_kept(vectors: Vectors, shorter: Vectors) -> float | None:
    """Return the share of ten nearest neighbours that stay, over a sample of the texts."""
    random = np.random.default_rng(SEED)
    rows = random.choice(len(vectors), min(SAMPLE, len(vectors)), replace=False)
    count = min(NEIGHBOURS, len(rows) - 1)
    if count < 1:
        return None
    before, after = (_nearest(each[rows], count) for each in (vectors, shorter))
    kept = [len(set(one) & set(two)) / count for one, two in zip(before, after, strict=True)]
    return float(np.mean(kept))


def _nearest(vectors: Vectors, count: int) -> list[list[int]]:
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    found: list[list[int]] = np.argsort(-alike, axis=1, kind="stable")[:, :count].tolist()
    return found
