"""Topics: spherical k-means, with what tells a cluster apart and how sure it is of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.adapters.exploring.geometry import SEED, centred, reduced, unit
from bot.adapters.exploring.words import telling_terms
from bot.exploring import Group
from bot.ports.models import Vectors

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

COMPONENTS = 50
COUNTS = (2, 3, 4, 5, 6, 7, 8, 10, 12)  # that are tried: more is not seen at a glance
SMALLEST = 5  # items a topic, on average
RESAMPLES, TRIAL_RESAMPLES = 12, 8
SILHOUETTE_SAMPLE = 1500
STABLE = 0.65  # mean Jaccard similarity, by size
TERMS = 6


def find_topics(
    vectors: Vectors, texts: Sequence[str], *, count: int | None = None
) -> tuple[Group, ...]:
    """Return clusters, the largest first.

    k-means on centred vectors of length 1, in their first principal components.
    Without a ``count``, the best separated of those that are stable is taken. A
    cluster's stability is the mean Jaccard similarity with its best match in
    clusterings of bootstrap samples (Hennig 2007, "Cluster-wise assessment of
    cluster stability").
    """
    moved = centred(vectors)
    small = unit(reduced(moved, COMPONENTS))
    different = len(np.unique(small.round(5), axis=0))
    wanted = min(count, different) if count else _best_count(small, different)
    labels = _clusterer(wanted).fit_predict(small)
    stabilities = _stabilities(small, labels, wanted, resamples=RESAMPLES)
    found = [np.flatnonzero(labels == number) for number in range(wanted)]
    terms = telling_terms(texts, labels, wanted, limit=TERMS)
    groups = [
        Group(
            rows=_typical_first(moved, rows),
            terms=terms[number],
            stability=stabilities[number],
        )
        for number, rows in enumerate(found)
        if rows.size
    ]
    return tuple(sorted(groups, key=lambda group: -len(group.rows)))


def _clusterer(count: int, *, starts: int = 4) -> KMeans:
    from sklearn.cluster import KMeans

    return KMeans(count, n_init=starts, random_state=SEED)


def _best_count(vectors: Vectors, different: int) -> int:
    """Return, of the numbers of clusters that are stable on the whole, the best separated one.

    The mean silhouette alone likes many clusters, of which half may be chance.
    """
    from sklearn.metrics import silhouette_score

    most = min(len(vectors) // SMALLEST, different - 1)
    found: dict[int, tuple[bool, float]] = {}
    for count in (each for each in COUNTS if each <= most):
        labels = _clusterer(count, starts=2).fit_predict(vectors)
        each = _stabilities(vectors, labels, count, resamples=TRIAL_RESAMPLES)
        stability = float(np.average(each, weights=np.bincount(labels, minlength=count)))
        sample = min(len(vectors), SILHOUETTE_SAMPLE)
        apart = silhouette_score(vectors, labels, sample_size=sample, random_state=SEED)
        stable = stability >= STABLE
        found[count] = (stable, float(apart) if stable else stability)
    return max(found, key=lambda count: found[count], default=1)


def _stabilities(
    vectors: Vectors, labels: np.ndarray, count: int, *, resamples: int
) -> list[float]:
    """Return each cluster's mean best Jaccard similarity over bootstrap samples."""
    random = np.random.default_rng(SEED)
    scores: list[list[float]] = [[] for _ in range(count)]
    for _ in range(resamples):
        drawn = np.unique(random.integers(0, len(vectors), len(vectors)))
        if len(drawn) < count:
            continue
        again = _clusterer(count, starts=1).fit_predict(vectors[drawn])
        table = np.zeros((count, count))
        np.add.at(table, (labels[drawn], again), 1)
        union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
        best = (table / np.maximum(union, 1)).max(axis=1)
        for number in np.unique(labels[drawn]):
            scores[number].append(float(best[number]))
    return [float(np.mean(each)) if each else 0.0 for each in scores]


def _typical_first(vectors: Vectors, rows: np.ndarray) -> tuple[int, ...]:
    """Return a cluster's rows, the closest to its centre first."""
    centre = vectors[rows].mean(axis=0)
    return tuple(int(row) for row in rows[np.argsort(-(vectors[rows] @ centre), kind="stable")])
