"""The arithmetic of exploring, by numpy and scikit-learn: for a worker, never the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.exploring import Group, Layout, Sorting, Stranger
from bot.ports.models import Vectors


@dataclass(frozen=True, slots=True)
class SklearnAnalyst:
    """Fulfils ``bot.ports.exploring.Analyst``; holds nothing, so that a worker can be sent it."""

    def topics(
        self, vectors: Vectors, texts: Sequence[str], count: int | None
    ) -> tuple[Group, ...]:
        """Return clusters, the largest first."""
        from bot.adapters.exploring.topics import find_topics

        return find_topics(vectors, texts, count=count)

    def layout(self, vectors: Vectors) -> Layout:
        """Return a map of two dimensions."""
        from bot.adapters.exploring.maps import lay_out

        return lay_out(vectors)

    def strangers(self, vectors: Vectors, labels: Sequence[str | None]) -> tuple[Stranger, ...]:
        """Return every row, the furthest from its neighbours first."""
        from bot.adapters.exploring.outliers import find_strangers

        return find_strangers(vectors, labels)

    def learnt(
        self, vectors: Vectors, texts: Sequence[str], labels: Sequence[str | None]
    ) -> Sorting:
        """Return what a classifier learns from the labelled rows, cross-validated."""
        from bot.adapters.exploring.classes import learn

        return learn(vectors, texts, labels)

    def by_name(
        self,
        vectors: Vectors,
        names: Sequence[str],
        name_vectors: Vectors,
        labels: Sequence[str | None],
    ) -> Sorting:
        """Return what the labels' names alone say."""
        from bot.adapters.exploring.classes import sort_by_name

        return sort_by_name(vectors, names, name_vectors, labels)
