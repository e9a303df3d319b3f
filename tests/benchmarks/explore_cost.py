"""Seconds and memory of each exploration of 10,000 items, and the loop's lag meanwhile.

Run with ``python -m tests.benchmarks.explore_cost [ITEMS]``. The texts are made here, their
vectors are drawn around topics: embedding is not what is measured. The baseline of the lag is the
same loop at rest in the same run.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import psutil

from bot.adapters.charts_explore import MatplotlibMaps
from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.exploring.results import RecentResults
from bot.adapters.workers import ProcessWorker
from bot.exploring import Item, Items, Subject
from bot.services.exploring.explorer import Explorer, Looked
from tests.benchmarks.loop_lag import ticking

DIMENSIONS, TOPICS = 512, 12
WORDS = 4000
IDLE_SECONDS = 3.0
SEED = 20261128


def made(count: int) -> Looked:
    """Return items of some topics, each with words of its own."""
    random = np.random.default_rng(SEED)
    centres = random.normal(size=(TOPICS, DIMENSIONS))
    topics = random.integers(0, TOPICS, count)
    vectors = (centres[topics] + 1.5 * random.normal(size=(count, DIMENSIONS))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [
        " ".join(f"word{(topic * 331 + word) % WORDS:04d}x" for word in random.integers(0, 400, 60))
        for topic in topics
    ]
    items = tuple(
        Item(id=str(row), text=texts[row], label=f"label {topics[row] % 5}") for row in range(count)
    )
    return Looked(items=Items(subject=Subject.TABLE, items=items, name="made"), vectors=vectors)


async def main() -> None:
    """Measure, and print one JSON object."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    looked = made(count)
    figures: dict[str, Any] = {"items": count}
    async with ticking() as ticker:
        await asyncio.sleep(IDLE_SECONDS)
    figures["at rest"] = ticker.summary()
    jobs: dict[str, Callable[[Explorer], Awaitable[object]]] = {
        "topics": lambda explorer: explorer.topics(looked),
        "map": lambda explorer: explorer.map(looked, by_label=True),
        "outliers": lambda explorer: explorer.outliers(looked),
        "diversity": lambda explorer: explorer.diversity(looked),
        "classify": lambda explorer: explorer.classify(looked),
    }
    for name, job in jobs.items():
        figures[name] = await measured(job)
        print(name, figures[name], file=sys.stderr)
    print(json.dumps(figures, indent=1))


async def measured(job: Callable[[Explorer], Awaitable[object]]) -> dict[str, Any]:
    """Run one job in a worker of its own, with a ticker beside it."""
    worker = ProcessWorker()
    explorer = Explorer(
        worker=worker,
        analyst=SklearnAnalyst(),
        painter=MatplotlibMaps(),
        results=RecentResults(),
    )
    async with ticking() as ticker:
        watch = asyncio.create_task(largest())
        started = time.perf_counter()
        await job(explorer)
        seconds = time.perf_counter() - started
        watch.cancel()
    await worker.close()
    used = PEAK.pop("mb", 0)
    return {"seconds": round(seconds, 1), "worker_mb": used, "lag": ticker.summary()}


PEAK: dict[str, int] = {}


async def largest() -> None:
    """Keep the most memory that the children had."""
    while True:
        for child in psutil.Process().children():
            try:
                megabytes = child.memory_info().rss >> 20
            except psutil.NoSuchProcess:
                continue
            PEAK["mb"] = max(PEAK.get("mb", 0), megabytes)
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(main())
