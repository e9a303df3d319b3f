"""trec_eval's own measures, by pytrec_eval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigurationError

_NAMES = {
    "ndcg@10": ("ndcg_cut.10", "ndcg_cut_10"),
    "recall@5": ("recall.5", "recall_5"),
    "mrr@10": ("recip_rank", "recip_rank"),  # of a ranking cut at ten
    "hit@1": ("success.1", "success_1"),
}
_DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TrecMeasures:
    """Fulfils ``bot.ports.RankingMeasures``."""

    evaluator: Callable[[dict[str, dict[str, int]], set[str]], Any]

    @classmethod
    def open(cls) -> TrecMeasures:
        """Return the measures; raises ConfigurationError without the extra ``eval``."""
        try:
            import pytrec_eval
        except ImportError as error:
            raise ConfigurationError(
                "the measures are not installed: pip install 'marv[eval]'"
            ) from error
        return cls(evaluator=pytrec_eval.RelevanceEvaluator)

    def score(
        self, judgements: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
    ) -> Mapping[str, Mapping[str, float]]:
        """Return each judged query's measures over its ranking's first ten documents."""
        evaluator = self.evaluator(
            {query: dict(documents) for query, documents in judgements.items()},
            {asked for asked, _ in _NAMES.values()},
        )
        scores = evaluator.evaluate(
            {query: _descending(rankings.get(query, ())) for query in judgements}
        )
        return {
            query: {name: float(scores[query][given]) for name, (_, given) in _NAMES.items()}
            for query in judgements
        }


def _descending(ranking: Sequence[str]) -> dict[str, float]:
    """Return scores that put documents in the given order: trec_eval sorts by score alone."""
    return {document: float(_DEPTH - rank) for rank, document in enumerate(ranking[:_DEPTH])}
