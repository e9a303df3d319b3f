"""Models that are counted: each call, how it went, how long it took, its tokens and their cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.errors import ModelError
from bot.models import ChatDelta, ChatMessage, EmbeddingSpace, TokenUsage
from bot.ports import ChatModel, Embedder, Reranker, TokenCounter, Vectors
from bot.ports.metrics import Arms, Metrics, ModelKind, Way
from bot.services.spending import Call, Spending
from bot.usage import UsageKind

FINE = "ok"
ABANDONED = "abandoned"  # nobody waited for the end
MESSAGE_TOKENS = 4  # that a chat model's own format adds to each message, about


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

    def routed(self, way: Way) -> None:
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


@dataclass(slots=True)
class _Heard:
    """What came of a reply so far."""

    text: str = ""
    usage: TokenUsage | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class MeteredChat:
    """Fulfils ``bot.ports.ChatModel``; charges each call to whoever pays when it begins.

    A reply that breaks off before the provider said what it used is charged by
    its counted tokens. Raises BudgetSpent before anything is sent.
    """

    chat: ChatModel
    metrics: Metrics
    spending: Spending
    counter: TokenCounter

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
        prompt = sum(self.counter.count(each.content) + MESSAGE_TOKENS for each in messages)
        call = await self.spending.begin(
            UsageKind.CHAT, self.name, TokenUsage(prompt=prompt, completion=max_tokens)
        )
        heard = _Heard()
        try:
            with _counted(self.metrics, "chat", self.name):
                stream = self.chat.stream(messages, max_tokens=max_tokens, temperature=temperature)
                async with aclosing(stream) as deltas:
                    async for delta in deltas:
                        heard.text += delta.text
                        heard.usage = delta.usage or heard.usage
                        yield delta
        except ModelError:
            heard.refused = not heard.text
            raise
        finally:
            self._settle(call, prompt, heard)

    async def close(self) -> None:
        """Free what the model holds."""
        await self.chat.close()

    def _settle(self, call: Call, prompt: int, heard: _Heard) -> None:
        """Charge what the provider counted, else what we do; nothing for what it refused."""
        if heard.usage is not None:
            self.metrics.tokens_used(
                self.name, prompt=heard.usage.prompt, completion=heard.usage.completion
            )
            self.spending.settle(call, heard.usage)
        elif heard.refused:
            self.spending.settle(call, TokenUsage())
        else:
            counted = TokenUsage(prompt=prompt, completion=self.counter.count(heard.text))
            self.spending.settle(call, counted, estimated=True)


@dataclass(frozen=True, slots=True)
class MeteredEmbedder:
    """Fulfils ``bot.ports.Embedder``; its tokens are counted here, by the model's own vocabulary.

    Raises BudgetSpent before anything is sent.
    """

    embedder: Embedder
    metrics: Metrics
    spending: Spending
    counter: TokenCounter

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        return self.embedder.space

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text."""
        async with _charged(self.spending, UsageKind.EMBEDDING, self.space.model, self._of(texts)):
            with _counted(self.metrics, "embedding", self.space.model):
                return await self.embedder.embed_documents(texts)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query."""
        async with _charged(self.spending, UsageKind.EMBEDDING, self.space.model, self._of([text])):
            with _counted(self.metrics, "embedding", self.space.model):
                return await self.embedder.embed_query(text)

    async def close(self) -> None:
        """Free what the embedder holds."""
        await self.embedder.close()

    def _of(self, texts: Sequence[str]) -> TokenUsage:
        return TokenUsage(prompt=sum(map(self.counter.count, texts)))


@dataclass(frozen=True, slots=True)
class MeteredReranker:
    """Fulfils ``bot.ports.Reranker``.

    Without ``spending`` it is a chat model that ranks, which is charged as what it is.
    """

    reranker: Reranker
    model: str
    metrics: Metrics
    spending: Spending | None
    counter: TokenCounter

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return one score a text; a reranker reads the query with each of them."""
        with _counted(self.metrics, "rerank", self.model):
            if self.spending is None:
                return await self.reranker.rerank(query, texts)
            tokens = self.counter.count(query) * len(texts) + sum(map(self.counter.count, texts))
            usage = TokenUsage(prompt=tokens)
            async with _charged(self.spending, UsageKind.RERANK, self.model, usage):
                return await self.reranker.rerank(query, texts)

    async def close(self) -> None:
        """Free what the reranker holds."""
        await self.reranker.close()


@asynccontextmanager
async def _charged(
    spending: Spending, kind: UsageKind, model: str, usage: TokenUsage
) -> AsyncIterator[None]:
    """Charge a call whose tokens are known before it is made; nothing for one that failed."""
    call = await spending.begin(kind, model, usage)
    charged = TokenUsage()
    try:
        yield
        charged = usage
    except asyncio.CancelledError:
        charged = usage  # it was sent: the provider charges what nobody waited for
        raise
    finally:
        spending.settle(call, charged)
