"""A classifier of sarcasm, trained when it is needed, by scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.ports import Vectors

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_FOLDS = 5
_SEED = 20261124
_ITERATIONS = 2000
_WEIGHTY_WORDS = 10  # of a short text, between which TF-IDF divides its length of one
_FEATURES = ("words", "vectors", "words and vectors")

Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LogisticTrainer:
    """Fulfils ``bot.ports.SarcasmTrainer`` with logistic regression, the classes weighted alike."""

    def train(
        self, texts: Sequence[str], vectors: Vectors, labels: Sequence[bool]
    ) -> LogisticJudge:
        """Cross-validate three sets of features, and train the one with the best F1 on all.

        The features are TF-IDF of words and character n-grams, the embedder's
        vectors, and both. The F1 is that of the sarcastic class. Choosing the
        best of three by the very figures that are reported flatters it a little.
        """
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        table, truth = _table(texts, vectors), np.array(labels, dtype=np.bool_)
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
        qualities = {
            name: _quality(truth, cross_val_predict(_pipeline(name), table, truth, cv=folds))
            for name in _FEATURES
        }
        best = max(_FEATURES, key=lambda name: qualities[name]["f1"])
        return LogisticJudge(
            model=_pipeline(best).fit(table, truth),
            quality={"features": best, "texts": len(texts), "folds": _FOLDS, **qualities[best]},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticJudge:
    """Fulfils ``bot.ports.SarcasmJudge``."""

    model: Pipeline
    quality: Mapping[str, float | int | str]

    def sarcastic(self, texts: Sequence[str], vectors: Vectors) -> tuple[bool, ...]:
        """Tell of each text whether it is sarcastic."""
        return tuple(map(bool, self.model.predict(_table(texts, vectors))))


def _table(texts: Sequence[str], vectors: Vectors) -> NDArray[np.object_]:
    """Return a row a text: itself, then its vector."""
    table = np.empty((len(texts), vectors.shape[1] + 1), dtype=object)
    table[:, 0] = list(texts)
    table[:, 1:] = vectors
    return table


def _pipeline(features: str) -> Pipeline:
    """Return an untrained classifier of rows by some of their features."""
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    words = TfidfVectorizer(
        token_pattern=r"\b\w+\b",  # noqa: S106 - words of one letter, too: "I"
        ngram_range=(1, 2),
        min_df=2,
        sublinear_tf=True,
    )
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True
    )
    parts: dict[str, list[tuple[str, object, int | slice]]] = {
        "words": [("words", words, 0), ("characters", characters, 0)],
        "vectors": [("vectors", FunctionTransformer(_scaled), slice(1, None))],
    }
    chosen = [part for name, each in parts.items() if name in features for part in each]
    regression = LogisticRegression(
        class_weight="balanced", max_iter=_ITERATIONS, random_state=_SEED
    )
    return make_pipeline(ColumnTransformer(chosen), regression)


def _scaled(vectors: NDArray[np.object_]) -> NDArray[np.float64]:
    """Give a unit vector's parts the size of TF-IDF's, which the regression's penalty assumes."""
    size = float(np.sqrt(vectors.shape[1] / _WEIGHTY_WORDS))
    return vectors.astype(np.float64) * size


def _quality(truth: Labels, guess: Labels) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

    return {
        "accuracy": round(float(accuracy_score(truth, guess)), 4),
        "f1": round(float(f1_score(truth, guess, zero_division=0)), 4),
        "precision": round(float(precision_score(truth, guess, zero_division=0)), 4),
        "recall": round(float(recall_score(truth, guess, zero_division=0)), 4),
        "commoner_class": round(float(max(truth.mean(), 1 - truth.mean())), 4),
    }
