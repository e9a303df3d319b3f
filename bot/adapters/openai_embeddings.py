"""Embedding models over the OpenAI protocol: batched, base64, shortened where that is allowed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from bot.adapters.openai_client import (
    PATIENCE,
    Breaker,
    Patience,
    open_client,
    translated,
    with_retries,
)
from bot.errors import ConfigurationError, EmbeddingFailed, ModelError
from bot.models import EmbeddingSpace
from bot.ports import TokenCounter, Vectors

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import CreateEmbeddingResponse

MAX_INPUTS = 100  # of 2,048 allowed: a larger answer blocks the loop while it is parsed
MAX_REQUEST_TOKENS = 300_000
MAX_INPUT_TOKENS = 8192

Shortening = Literal["parameter", "truncate", "never"]


@dataclass(frozen=True, slots=True)
class EmbeddingModelCard:
    """What is known of an embedding model: its size, and how its vectors may be shortened.

    ``truncate`` is for Matryoshka-trained models alone: cutting other vectors harms them.
    """

    dimensions: int
    shortening: Shortening


KNOWN_MODELS = {
    "text-embedding-3-small": EmbeddingModelCard(1536, "parameter"),
    "text-embedding-3-large": EmbeddingModelCard(3072, "parameter"),
    "text-embedding-ada-002": EmbeddingModelCard(1536, "never"),
    "nomic-embed-text": EmbeddingModelCard(768, "truncate"),
    "mxbai-embed-large": EmbeddingModelCard(1024, "truncate"),
    "snowflake-arctic-embed2": EmbeddingModelCard(1024, "truncate"),
    "bge-m3": EmbeddingModelCard(1024, "never"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIEmbedder:
    """Fulfils ``bot.ports.Embedder``."""

    client: AsyncOpenAI
    counter: TokenCounter
    model: str
    dimensions: int
    shortening: Shortening | None
    patience: Patience = PATIENCE
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def prepare(
        cls,
        model: str,
        *,
        counter: TokenCounter,
        dimensions: int | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        patience: Patience = PATIENCE,
    ) -> OpenAIEmbedder:
        """Return the model ``model``, ``dimensions`` wide where that is asked for.

        The width of a model that Marv does not know is 0 until it is ``measured``.
        Raises ConfigurationError when the model cannot have that width.
        """
        card = KNOWN_MODELS.get(model.partition(":")[0])
        if card is not None:
            _refuse_width(model, card, dimensions)
        shortening: Shortening | None = None
        if dimensions is not None:
            shortening = card.shortening if card else "parameter"
        return cls(
            client=open_client(base_url, api_key, patience=patience),
            counter=counter,
            model=model,
            dimensions=dimensions or (card.dimensions if card else 0),
            shortening=shortening,
            patience=patience,
        )

    @classmethod
    async def open(
        cls,
        model: str,
        *,
        counter: TokenCounter,
        dimensions: int | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        patience: Patience = PATIENCE,
    ) -> OpenAIEmbedder:
        """Return what ``prepare`` does, its width asked of the server where it must be.

        Raises EmbeddingFailed, or another ModelError, when the server does not say.
        """
        embedder = cls.prepare(
            model,
            counter=counter,
            dimensions=dimensions,
            base_url=base_url,
            api_key=api_key,
            patience=patience,
        )
        try:
            return await embedder.measured()
        except ModelError:
            await embedder.close()
            raise

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        return EmbeddingSpace(model=self.model, dimensions=self.dimensions)

    async def measured(self) -> OpenAIEmbedder:
        """Return the embedder with the width that the server's vectors have, unless it is known.

        Raises EmbeddingFailed, or another ModelError, when the server does not say.
        """
        if self.dimensions:
            return self
        [row] = await self._request(["width"])
        return replace(self, dimensions=len(row))

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text, at most 100 texts and 300,000 tokens a request."""
        rows = [np.zeros((0, self.dimensions), dtype=np.float32)]
        rows += [self._shaped(await self._request(batch)) for batch in self._batches(texts)]
        return np.concatenate(rows)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query."""
        [row] = await self.embed_documents([text])
        return np.asarray(row, dtype=np.float32)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _request(self, batch: Sequence[str]) -> list[Vectors]:
        """Return one vector a text, in order, as the server sends them."""
        from openai import omit

        async def request() -> CreateEmbeddingResponse:
            return await self.client.embeddings.create(
                model=self.model,
                input=list(batch),
                encoding_format="base64",
                dimensions=self.dimensions if self.shortening == "parameter" else omit,
            )

        with translated(EmbeddingFailed, self.breaker):
            answer = await with_retries(request, patience=self.patience)
        rows = _rows(answer)
        if len(rows) != len(batch):
            raise EmbeddingFailed(
                f"{self.model} answered {len(rows)} vectors for {len(batch)} texts"
            )
        return rows

    def _shaped(self, rows: list[Vectors]) -> Vectors:
        if len({len(row) for row in rows}) > 1:
            raise EmbeddingFailed(f"{self.model} answered vectors of several widths")
        vectors = np.stack(rows)
        if self.shortening == "truncate":
            vectors = vectors[:, : self.dimensions]
        if vectors.shape[1] != self.dimensions:
            raise EmbeddingFailed(
                f"{self.model} answers {vectors.shape[1]} dimensions, not {self.dimensions}:"
                " set MARV_EMBEDDING_DIMENSIONS to what it has"
            )
        if not np.isfinite(vectors).all():
            raise EmbeddingFailed(f"{self.model} answered a vector that is not finite")
        return normalised(vectors)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        tokens = 0
        for text in texts:
            size = self.counter.count(text)
            if not text.strip() or size > MAX_INPUT_TOKENS:
                raise EmbeddingFailed(f"a text of {size} tokens cannot be embedded")
            if batch and (len(batch) == MAX_INPUTS or tokens + size > MAX_REQUEST_TOKENS):
                yield batch
                batch, tokens = [], 0
            batch.append(text)
            tokens += size
        if batch:
            yield batch


@dataclass(slots=True)
class LateEmbedder:
    """Fulfils ``bot.ports.Embedder`` over a server that need not answer yet.

    Its space has 0 dimensions until the first call that succeeds.
    """

    embedder: OpenAIEmbedder

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        return self.embedder.space

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text."""
        self.embedder = await self.embedder.measured()
        return await self.embedder.embed_documents(texts)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query."""
        self.embedder = await self.embedder.measured()
        return await self.embedder.embed_query(text)

    async def close(self) -> None:
        """Close the connections."""
        await self.embedder.close()


def normalised(vectors: Vectors) -> Vectors:
    """Divide each row by its L2 norm; a zero vector stays zero."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))


