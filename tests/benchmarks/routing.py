"""Routing: how many questions get to their label, how many strangers do, and what it costs.

Run with ``python -m tests.benchmarks.routing``. Hand-written questions (tests/data/routing): of 72
about three things in English and Japanese, 54 are learnt from and 18 sorted, in 20 random splits;
24 are about none of them. The cost is a ratio to the search that works out the question's vector.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.sqlite import SqliteLibrary
from bot.adapters.sqlite.database import open_database
from bot.audience import sees_everything
from bot.exploring import Sorting
from bot.ports import Vectors
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.search import Samples, Search
from bot.services.sorting import Sorted, sort
from bot.sorter import Sorter
from tests.fakes import FakeExactIndex, FakeParser
from tests.routing_set import LABELS, Question, questions

CONFIDENCES = (0.5, 0.7, 0.9)
PASSAGES = 400
ROUNDS = 300
SPLITS, SEED = 20, 20261128
PAIRS, LEARNT_PAIRS = 12, 9  # of a question and its translation, of each label
NAMES = ("boats and sailing", "baking bread and cakes", "programming")


async def main() -> None:
    """Measure, and print one JSON object."""
    embedder = UseEmbedder()
    every = questions()
    vectors = await embedder.embed_documents([each.text for each in every])
    names = await embedder.embed_documents(NAMES)
    figures: dict[str, Any] = {
        "splits": SPLITS,
        "learnt_from": LEARNT_PAIRS * 2 * len(LABELS),
        "off_topic": sum(not each.label for each in every),
        "majority_accuracy": round(1 / len(LABELS), 3),
    }
    random = np.random.default_rng(SEED)
    tries: dict[str, list[dict[str, float]]] = {"learnt": [], "by_name": []}
    for _ in range(SPLITS):
        seen, unseen = _split(random, every)
        sorters = _sorters(every, vectors, names, seen)
        for kind, sorter in sorters.items():
            tries[kind].append(_quality(sorter, vectors, every, unseen))
    for kind, found in tries.items():
        figures[kind] = {
            name: round(float(np.mean([each[name] for each in found])), 3) for name in found[0]
        }
    figures["cost"] = await _cost(embedder, sorters["learnt"], [each.text for each in every])
    print(json.dumps(figures, indent=1))
    await embedder.close()


def _split(random: np.random.Generator, every: Sequence[Question]) -> tuple[list[int], list[int]]:
    """Return rows to learn from and rows to sort; a question and its translation stay together."""
    chosen = set(random.choice(PAIRS, LEARNT_PAIRS, replace=False).tolist())
    rows = [row for row, each in enumerate(every) if each.label]
    return [row for row in rows if row % PAIRS in chosen], [
        row for row in rows if row % PAIRS not in chosen
    ]


def _sorters(
    every: Sequence[Question], vectors: Vectors, names: Vectors, seen: Sequence[int]
) -> dict[str, Sorter]:
    analyst, rows = SklearnAnalyst(), list(seen)
    texts, labels = ([getattr(every[row], part) for row in rows] for part in ("text", "label"))
    return {
        "learnt": _sorter(analyst.learnt(vectors[rows], texts, labels)),
        "by_name": _sorter(analyst.by_name(vectors[rows], LABELS, names, [None] * len(rows))),
    }


def _sorter(sorting: Sorting) -> Sorter:
    if sorting.sorter is None:
        raise AssertionError("a classification leaves a sorter")
    return sorting.sorter


def _quality(
    sorter: Sorter, vectors: Vectors, every: Sequence[Question], unseen: Sequence[int]
) -> dict[str, float]:
    """Return how right the likeliest label is, and what is routed with and without the floors."""
    found = [sort(sorter, row) for row in vectors]
    right = {row: found[row].label == every[row].label for row in unseen}
    strangers = [row for row, each in enumerate(every) if not each.label]
    figures = {"accuracy": float(np.mean(list(right.values())))}
    for least in CONFIDENCES:
        for guarded in (False, True):
            led = {row for row, each in enumerate(found) if _routed(each, least, guarded=guarded)}
            own = [right[row] for row in unseen if row in led]
            name = f"{least:.0%}{', with floors' if guarded else ', softmax alone'}"
            figures[f"{name}: coverage"] = len(own) / len(unseen)
            figures[f"{name}: right"] = float(np.mean(own)) if own else 1.0
            figures[f"{name}: off topic routed"] = len(led.intersection(strangers)) / len(strangers)
    return figures


def _routed(found: Sorted, least: float, *, guarded: bool) -> bool:
    return found.confidence >= least and (found.close or not guarded)


async def _cost(embedder: UseEmbedder, sorter: Sorter, texts: Sequence[str]) -> dict[str, float]:
    """Return what sorting adds to a search over some passages, as a ratio."""
    vectors = [await embedder.embed_query(text) for text in texts]
    with TemporaryDirectory() as directory:
        async with open_database(Path(directory) / "marv.sqlite3") as database:
            search = await _search(SqliteLibrary(database), embedder)
            started = time.perf_counter()
            for number in range(len(texts)):
                question = f"{texts[number]} {number}"  # a query's vector is kept: ask anew
                await search.consult(1, question, viewer=sees_everything, limit=6)
            searching = (time.perf_counter() - started) / len(texts)
    started = time.perf_counter()
    for number in range(ROUNDS):
        sort(sorter, vectors[number % len(vectors)])
    sorting = (time.perf_counter() - started) / ROUNDS
    return {"added_to_search": round(sorting / searching, 5), "passages": PASSAGES}


def _note(number: int) -> bytes:
    return (
        f"Note {number}: of shed {number % 37} the things are kept by row {number % 11}.".encode()
    )


async def _search(library: SqliteLibrary, embedder: UseEmbedder) -> Search:
    index = FakeExactIndex()
    ingest = Ingest(library=library, index=index, embedder=embedder, parser=FakeParser())
    files = [
        SourceFile(origin=f"{number}.md", source=f"{number}.md", read=partial(_note, number))
        for number in range(PASSAGES)
    ]
    await ingest.files(Batch(guild_id=1), files)
    return Search(
        library=library,
        index=index,
        embedder=embedder,
        min_similarity=0.12,
        samples=Samples(library=library),
    )


if __name__ == "__main__":
    asyncio.run(main())
