"""Models: what embeds, talks, ranks and counts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models import ChatDelta, ChatMessage, EmbeddingSpace

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of one embedding space."""

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        ...

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text, shape ``(len(texts), dimensions)``, in order.

        Raises EmbeddingFailed when the model cannot be reached or answers nonsense.
        """
        ...

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a search query, shape ``(dimensions,)``."""
        ...

    async def close(self) -> None:
        """Free what the embedder holds."""
        ...


class ChatModel(Protocol):
    """Continues a conversation."""

    @property
    def name(self) -> str:
        """Return the model's name as the log and the ledger know it."""
        ...

    @property
    def grounded(self) -> bool:
        """Tell whether the model can answer from passages by itself.

        False for small models that only voice a draft: their facts are quoted for them.
        """
        ...

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it is written.

        Raises ChatFailed (or a child of it) when the model cannot be reached,
        refuses the key, or has no quota left. Closing the iterator stops the model.
        """
        ...

    async def close(self) -> None:
        """Free what the model holds."""
        ...


class Reranker(Protocol):
    """Says how well each of some texts answers a query."""

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return one score a text, in order; only their order means something.

        Raises RerankFailed (or another ModelError) when there are no scores to be had.
        """
        ...

    async def close(self) -> None:
        """Free what the reranker holds."""
        ...


class TokenCounter(Protocol):
    """Counts tokens offline."""

    def count(self, text: str) -> int:
        """Return the number of tokens in ``text``."""
        ...