def _rows(answer: CreateEmbeddingResponse) -> list[Vectors]:
    """Read an answer, whose shape the client does not check, in the order of its indices."""
    try:
        ordered = sorted(answer.data, key=lambda item: item.index)
        rows = [_decoded(item.embedding) for item in ordered]
    except (AttributeError, TypeError, ValueError) as error:
        raise EmbeddingFailed("the answer is not a list of vectors") from error
    if [item.index for item in ordered] != list(range(len(rows))):
        raise EmbeddingFailed("the answer does not say which vector is whose")
    if any(row.ndim != 1 or row.size == 0 for row in rows):
        raise EmbeddingFailed("the answer holds a vector that is none")
    return rows


def _decoded(embedding: list[float] | str) -> Vectors:
    """Read a vector; some servers ignore ``encoding_format`` and send numbers."""
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
    return np.asarray(embedding, dtype=np.float32)


def _refuse_width(model: str, card: EmbeddingModelCard, dimensions: int | None) -> None:
    if dimensions is None or dimensions == card.dimensions:
        return
    if card.shortening == "never":
        raise ConfigurationError(
            f"MARV_EMBEDDING_DIMENSIONS: {model} always has {card.dimensions};"
            " shortening its vectors would harm them."
        )
    if dimensions > card.dimensions:
        raise ConfigurationError(
            f"MARV_EMBEDDING_DIMENSIONS: {model} has at most {card.dimensions}."
        )
