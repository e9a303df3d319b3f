"""The library: what parses documents, stores them and finds their passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.audience import Audience
from bot.models import (
    ChunkId,
    Document,
    DocumentChange,
    DocumentId,
    EmbeddingSpace,
    KnownDocument,
    LibraryChange,
    LibraryStatus,
    ParsedDocument,
    Passage,
    Provenance,
    StoredChunk,
)
from bot.ports.models import Vectors


class DocumentParser(Protocol):
    """Reads untrusted files."""

    async def parse(
        self, content: bytes, *, source: str, suffix: str = ""
    ) -> tuple[ParsedDocument, ...]:
        """Return the documents that a file holds, cut into chunks.

        A file is one document, named by ``source``; a JSON-lines corpus is one
        a line. ``suffix`` (``.html``) says what the file is where somebody
        knows better than its name. Raises DocumentRefused with the reason for a file that is
        empty, broken, too large, of an unknown kind or hostile.
        """
        ...

    async def close(self) -> None:
        """Stop what the parser started."""
        ...


class PassageIndex(Protocol):
    """The dense index: vectors by chunk id, one collection a guild and space."""

    async def upsert(
        self,
        guild_id: int,
        vectors: Mapping[ChunkId, Vectors],
        chunks: Mapping[ChunkId, StoredChunk],
    ) -> None:
        """Store vectors, each with the document and the audience of its chunk."""
        ...

    async def delete(self, guild_id: int, chunk_ids: Iterable[ChunkId]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    async def nearest(
        self,
        guild_id: int,
        vector: Vectors,
        *,
        limit: int,
        audiences: frozenset[Audience] | None = None,
    ) -> tuple[tuple[ChunkId, float], ...]:
        """Return up to ``limit`` chunk ids with their cosine similarity, best first.

        Only chunks of ``audiences``, where they are given; an empty set finds nothing.
        """
        ...

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, str]:
        """Return every chunk id that the index holds for the guild, with its audience's key."""
        ...

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have a collection in this space."""
        ...


class Library(Protocol):
    """The stored documents, their chunks, vectors and lexical index: the truth."""

    async def documents(self, guild_id: int) -> tuple[Document, ...]:
        """Return the guild's documents, by title."""
        ...

    async def status(self, guild_id: int, audiences: frozenset[Audience]) -> LibraryStatus:
        """Return how much of the guild's library belongs to some audiences."""
        ...

    async def audiences(self, guild_id: int) -> frozenset[Audience]:
        """Return the audiences that the guild's documents have."""
        ...

    async def set_audience(
        self, guild_id: int, document_id: DocumentId, audience: Audience
    ) -> LibraryChange:
        """Change who may see a document; its chunks are the change's ``added``.

        Raises DocumentUnknown when the guild has no such document.
        """
        ...

    async def set_stale(self, guild_id: int, origin: str, since: datetime | None) -> int:
        """Mark an origin's documents as gone from their source, or as there again.

        A document that is marked keeps its first date. Returns how many changed.
        """
        ...

    async def known(self, guild_id: int, origin: str) -> Mapping[str, KnownDocument]:
        """Return each document of an origin, by source."""
        ...

    async def origins(self, guild_id: int, prefix: str) -> frozenset[str]:
        """Return the origins of the guild's documents that begin with ``prefix``."""
        ...

    async def replace(
        self,
        guild_id: int,
        changes: Sequence[DocumentChange],
        *,
        provenance: Provenance,
        added_by: int | None,
        audience: Audience | None,
    ) -> LibraryChange:
        """Write documents in one transaction; chunks whose text is unchanged keep their ids.

        Without an ``audience`` a document keeps the one it has; a new one is for
        everyone. Chunks of a document whose audience changed are all among ``added``.
        """
        ...

    async def remove(self, guild_id: int, document_ids: Sequence[DocumentId]) -> LibraryChange:
        """Remove documents in one transaction.

        Raises DocumentUnknown when the guild has no such document; then none is removed.
        """
        ...

    async def vectors(self, space: EmbeddingSpace, hashes: Iterable[str]) -> Mapping[str, Vectors]:
        """Return the stored vectors of these texts; a missing one is left out."""
        ...

    async def sample_vectors(self, guild_id: int, space: EmbeddingSpace, *, limit: int) -> Vectors:
        """Return up to ``limit`` of the guild's vectors, one a row, always the same ones."""
        ...

    async def put_vectors(self, space: EmbeddingSpace, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by the hash of their text."""
        ...

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, StoredChunk]:
        """Return every chunk of the guild."""
        ...

    async def embed_texts(self, chunk_ids: Iterable[ChunkId]) -> Mapping[ChunkId, str]:
        """Return the text that stands for each chunk in the dense index."""
        ...

    async def passages(
        self,
        guild_id: int,
        chunk_ids: Iterable[ChunkId],
        *,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> Mapping[ChunkId, tuple[Passage, Vectors | None]]:
        """Return the passages of these chunks and their vectors, by what the database says now.

        One that is gone, another guild's, or another audience's is left out.
        """
        ...

    async def lexical(
        self,
        guild_id: int,
        query: str,
        *,
        limit: int,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> tuple[tuple[Passage, Vectors | None, float], ...]:
        """Return up to ``limit`` passages, their vectors and BM25 (higher is better), best first.

        Only passages of ``audiences``; an empty set finds nothing.
        """
        ...

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have documents."""
        ...
