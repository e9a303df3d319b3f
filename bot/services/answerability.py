"""Decides between an answer and "I don't know": two small logistic models and a threshold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import fmean
from typing import Any

from bot.models import Language, Passage
from bot.services.answer_kinds import expected_kind, holds
from bot.services.candidates import Candidate
from bot.services.evidence import Question, words

COEFFICIENTS = "answerability.json"  # written by tests/benchmarks/fit_answerability.py
UNION = 3  # passages that may cover a question together


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticModel:
    """A logistic regression over named, standardised features."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1; a missing feature is an error."""
        rows = zip(self.names, self.means, self.scales, self.coefficients, strict=True)
        logit = self.intercept + sum(
            coefficient * (features[name] - mean) / scale for name, mean, scale, coefficient in rows
        )
        return 1.0 / (1.0 + math.exp(-max(min(logit, 30.0), -30.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSentence:
    """A candidate with its features and the probability that it holds the answer."""

    candidate: Candidate
    features: Mapping[str, float]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerability:
    """Ranks sentences, and says how likely the best of them answers the question."""

    sentences: LogisticModel
    answers: LogisticModel
    threshold: float

    def confidence(
        self, question: Question, passages: Sequence[Passage], ranked: Sequence[ScoredSentence]
    ) -> float:
        """Return the probability that the best sentences answer the question."""
        return self.answers.probability(answer_features(question, passages, ranked))


@cache
def shipped_answerability() -> Answerability:
    """Return the models that Marv ships."""
    text = files("bot.services").joinpath(COEFFICIENTS).read_text("utf-8")
    return parse_answerability(json.loads(text))


def parse_answerability(stored: Mapping[str, Any]) -> Answerability:
    """Return the models of a coefficient file's JSON."""
    return Answerability(
        sentences=_model(stored["sentences"]),
        answers=_model(stored["answers"]),
        threshold=float(stored["threshold"]),
    )


def answer_features(
    question: Question, passages: Sequence[Passage], ranked: Sequence[ScoredSentence]
) -> Mapping[str, float]:
    """Return what speaks for and against answering; ``ranked`` is best first and not empty."""
    best, passage = ranked[0], ranked[0].candidate.passage
    own = _passage_words(passage)
    mismatch = best.features["mismatch"]
    similarity = max(each.features["similarity"] for each in ranked)
    others = [each.score for each in ranked if each.candidate.passage != passage]
    return {
        **_rank_features(passages, passage),
        "score": best.score,
        "score_margin": best.score - max(others, default=0.0),
        "similarity": best.features["similarity"],
        "similarity_top": similarity,
        "similarity_heading": best.features["similarity_heading"],
        "covered": best.features["covered"],
        "covered_in_context": best.features["covered_in_context"],
        "covered_in_passage": question.covered(own),
        "covered_together": question.covered(
            frozenset().union(*map(_passage_words, passages[:UNION]))
        ),
        "named": best.features["named"],
        "named_in_passage": question.named(_passage_text(passage)),
        "kind": best.features["kind"],
        "kind_in_passage": holds(question.text, passage.text),
        "kind_expected": float(expected_kind(question.text) is not None),
        "mismatch": mismatch,
        "similarity_mismatch": best.features["similarity"] * mismatch,
        "dense_mismatch": (passage.dense or 0.0) * mismatch,
        "japanese": float(question.language is Language.JAPANESE),
        "length": math.log1p(len(question.weights)),
    }


def _rank_features(passages: Sequence[Passage], best: Passage) -> Mapping[str, float]:
    dense = [each.dense or 0.0 for each in passages]
    lexical = [each.lexical or 0.0 for each in passages]
    top_dense, top_lexical = max(dense), max(lexical)
    return {
        "dense": best.dense or 0.0,
        "dense_top": top_dense,
        "dense_margin": top_dense - fmean(dense),
        "lexical_share": (best.lexical or 0.0) / top_lexical if top_lexical else 0.0,
        "lexical_margin": 1.0 - fmean(lexical) / top_lexical if top_lexical else 0.0,
        "fused": best.score,
        "fused_margin": best.score - max((p.score for p in passages if p != best), default=0.0),
        "lexical_top": math.log1p(top_lexical),
        "first": float(best == passages[0]),
    }


def _passage_text(passage: Passage) -> str:
    return "\n".join((passage.title, *passage.heading, passage.text))


def _passage_words(passage: Passage) -> frozenset[str]:
    return words(_passage_text(passage))


def _model(stored: Mapping[str, Any]) -> LogisticModel:
    features = stored["features"]
    return LogisticModel(
        names=tuple(feature["name"] for feature in features),
        means=tuple(float(feature["mean"]) for feature in features),
        scales=tuple(float(feature["scale"]) for feature in features),
        coefficients=tuple(float(feature["coefficient"]) for feature in features),
        intercept=float(stored["intercept"]),
    )
