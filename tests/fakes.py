"""Fakes that compute and remember: models without weights."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.adapters.loaders.reading import read
from bot.adapters.tokens import ToktokCounter
from bot.audience import Audience
from bot.errors import ModelError
from bot.models import (
    ChatDelta,
    ChatMessage,
    ChunkId,
    EmbeddingSpace,
    ParsedDocument,
    StoredChunk,
    TokenUsage,
)
from bot.moderation import NEVER, Category, Judge, Verdict
from bot.ports import Vectors
from bot.services.grounding import SENTINEL
from bot.terms import index_terms, query_terms

DIMENSIONS = 256
PASSAGE = re.compile(r'<passage n="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)


@dataclass(slots=True)
class FakeEmbedder:
    """Embeds a text as its hashed words and bigrams: texts that share words are near."""

    embedded: list[str] = field(default_factory=list)
    space: EmbeddingSpace = field(
        default_factory=lambda: EmbeddingSpace(model="fake-bigrams", dimensions=DIMENSIONS)
    )

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return np.stack([self._vector(text) for text in texts])

    async def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    async def close(self) -> None:
        pass

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for term in index_terms(text).split():
            vector[zlib.crc32(term.encode()) % DIMENSIONS] += 1.0
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector


@dataclass(slots=True)
class FakeCounter:
    """Counts words and bigrams as tokens."""

    def count(self, text: str) -> int:
        return len(index_terms(text).split())


@dataclass(slots=True)
class FakeChat:
    """A chat model by rule: answers from passages, wraps facts, or echoes.

    ``script`` replies first, in order: a text, an error to raise, or a cut
    text (one that ends with ✂).
    """

    name: str = "fake-chat"
    grounded: bool = True
    script: list[str | Exception] = field(default_factory=list)
    requests: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    abandoned: int = 0

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        self.requests.append(tuple(messages))
        reply = self.script.pop(0) if self.script else self._reply(messages)
        if isinstance(reply, Exception):
            raise reply
        cut = reply.endswith("✂")
        words = re.findall(r"\S*\s*", reply.removesuffix("✂"))
        finished = False
        try:
            for word in words:
                await asyncio.sleep(0)  # as a model over a network, let others run
                yield ChatDelta(text=word)
            if not cut:
                usage = TokenUsage(prompt=10, completion=len(words))
                yield ChatDelta(finish_reason="stop", usage=usage)
            finished = True
        finally:
            self.abandoned += not finished

    async def close(self) -> None:
        pass

    def _reply(self, messages: Sequence[ChatMessage]) -> str:
        said = messages[-1].content
        if match := re.search(r"(?:Facts|事実): (.*)", said, re.DOTALL):
            return f"Oh, thrilling. {match[1]} Are we done?"
        passages = PASSAGE.findall(messages[0].content)
        terms = query_terms(said)
        best = max(passages, key=lambda each: _overlap(terms, each[1]), default=None)
        if best is not None and _overlap(terms, best[1]) >= 0.5:
            sentence = re.split(r"(?<=[.。])", best[1])[0]
            return f"Sigh. {sentence} [{best[0]}] You're welcome."
        if "NO_ANSWER" in messages[0].content:
            return SENTINEL
        return f"You said “{said}”. How delightful."


def _overlap(terms: Sequence[str], text: str) -> float:
    present = set(index_terms(text).split())
    return sum(term in present for term in terms) / max(1, len(terms))


@dataclass(slots=True)
class FakeExactIndex:
    """Keeps one guild's vectors in a dictionary and compares with all of them."""

    vectors: dict[ChunkId, Vectors] = field(default_factory=dict)
    stored: dict[ChunkId, StoredChunk] = field(default_factory=dict)
    guilds: set[int] = field(default_factory=set)

    async def upsert(
        self,
        guild_id: int,
        vectors: Mapping[ChunkId, Vectors],
        chunks: Mapping[ChunkId, StoredChunk],
    ) -> None:
        self.guilds.add(guild_id)
        self.vectors.update(vectors)
        self.stored.update(chunks)

    async def delete(self, guild_id: int, chunk_ids: Iterable[ChunkId]) -> None:
        for chunk_id in chunk_ids:
            self.vectors.pop(chunk_id, None)

    async def nearest(
        self,
        guild_id: int,
        vector: Vectors,
        *,
        limit: int,
        audiences: frozenset[Audience] | None = None,
    ) -> tuple[tuple[ChunkId, float], ...]:
        scores = {
            id_: float(np.dot(row, vector))
            for id_, row in self.vectors.items()
            if audiences is None or self.stored[id_].audience in audiences
        }
        return tuple(sorted(scores.items(), key=lambda hit: -hit[1])[:limit])

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, str]:
        return {id_: chunk.audience.key for id_, chunk in self.stored.items()}

    async def guild_ids(self) -> frozenset[int]:
        return frozenset(self.guilds)


@dataclass(slots=True)
class FakeModerator:
    """Flags texts that hold a word of ``flagging``, for its categories; all of them block.

    ``failure`` is raised instead while it is set; ``gate`` holds verdicts back until it is.
    """

    flagging: dict[str, frozenset[Category]] = field(default_factory=dict)
    checked: list[str] = field(default_factory=list)
    failure: ModelError | None = None
    gate: asyncio.Event | None = None
    name: str = "fake-moderator"

    async def check(self, text: str) -> Verdict:
        self.checked.append(text)
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        found = frozenset[Category]().union(
            *(categories for word, categories in self.flagging.items() if word in text)
        )
        return Verdict(
            source=Judge.OPENAI, scores=dict.fromkeys(found, 0.9), blocking=found - NEVER
        )


class FakeParser:
    """Reads in this process: the fixture is no stranger's file."""

    async def parse(
        self, content: bytes, *, source: str, suffix: str = ""
    ) -> tuple[ParsedDocument, ...]:
        return tuple(read(content, source, ToktokCounter(), suffix=suffix))

    async def close(self) -> None:
        return None
