"""Rerankers over HTTP: the `/rerank` that Jina, Cohere, vLLM, llama.cpp and others share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.adapters.openai_client import (
    PATIENCE,
    Breaker,
    Patience,
    open_client,
    translated,
    with_retries,
)
from bot.errors import RerankFailed

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True)
class OpenAIReranker:
    """Fulfils ``bot.ports.Reranker``."""

    client: AsyncOpenAI
    model: str
    patience: Patience = PATIENCE
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def open(
        cls, model: str, *, base_url: str | None, api_key: str | None, patience: Patience = PATIENCE
    ) -> OpenAIReranker:
        """Return the model ``model`` of the server at ``base_url``."""
        return cls(open_client(base_url, api_key, patience=patience), model, patience)

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return one score a text, in order.

        Raises RerankFailed (or QuotaSpent, KeyRefused) when the server does not give them.
        """
        body = {"model": self.model, "query": query, "documents": list(texts)}

        async def request() -> object:
            return await self.client.post("/rerank", cast_to=object, body=body)

        with translated(RerankFailed, self.breaker):
            answer = await with_retries(request, patience=self.patience)
        return _scores(answer, len(texts))

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()


def _scores(answer: Any, count: int) -> tuple[float, ...]:  # noqa: ANN401 - JSON
    """Read ``{"results": [{"index", "relevance_score"}]}``, which may come in any order."""
    try:
        scores = {int(row["index"]): float(row["relevance_score"]) for row in answer["results"]}
        return tuple(scores[number] for number in range(count))
    except (KeyError, TypeError, ValueError) as error:
        raise RerankFailed("the reranker's answer has another shape") from error
