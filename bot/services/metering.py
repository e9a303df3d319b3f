"""Models that are counted: each call, how it went, how long it took, and its tokens."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from bot.errors import ModelError
from bot.models import ChatDelta, ChatMessage, EmbeddingSpace
from bot.ports import ChatModel, Embedder, Reranker, Vectors
from bot.ports.metrics import Arms, Metrics, ModelKind

FINE = "ok"
ABANDONED = "abandoned"  # nobody waited for the end


@dataclass(frozen=True, slots=True)
class NoMetrics:
    """Counts nothing."""

    def request_ended(self, door: str, name: str, outcome: str, *, seconds: float) -> None:
        """Do nothing."""

    def model_called(self, kind: ModelKind, model: str, outcome: str, *, seconds: float) -> None:
        """Do nothing."""

    def tokens_used(self, model: str, *, prompt: int, completion: int) -> None:
        """Do nothing."""

    def searched(self, arms: Arms, *, seconds: float) -> None:
        """Do nothing."""


@contextmanager
def _counted(metrics: Metrics, kind: ModelKind, model: str) -> Iterator[None]:
    started, outcome = time.perf_counter(), ABANDONED
    try:
        yield
        outcome = FINE
    except ModelError as error:
        outcome = type(error).__name__
        raise
    finally:
        metrics.model_called(kind, model, outcome, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class MeteredChat:
    """Fulfils ``bot.ports.ChatModel``."""

    chat: ChatModel
    metrics: Metrics

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.chat.name

    @property
    def grounded(self) -> bool:
        """Tell whether the model can answer from passages by itself."""
        return self.chat.grounded

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it is written."""
        with _counted(self.metrics, "chat", self.name):
            stream = self.chat.stream(messages, max_tokens=max_tokens, temperature=temperature)
            async with aclosing(stream) as deltas:
                async for delta in deltas:
                    if delta.usage is not None:
                        self.metrics.tokens_used(
                            self.name,
                            prompt=delta.usage.prompt,
                            completion=delta.usage.completion,
                        )
                    yield delta

    async def close(self) -> None:
        """Free what the model holds."""
        await self.chat.close()


@dataclass(frozen=True, slots=True)
class MeteredEmbedder:
    """Fulfils ``bot.ports.Embedder``."""

    embedder: Embedder
    metrics: Metrics

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        return self.embedder.space

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text."""
        with _counted(self.metrics, "embedding", self.space.model):
            return await self.embedder.embed_documents(texts)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query."""
        with _counted(self.metrics, "embedding", self.space.model):
            return await self.embedder.embed_query(text)

    async def close(self) -> None:
        """Free what the embedder holds."""
        await self.embedder.close()


@dataclass(frozen=True, slots=True)
class MeteredReranker:
    """Fulfils ``bot.ports.Reranker``."""

    reranker: Reranker
    model: str
    metrics: Metrics

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return one score a text."""
        with _counted(self.metrics, "rerank", self.model):
            return await self.reranker.rerank(query, texts)

    async def close(self) -> None:
        """Free what the reranker holds."""
        await self.reranker.close()
