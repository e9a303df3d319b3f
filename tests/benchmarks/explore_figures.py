"""Acceptance figures of exploring, on the cookbook's 1,000 food reviews and the embedded embedder.

Run with ``python -m tests.benchmarks.explore_figures [PICTURES]``; with a folder, the map and the
confusion picture are written there. Published: the cookbook's notebooks on classification (.78,
macro-F1 .54, a random forest over text-embedding-ada-002) and on zero-shot (AUC .96, accuracy .90).
"""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from bot.adapters.charts_explore import MatplotlibMaps
from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.exploring.results import RecentResults
from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.workers import ProcessWorker
from bot.exploring import Item, Items, Subject
from bot.ports import Vectors
from bot.services.exploring.by_name import sorted_by_name
from bot.services.exploring.explorer import Explorer, Looked
from bot.services.exploring.recommend import recommended
from bot.services.exploring.reports import CONFIDENCE
from bot.services.exploring.vectors import TextVectors, silent
from tests.conftest import SHARED_DATA

REVIEWS = SHARED_DATA / "cookbook" / "fine_food_reviews_1k.csv"
PUBLISHED = {"stars": {"accuracy": 0.78, "macro_f1": 0.54}, "zero_shot": {"accuracy": 0.90}}
NAMES = (
    "An Amazon review with a negative sentiment.",
    "An Amazon review with a positive sentiment.",
)
SHORT_NAMES = ("negative", "positive")
STRANGERS = (
    "The defendant's motion to dismiss for lack of jurisdiction is denied by the court.",
    "Install the package with pip, then import the module and call connect with a token.",
    "The eigenvalues of a symmetric matrix are real, and its eigenvectors are orthogonal.",
    "The goalkeeper saved a penalty in extra time and the team went on to win the league.",
    "会議は来週の月曜日に延期されましたので、資料は金曜日までに共有してください。",
    "The treaty of 1648 ended the war and recognised the independence of the provinces.",
    "Turn left at the lighthouse, follow the coast road and park behind the museum.",
    "Quarterly revenue rose by four per cent while operating costs fell in all regions.",
    "The telescope measured the redshift of the galaxy to within one part in a thousand.",
    "Patients were randomised to receive the drug or a placebo for twelve weeks.",
)


