"""Measures search: each arm alone, and both as Marv fuses them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.audience import sees_everything
from bot.errors import TooLong
from bot.models import Passage
from bot.ports import RankingMeasures
from bot.services.evaluation.datasets import QUERIES, Query, RetrievalSet, UnusableSet
from bot.services.evaluation.filling import GUILD, Tell, fill
from bot.services.evaluation.intervals import Interval, paired_bootstrap
from bot.services.ingest import Ingest
from bot.services.search import Search

MEASURES = ("ndcg@10", "recall@5", "mrr@10", "hit@1")
ARMS = ("lexical", "dense", "hybrid")
DEPTH = 10  # documents of a ranking that are judged
PASSAGES = 40  # of which the first ten documents are made; one document may take several
_TELL_EVERY = 100  # queries

Scores = Mapping[str, Mapping[str, float]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalResult:
    """The figures of one set: ``scores`` by arm, query and measure."""

    dataset: str
    queries: tuple[str, ...]
    documents: int
    scores: Mapping[str, Scores]
    embedding_model: str
    seconds: float

    def mean(self, arm: str, measure: str) -> float:
        """Return a measure's mean over the queries."""
        return float(self._column(arm, measure).mean())

    def differences(self) -> Mapping[str, Mapping[str, Interval]]:
        """Return by how much the fusion is better than each arm, by measure."""
        rivals = [arm for arm in ARMS if arm != "hybrid"]
        columns = [
            self._column("hybrid", measure) - self._column(arm, measure)
            for arm in rivals
            for measure in MEASURES
        ]
        intervals = iter(paired_bootstrap(np.stack(columns, axis=1)))
        return {
            f"hybrid-{arm}": {measure: next(intervals) for measure in MEASURES} for arm in rivals
        }

    def as_json(self) -> dict[str, Any]:
        """Return the result as the command line's contract names it."""
        return {
            "dataset": self.dataset,
            "queries": len(self.queries),
            "documents": self.documents,
            "arms": {
                arm: {measure: round(self.mean(arm, measure), 4) for measure in MEASURES}
                for arm in ARMS
            },
            "differences": {
                pair: {measure: interval.as_json() for measure, interval in each.items()}
                for pair, each in self.differences().items()
            },
            "model": self.embedding_model,
        }

    def _column(self, arm: str, measure: str) -> Floats:
        return np.array([self.scores[arm][query][measure] for query in self.queries])


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalEvaluation:
    """Fills an empty library with a set's corpus and asks it the set's queries."""

    ingest: Ingest
    search: Search
    measures: RankingMeasures

    async def run(self, chosen: RetrievalSet, *, tell: Tell) -> RetrievalResult:
        """Measure one set; raises UnusableSet for a corpus or query that Marv does not take.

        A document ranks where the first of its passages does.
        """
        started = time.perf_counter()
        await fill(self.ingest, chosen.documents, tell=tell)
        rankings: dict[str, dict[str, tuple[str, ...]]] = {arm: {} for arm in ARMS}
        for number, query in enumerate(chosen.queries):
            if number % _TELL_EVERY == 0:
                tell(f"query {number} of {len(chosen.queries)}")
            for arm, passages in (await self._ranked(query)).items():
                rankings[arm][query.id] = documents_of(passages)
        asked = {query.id: chosen.judgements[query.id] for query in chosen.queries}
        scores = {
            arm: await asyncio.to_thread(self.measures.score, asked, rankings[arm]) for arm in ARMS
        }
        return RetrievalResult(
            dataset=chosen.name,
            queries=tuple(asked),
            documents=len(chosen.documents),
            scores=scores,
            embedding_model=self.search.embedder.space.key,
            seconds=time.perf_counter() - started,
        )

    async def _ranked(self, query: Query) -> Mapping[str, Sequence[Passage]]:
        try:
            found = await self.search.rankings(
                GUILD, query.text, viewer=sees_everything, limit=PASSAGES
            )
        except TooLong as error:
            raise UnusableSet(
                f"{QUERIES}: the query {query.id} is longer than the {error.limit} characters"
                " that Marv takes; shorten it or leave it out"
            ) from error
        return {"lexical": found.lexical, "dense": found.dense, "hybrid": found.hybrid}


def documents_of(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Return the first ten documents of a ranking of passages, each once, where it first stands."""
    return tuple(dict.fromkeys(passage.source for passage in passages))[:DEPTH]
