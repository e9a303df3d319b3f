"""Measuring: clusters, ranking measures, charts, and the judge of sarcasm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.ports.models import Vectors


class Clusterer(Protocol):
    """Groups what means the same."""

    def groups(self, vectors: Vectors) -> tuple[tuple[int, ...], ...]:
        """Return the row numbers of each group, the largest group first; every row is in one."""
        ...


class RankingMeasures(Protocol):
    """Scores rankings against judgements."""

    def score(
        self, judgements: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
    ) -> Mapping[str, Mapping[str, float]]:
        """Return nDCG@10, recall@5, MRR@10 and hit@1 of each judged query, by measure name.

        A ranking is document ids, best first; a query without one scores 0.
        """
        ...


class ChartPainter(Protocol):
    """Draws figures as PNG."""

    def bars(
        self,
        *,
        title: str,
        groups: Sequence[str],
        series: Mapping[str, Sequence[float]],
        axis: str,
    ) -> bytes:
        """Return grouped bars from 0 to 1: one bar a series in each group, its value on top."""
        ...


class SarcasmJudge(Protocol):
    """Tells sarcastic texts from others, after training."""

    @property
    def quality(self) -> Mapping[str, float | int | str]:
        """Return how good the judge is, cross-validated, beside the share of the commoner class."""
        ...

    def sarcastic(self, texts: Sequence[str], vectors: Vectors) -> tuple[bool, ...]:
        """Tell of each text, given with its vector, whether it is sarcastic."""
        ...


class SarcasmTrainer(Protocol):
    """Trains a judge of sarcasm."""

    def train(self, texts: Sequence[str], vectors: Vectors, labels: Sequence[bool]) -> SarcasmJudge:
        """Return the judge whose features cross-validate best on labelled texts."""
        ...
