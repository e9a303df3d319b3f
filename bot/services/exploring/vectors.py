"""Vectors of texts: embedded once each, in batches, from a cache where there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.ports.exploring import VectorCache
from bot.ports.models import Embedder, Vectors
from bot.sentences import split

BATCH = 64
MOST_SENTENCES = 100  # of a text
LONGEST = 20_000  # characters of a text that are read: some 5,000 tokens

Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVectors:
    """Embeds texts; ``cache`` is for texts that may be kept, an operator's own alone.

    What breaks off goes on where it stopped: every batch is kept as it comes.
    """

    embedder: Embedder
    cache: VectorCache | None = None
    sentence_wise: bool = False  # the embedder says more of a sentence than of many

    async def of(self, texts: Sequence[str], *, tell: Tell = silent) -> Vectors:
        """Return one row a text, shape ``(len(texts), dimensions)``.

        Raises what the embedder raises.
        """
        digests = [digest(text) for text in texts]
        known: dict[str, Vectors] = {}
        space = self.embedder.space
        if self.cache is not None:
            known.update(await self.cache.get(space, digests))
        missing = {key: text for key, text in zip(digests, texts, strict=True) if key not in known}
        keys = list(missing)
        for start in range(0, len(keys), BATCH):
            tell(f"embedding {len(texts) - len(keys) + start:,} of {len(texts):,}")
            batch = keys[start : start + BATCH]
            rows = await self.embedder.embed_documents([missing[key][:LONGEST] for key in batch])
            new = dict(zip(batch, rows, strict=True))
            known.update(new)
            if self.cache is not None:
                await self.cache.put(space, new)
        if not texts:
            return np.zeros((0, space.dimensions), dtype=np.float32)
        return np.stack([known[key] for key in digests])

    async def by_sentence(
        self, texts: Sequence[str], whole: Vectors, *, tell: Tell = silent
    ) -> Vectors:
        """Return the mean of each text's sentences' vectors, where the embedder reads so better.

        ``whole`` are the texts' own vectors, which stay those of texts of one sentence.
        """
        if not self.sentence_wise:
            return whole
        parts = [split(text[:LONGEST])[:MOST_SENTENCES] for text in texts]
        several = [row for row, each in enumerate(parts) if len(each) > 1]
        spoken = list(dict.fromkeys(part for row in several for part in parts[row]))
        place = {part: number for number, part in enumerate(spoken)}
        vectors = await self.of(spoken, tell=tell)
        read = np.array(whole, dtype=np.float32)
        for row in several:
            read[row] = vectors[[place[part] for part in parts[row]]].mean(axis=0)
        return read

    async def missing(self, texts: Sequence[str]) -> list[str]:
        """Return the texts that would have to be embedded, each once."""
        by_digest = {digest(text): text for text in texts}
        if self.cache is None:
            return list(by_digest.values())
        known = await self.cache.get(self.embedder.space, list(by_digest))
        return [text for key, text in by_digest.items() if key not in known]


def digest(text: str) -> str:
    """Return the digest by which a text's vector is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
