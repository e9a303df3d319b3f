"""How late the event loop runs while Marv reads 2,000 passages and answers 20 questions.

Run with ``python -m tests.benchmarks.loop_lag [PASSAGES]``: the embedded models, SQLite and a
Chroma of its own, nothing faked. Lag is how much later than asked a 5 ms sleep ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import LOCAL_GUILD, Marv
from bot.models import Provenance
from bot.services.folders import source_files
from bot.services.ingest import Batch
from bot.services.turns import Asker
from bot.settings import SHIPPED_DATA, Settings

TICK_SECONDS = 0.005
IDLE_SECONDS = 5.0
ASK_AFTER_SECONDS = 5.0  # of the ingest
PER_DOCUMENT = 20  # passages
SEED = 20261123
TARGET_P99_MS, TARGET_MAX_MS = 50.0, 250.0
ASKED = 20  # at once
QUESTIONS = (
    "When does the Spring Regatta start?",
    "How long may a boat be?",
    "日本支部の集まりはいつですか？",
    "会費はいくらですか？",
    "What is the capital of Mongolia?",
)
SUBJECTS = ("anchor", "buoy", "deck", "engine", "galley", "hull", "keel", "mast", "oar", "pier")
VERBS = ("holds", "needs", "loses", "hides", "repairs", "carries", "replaces", "measures")
PLACES = ("harbor", "shed", "quay", "lagoon", "channel", "workshop", "bridge", "dock")


@dataclass(slots=True)
class Ticker:
    """Sleeps 5 ms for ever and keeps how late each sleep ended."""

    lags_ms: list[float] = field(default_factory=list)
    beat: float = 0.0

    async def run(self) -> None:
        while True:
            started = self.beat = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.lags_ms.append((time.perf_counter() - started - TICK_SECONDS) * 1000)

    def summary(self) -> dict[str, float]:
        p50, p99 = np.percentile(self.lags_ms, [50, 99])
        return {
            "p50_ms": round(float(p50), 2),
            "p99_ms": round(float(p99), 2),
            "max_ms": round(max(self.lags_ms), 2),
            "ticks": len(self.lags_ms),
        }


@asynccontextmanager
async def ticking() -> AsyncIterator[Ticker]:
    """Yield a running ticker."""
    ticker = Ticker()
    task = asyncio.create_task(ticker.run())
    try:
        yield ticker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def write_corpus(folder: Path, passages: int) -> None:
    """Write documents of twenty sections, each long enough to be a passage of its own."""
    words = random.Random(SEED)  # noqa: S311
    for number in range(passages // PER_DOCUMENT):
        sections = [
            f"## Part {part}\n\n" + " ".join(_sentence(words) for _ in range(24))
            for part in range(PER_DOCUMENT)
        ]
        text = f"# Log {number}\n\n" + "\n\n".join(sections)
        (folder / f"{number:03}.md").write_text(text)


def _sentence(words: random.Random) -> str:
    subject, verb, place = words.choice(SUBJECTS), words.choice(VERBS), words.choice(PLACES)
    return f"The {subject} {verb} {words.randint(2, 999)} ropes in the {place}."


async def ask(marv: Marv, question: str) -> float:
    """Ask, and return how many seconds the answer took."""
    asker = Asker(
        guild_id=LOCAL_GUILD,
        channel_id=1,
        author_id=1,
        provenance=Provenance.INTERACTION,
        viewer=sees_everything,
    )
    started = time.perf_counter()
    async for _ in marv.services.ask.ask(asker, question):
        pass
    return time.perf_counter() - started


async def ask_all(marv: Marv, *, after_seconds: float) -> list[float]:
    """Ask every question at once, later."""
    await asyncio.sleep(after_seconds)
    return await asyncio.gather(*(ask(marv, QUESTIONS[n % len(QUESTIONS)]) for n in range(ASKED)))


async def measure(folder: Path, passages: int) -> dict[str, Any]:
    """Return the lag idle and at work, and what the work took."""
    corpus = folder / "corpus"
    corpus.mkdir()
    write_corpus(corpus, passages)
    async with open_marv(Settings(data_dir=folder / "var")) as marv:
        engine = marv.services.library.ingest
        batch = Batch(guild_id=LOCAL_GUILD)
        await engine.files(batch, list(source_files([SHIPPED_DATA / "library"])))
        await marv.services.warm_up()
        async with ticking() as idle:
            await asyncio.sleep(IDLE_SECONDS)
        async with ticking() as busy:
            questions = asyncio.create_task(ask_all(marv, after_seconds=ASK_AFTER_SECONDS))
            report = await engine.files(batch, list(source_files([corpus])))
            seconds = await questions
    return {
        "passages": report.chunks,
        "ingest_seconds": round(report.seconds, 1),
        "question_seconds": {
            "each": round(max(seconds) / ASKED, 2),
            "median_wait": round(float(np.median(seconds)), 2),
            "longest_wait": round(max(seconds), 2),
        },
        "idle": idle.summary(),
        "busy": busy.summary(),
        "p99_busy_to_idle": round(busy.summary()["p99_ms"] / idle.summary()["p99_ms"], 1),
        "load_average": round(os.getloadavg()[0], 2),
    }


def main(passages: int = 2000) -> int:
    """Print the figures; return 0 when the target is met."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), passages))
    busy = figures["busy"]
    met = busy["p99_ms"] < TARGET_P99_MS and busy["max_ms"] < TARGET_MAX_MS
    print(json.dumps({**figures, "met": met}, indent=2))
    return int(not met)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
