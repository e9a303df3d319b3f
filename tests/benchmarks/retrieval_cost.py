"""What hybrid search costs beside the bare query of the dense index.

    python -m tests.benchmarks.retrieval_cost [CHUNKS …]      (default: 10000 100000)

A library of that many passages is written straight into SQLite and Chroma (80 words each by
Zipf's and Mandelbrot's law, random unit vectors), then both are asked the same questions in turns:
eight words of some passage, none of the hundred commonest, which search leaves out as stop words.
Embedding is left out: the vectors of the questions are ready. Prints the medians, their ratio, the
ratio of the fastest tenths (what else the machine does counts least there), and the ratio where the
asker may see only nine tenths of the library.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.adapters.chroma import ChromaIndex, connected
from bot.adapters.chroma_server import running_chroma
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.library import SqliteLibrary
from bot.audience import EVERYONE, Audience, Viewer, sees_everything
from bot.models import Chunk, DocumentChange, EmbeddingSpace, ParsedDocument, Provenance
from bot.ports import Vectors
from bot.services.search import CANDIDATES, Samples, Search

GUILD, DIMENSIONS, PER_DOCUMENT, QUERIES, WORDS = 1, 512, 50, 200, 30_000
CREW = Audience(channel_id=7)
SPACE = EmbeddingSpace(model="random", dimensions=DIMENSIONS)
SYLLABLES = [
    "ka",
    "shi",
    "to",
    "ru",
    "mi",
    "ne",
    "do",
    "wa",
    "re",
    "su",
    "ba",
    "li",
    "on",
    "ter",
    "ing",
    "a",
    "pe",
    "co",
]


@dataclass(slots=True)
class Writer:
    """Makes up texts, questions and vectors, the same ones every time."""

    chance: random.Random = field(default_factory=lambda: random.Random(4))  # noqa: S311
    numbers: np.random.Generator = field(default_factory=lambda: np.random.default_rng(4))
    words: list[str] = field(default_factory=list)
    shares: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self.words = ["".join(self.chance.choices(SYLLABLES, k=4)) for _ in range(WORDS)]
        weight = 1 / (np.arange(WORDS) + 2.7)
        self.shares = weight / weight.sum()

    def text(self, count: int, *, common: int = 0) -> str:
        """Return words at random, without the ``common`` commonest ones."""
        ranks = self.numbers.choice(WORDS, size=count * 6, p=self.shares)
        return " ".join(self.words[rank] for rank in [r for r in ranks if r >= common][:count])

    def vectors(self, count: int) -> Vectors:
        rows = self.numbers.standard_normal((count, DIMENSIONS)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Ready:
    """An embedder whose vectors were made before the clock started."""

    vectors: dict[str, Vectors]
    space: EmbeddingSpace = SPACE

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.vectors[text] for text in texts])

    async def embed_query(self, text: str) -> Vectors:
        return self.vectors[text]

    async def close(self) -> None:
        return None


async def fill(library: SqliteLibrary, index: ChromaIndex, writer: Writer, chunks: int) -> None:
    """Write documents of fifty passages; every tenth document belongs to a channel."""
    for number in range(chunks // PER_DOCUMENT):
        rows = writer.vectors(PER_DOCUMENT)
        hashes = tuple(f"{number}-{place}" for place in range(PER_DOCUMENT))
        parts = tuple(
            Chunk(ordinal=place, heading=(), text=writer.text(80), tokens=100)
            for place in range(PER_DOCUMENT)
        )
        document = ParsedDocument(
            source=f"{number}.md", title=writer.text(3), chunks=parts, content_hash=str(number)
        )
        change = DocumentChange(origin=str(number), document=document, embed_hashes=hashes)
        await library.put_vectors(SPACE, dict(zip(hashes, rows, strict=True)))
        written = await library.replace(
            GUILD,
            [change],
            provenance=Provenance.STAFF,
            added_by=None,
            audience=EVERYONE if number % 10 else CREW,
        )
        ids = sorted(written.added)
        await index.upsert(GUILD, dict(zip(ids, rows, strict=True)), written.added)


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def measure(chunks: int) -> dict[str, float]:
    """Return the medians in milliseconds and their ratios."""
    writer = Writer()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_database(Path(folder) / "marv.db") as database,
            running_chroma(Path(folder) / "chroma") as server,
            connected(server.url) as client,
        ):
            library, index = SqliteLibrary(database), ChromaIndex(client=client, space=SPACE)
            await fill(library, index, writer, chunks)
            questions = [writer.text(8, common=100) for _ in range(QUERIES)]
            vectors = dict(zip(questions, writer.vectors(QUERIES), strict=True))
            search = Search(
                library=library,
                index=index,
                embedder=Ready(vectors),
                min_similarity=0.0,
                samples=Samples(library=library),
            )
            return await race(search, index, vectors)


async def race(search: Search, index: ChromaIndex, vectors: dict[str, Vectors]) -> dict[str, float]:
    """Ask in turns, so that whatever else the machine does hits all alike."""
    times: dict[str, list[float]] = {"chroma": [], "hybrid": [], "chroma part": [], "part": []}

    def part(audience: Audience) -> bool:
        return audience == EVERYONE

    async def hybrid(question: str, viewer: Viewer) -> None:
        await search.passages(GUILD, question, viewer=viewer, limit=10)

    everyone = frozenset({EVERYONE})
    for question, vector in vectors.items():
        times["chroma"].append(
            await timed(lambda v=vector: index.nearest(GUILD, v, limit=CANDIDATES))  # type: ignore[misc]
        )
        times["hybrid"].append(await timed(lambda q=question: hybrid(q, sees_everything)))  # type: ignore[misc]
        times["chroma part"].append(
            await timed(
                lambda v=vector: index.nearest(GUILD, v, limit=CANDIDATES, audiences=everyone)  # type: ignore[misc]
            )
        )
        times["part"].append(await timed(lambda q=question: hybrid(q, part)))  # type: ignore[misc]
    medians = {name: statistics.median(each[20:]) * 1000 for name, each in times.items()}
    tenths = {name: statistics.quantiles(each[20:], n=10)[0] for name, each in times.items()}
    return {
        **{f"{name} ms": round(each, 2) for name, each in medians.items()},
        "ratio": round(medians["hybrid"] / medians["chroma"], 2),
        "ratio of the fastest tenth": round(tenths["hybrid"] / tenths["chroma"], 2),
        "ratio part": round(medians["part"] / medians["chroma part"], 2),
    }


def main() -> None:
    """Measure each size that was asked for."""
    for chunks in [int(each) for each in sys.argv[1:]] or [10_000, 100_000]:
        print(json.dumps({"chunks": chunks, **asyncio.run(measure(chunks))}), flush=True)


if __name__ == "__main__":
    main()
