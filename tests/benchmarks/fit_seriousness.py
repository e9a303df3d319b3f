"""Fits `bot/services/seriousness.json`, and measures how well serious messages are told apart.

Run it from the root of the repository, some ten seconds:

    uv run python -m tests.benchmarks.fit_seriousness [--write]

Trained on `data/seriousness.jsonl`, hand-written messages in both languages.
Measured twice: out of fold on the training set, and on
`tests/data/seriousness_heldout.jsonl`, which somebody else wrote without seeing
the rules or the training set, and on which nothing was chosen. The rules alone
are printed as the baseline. Recall is the share of serious messages that are
taken seriously, whatever the topic; "false alarms" is the share of harmless ones
(half of which are traps) that cost a joke.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.adapters.local_embeddings import UseEmbedder
from bot.models import Language
from bot.ports import Vectors
from bot.services.seriousness import COEFFICIENTS, TopicModel, named_topic
from bot.topics import Topic

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ROOT / "data" / "seriousness.jsonl"
HELD_OUT = ROOT / "tests" / "data" / "seriousness_heldout.jsonl"
FOLDS = 5
MOST_FALSE_ALARMS = 0.04  # of harmless messages, out of fold: the threshold is set by it
REGULARISATION = (1.0, 3.0, 10.0, 30.0)
CLASSES = (None, *Topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A message and what makes it serious."""

    text: str
    language: Language
    topic: Topic | None


def read(path: Path) -> list[Labelled]:
    """Read messages in JSON lines."""
    return [
        Labelled(
            text=row["text"],
            language=Language(row["language"]),
            topic=Topic(row["topic"]) if row["topic"] else None,
        )
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def fitted(
    vectors: Vectors, topics: Sequence[Topic | None], *, strength: float, threshold: float
) -> TopicModel:
    """Fit the regression; ``strength`` is scikit-learn's ``C``."""
    from sklearn.linear_model import LogisticRegression

    labels = [CLASSES.index(topic) for topic in topics]
    model = LogisticRegression(C=strength, max_iter=2000).fit(vectors, labels)
    return TopicModel(
        classes=CLASSES,
        weights=model.coef_.astype(np.float32),
        intercepts=model.intercept_.astype(np.float32),
        threshold=threshold,
    )


def probability(model: TopicModel, vectors: Vectors) -> Vectors:
    """Return how likely each message is serious."""
    logits = vectors @ model.weights.T + model.intercepts
    likely = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(1.0 - likely[:, 0] / likely.sum(axis=1), dtype=np.float32)


def out_of_fold(vectors: Vectors, rows: Sequence[Labelled], *, strength: float) -> Vectors:
    """Return each row's probability by a model that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    topics = [row.topic for row in rows]
    found = np.zeros(len(rows), dtype=np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(vectors, [CLASSES.index(topic) for topic in topics]):
        model = fitted(vectors[train], [topics[n] for n in train], strength=strength, threshold=0.5)
        found[test] = probability(model, vectors[test])
    return found


def chosen_threshold(likely: Vectors, rows: Sequence[Labelled]) -> float:
    """Return the threshold that lets through the allowed share of false alarms, no more."""
    harmless = np.array([row.topic is None for row in rows])
    return round(float(np.quantile(likely[harmless], 1.0 - MOST_FALSE_ALARMS)), 3)


def report(name: str, rows: Sequence[Labelled], found: Sequence[bool]) -> None:
    """Print recall by language and topic, and the false alarms."""
    for language in Language:
        parts = []
        for topic in CLASSES:
            hits = [
                hit
                for row, hit in zip(rows, found, strict=True)
                if row.language is language and row.topic is topic
            ]
            parts.append(f"{topic or 'false alarms'} {sum(hits)}/{len(hits)}")
        serious = [
            hit
            for row, hit in zip(rows, found, strict=True)
            if row.language is language and row.topic is not None
        ]
        print(f"{name:28} {language}: recall {np.mean(serious):.2f}; {'; '.join(parts)}")


async def main() -> None:
    """Fit, measure, and write where told to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the coefficients")
    options = parser.parse_args()
    rows, held_out = read(TRAINING), read(HELD_OUT)
    embedder = UseEmbedder()
    vectors = await embedder.embed_documents([row.text for row in rows])
    unseen = await embedder.embed_documents([row.text for row in held_out])
    await embedder.close()

    best = None
    for strength in REGULARISATION:
        likely = out_of_fold(vectors, rows, strength=strength)
        threshold = chosen_threshold(likely, rows)
        serious = np.array([row.topic is not None for row in rows])
        recall = float(np.mean(likely[serious] >= threshold))
        print(f"C {strength}: threshold {threshold}, recall out of fold {recall:.3f}")
        if best is None or recall > best[0]:
            best = (recall, strength, threshold, likely)
    assert best is not None
    _, strength, threshold, likely = best
    model = fitted(vectors, [row.topic for row in rows], strength=strength, threshold=threshold)

    rules = [named_topic(row.text) is not None for row in rows]
    both = [rule or p >= threshold for rule, p in zip(rules, likely, strict=True)]
    report("training set, out of fold", rows, both)
    rules = [named_topic(row.text) is not None for row in held_out]
    learned = [model.topic(vector) is not None for vector in unseen]
    report("held out, rules alone", held_out, rules)
    report("held out, model alone", held_out, learned)
    report("held out, both", held_out, [a or b for a, b in zip(rules, learned, strict=True)])
    if options.write:
        path = ROOT / "bot" / "services" / COEFFICIENTS
        content = {
            "classes": [topic.value if topic else None for topic in CLASSES],
            "threshold": model.threshold,
            "intercepts": [round(float(each), 4) for each in model.intercepts],
            "weights": [[round(float(each), 4) for each in row] for row in model.weights],
        }
        path.write_text(json.dumps(content) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