async def main() -> None:
    """Measure, and print one JSON object."""
    with REVIEWS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    texts = [f"Title: {row['Summary'].strip()}; Content: {row['Text'].strip()}" for row in rows]
    embedder, worker = UseEmbedder(), ProcessWorker()
    vectors = TextVectors(embedder=embedder, sentence_wise=True)
    explorer = Explorer(
        worker=worker,
        analyst=SklearnAnalyst(),
        painter=MatplotlibMaps(),
        results=RecentResults(),
    )
    items = tuple(
        Item(id=str(number), text=text, label=row["Score"])
        for number, (row, text) in enumerate(zip(rows, texts, strict=True))
    )
    looked = Looked(
        items=Items(subject=Subject.TABLE, items=items, name="fine food reviews"),
        vectors=await vectors.of(texts),
    )
    figures = {
        "published": PUBLISHED,
        "stars": await stars(explorer, looked),
        "zero_shot": await zero_shot(explorer, looked, vectors),
        "topics": await topics(explorer, looked),
        "map": await drawn(explorer, looked),
        "outliers": await outliers(explorer, looked, vectors),
        "diversity": await diversity(explorer, looked),
        "similar": similar(looked.vectors, [row["ProductId"] for row in rows], texts),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    await worker.close()
    await embedder.close()


def folder() -> Path | None:
    """Return where pictures go."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 else None


async def stars(explorer: Explorer, looked: Looked) -> dict[str, Any]:
    """Classify the stars, cross-validated."""
    report = await explorer.classify(looked)
    if where := folder():
        picture = await explorer.confusion(report, title="Stars", axes=("stars", "guess"))
        (where / "confusion.png").write_bytes(picture or b"")
    value = report.as_json()
    return {key: value[key] for key in ("accuracy", "macro_f1", "baselines", "coverage")}


async def zero_shot(explorer: Explorer, looked: Looked, vectors: TextVectors) -> dict[str, Any]:
    """Tell 1 and 2 stars from 4 and 5, as the cookbook does."""
    kept = [row for row, item in enumerate(looked.items.items) if item.label != "3"]
    stars = np.array([int(str(looked.items.items[row].label)) for row in kept])
    few = np.flatnonzero(stars < 3)
    many = np.random.default_rng(0).choice(np.flatnonzero(stars > 3), len(few), replace=False)
    found = {}
    for kind, names in (("cookbook's names", NAMES), ("short names", SHORT_NAMES)):
        items = tuple(
            replace(item, label=names[int(str(item.label)) > 3])
            for row in kept
            for item in [looked.items.items[row]]
        )
        small = Looked(
            items=replace(looked.items, items=items), vectors=looked.vectors[np.array(kept)]
        )
        report = await sorted_by_name(
            explorer, vectors, small, names, confidence=CONFIDENCE, tell=silent
        )
        value = report.as_json()
        found[kind] = {key: value[key] for key in ("accuracy", "auc", "macro_f1", "baselines")}
        even = np.concatenate([few, many])
        half = Looked(
            items=replace(looked.items, items=tuple(items[row] for row in even)),
            vectors=small.vectors[even],
        )
        report = await sorted_by_name(
            explorer, vectors, half, names, confidence=CONFIDENCE, tell=silent
        )
        found[f"{kind}, as many of either"] = {"accuracy": report.as_json()["accuracy"]}
        learnt = await explorer.classify(small)
        found["learnt instead"] = {
            "accuracy": learnt.as_json()["accuracy"],
            "auc": learnt.as_json()["auc"],
        }
    return found


async def topics(explorer: Explorer, looked: Looked) -> list[str]:
    """Name the topics."""
    report = await explorer.topics(looked)
    return [
        f"{topic.size} {topic.name} ({topic.firmness.value} {topic.stability:.2f})"
        for topic in report.topics
    ]


async def drawn(explorer: Explorer, looked: Looked) -> dict[str, Any]:
    """Draw the map."""
    report = await explorer.map(looked)
    picture = await explorer.picture(report, title="Fine food reviews", note="t-SNE")
    if where := folder():
        (where / "map.png").write_bytes(picture)
    return {"trustworthiness": report.layout.trustworthiness, "bytes": len(picture)}


async def outliers(explorer: Explorer, looked: Looked, vectors: TextVectors) -> dict[str, Any]:
    """Find ten strangers that were put among the reviews."""
    strangers = tuple(Item(id=f"x{n}", text=text) for n, text in enumerate(STRANGERS))
    mixed = Looked(
        items=replace(looked.items, items=(*looked.items.items, *strangers)),
        vectors=np.concatenate([looked.vectors, await vectors.of(STRANGERS)]),
    )
    report = await explorer.outliers(mixed)
    ids = [report.item(each).id for each in report.strangers]
    truth = [id_.startswith("x") for id_ in ids]
    auc = roc_auc_score(truth, [each.distance for each in report.strangers])
    return {"auc": round(float(auc), 4), "among_the_first_20": sum(truth[:20])}


async def diversity(explorer: Explorer, looked: Looked) -> dict[str, Any]:
    """Measure the reviews, and a tenth of them ten times over."""
    return (await explorer.diversity(looked)).as_json()


def similar(vectors: Vectors, products: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """Tell how often the five recommended reviews are of the same product, against chance.

    Word-for-word copies are left out of both: they are the same review.
    """
    counts = Counter(products)
    asked = [row for row, product in enumerate(products) if counts[product] > 1]
    hits = among = 0
    chance = 0.0
    for row in asked:
        others = np.array([each for each in range(len(texts)) if texts[each] != texts[row]])
        found = recommended(vectors[others], vectors[row : row + 1], limit=5)
        same = np.array([products[each] == products[row] for each in others])
        hits += sum(bool(same[each]) for each, _ in found)
        among += len(found)
        chance += float(same.mean())
    share, by_chance = hits / among, chance / len(asked)
    return {
        "asked": len(asked),
        "same_product": round(share, 4),
        "by_chance": round(by_chance, 5),
        "factor": round(share / by_chance, 1),
    }


if __name__ == "__main__":
    asyncio.run(main())
