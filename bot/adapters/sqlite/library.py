"""Documents, chunks, vectors and the lexical index in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import aiosqlite
import numpy as np

from bot.adapters.sqlite.chunk_writes import (
    audience_of,
    chunks_of,
    delete_chunks,
    replace_chunks,
    upsert_document,
)
from bot.adapters.sqlite.database import Database, Row, batches, marks
from bot.audience import EVERYONE, Audience
from bot.faults.library import DocumentUnknown
from bot.glossary import shipped_glossary
from bot.models import (
    ChunkId,
    Document,
    DocumentChange,
    DocumentId,
    EmbeddingSpace,
    KnownDocument,
    LibraryChange,
    LibraryStatus,
    Passage,
    Provenance,
    StoredChunk,
    embedded_text,
)
from bot.ports import Vectors
from bot.terms import content_terms, is_single_character, query_terms

MAX_QUERY_TERMS = 64  # of a longer query; each term is one posting list to merge
RANK = "bm25(2.0, 1.0)"  # a word of the heading counts twice
HEADROOM = 3  # times as many matches are looked up as are wanted
PASSAGE = (
    "c.id, c.document_id, c.heading, c.text, d.title, d.source, d.stale_since, v.vector"
    " FROM {chunks} CROSS JOIN documents d ON d.id = c.document_id"
    " LEFT JOIN vectors v ON v.space = ? AND v.embed_hash = c.embed_hash"
)
LEXICAL = (  # constants, and marks for the audiences
    "WITH best AS MATERIALIZED (SELECT rowid AS id, -rank AS score FROM chunk_words"  # noqa: S608
    " WHERE chunk_words MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?),"
    " wanted AS MATERIALIZED (SELECT best.id, best.score FROM best"
    " CROSS JOIN chunks c ON c.id = best.id CROSS JOIN documents d ON d.id = c.document_id"
    " WHERE d.guild_id = ? AND d.audience IN ({audiences})"
    " ORDER BY best.score DESC, best.id LIMIT ?)"
    " SELECT wanted.score, "
    + PASSAGE.format(chunks="wanted CROSS JOIN chunks c ON c.id = wanted.id")
    + " ORDER BY wanted.score DESC, wanted.id"
)


@dataclass(frozen=True, slots=True)
class SqliteLibrary:
    """Fulfils ``bot.ports.Library``."""

    database: Database

    async def documents(self, guild_id: int) -> tuple[Document, ...]:
        """Return the guild's documents, by title."""
        rows = await self.database.rows(
            "SELECT d.*, count(c.id) AS chunks FROM documents d"
            " LEFT JOIN chunks c ON c.document_id = d.id"
            " WHERE d.guild_id = ? GROUP BY d.id ORDER BY d.title COLLATE NOCASE, d.id",
            (guild_id,),
        )
        return tuple(_document(row) for row in rows)

    async def status(self, guild_id: int, audiences: frozenset[Audience]) -> LibraryStatus:
        """Return how much of the guild's library belongs to some audiences."""
        keys = _keys(audiences)
        [row] = await self.database.rows(
            "SELECT count(DISTINCT d.id) AS documents, count(c.id) AS chunks,"  # noqa: S608 - marks
            " coalesce(sum(c.tokens), 0) AS tokens, max(d.updated_at) AS updated_at"
            " FROM documents d LEFT JOIN chunks c ON c.document_id = d.id WHERE d.guild_id = ?"
            f" AND d.audience IN ({marks(keys)})",
            (guild_id, *keys),
        )
        return LibraryStatus(
            documents=row["documents"],
            chunks=row["chunks"],
            tokens=row["tokens"],
            updated_at=datetime.fromisoformat(row["updated_at"]) if row["updated_at"] else None,
        )

    async def audiences(self, guild_id: int) -> frozenset[Audience]:
        """Return the audiences that the guild's documents have, one index look-up each."""
        rows = await self.database.rows(
            "WITH RECURSIVE seen (key) AS ("
            "SELECT min(audience) FROM documents WHERE guild_id = ?1 UNION ALL"
            " SELECT (SELECT min(audience) FROM documents WHERE guild_id = ?1 AND audience > key)"
            " FROM seen WHERE key IS NOT NULL) SELECT key FROM seen WHERE key IS NOT NULL",
            (guild_id,),
        )
        return frozenset(Audience.of_key(row["key"]) for row in rows)

    async def set_audience(
        self, guild_id: int, document_id: DocumentId, audience: Audience
    ) -> LibraryChange:
        """Change who may see a document, in one transaction."""

        async def work(connection: aiosqlite.Connection) -> LibraryChange:
            cursor = await connection.execute(
                "UPDATE documents SET audience = ? WHERE id = ? AND guild_id = ?",
                (audience.key, document_id, guild_id),
            )
            if not cursor.rowcount:
                raise DocumentUnknown(f"document {document_id}")
            chunks = await chunks_of(connection, document_id, audience)
            return LibraryChange(added=chunks, removed=())

        return await self.database.write(work)

    async def set_stale(self, guild_id: int, origin: str, since: datetime | None) -> int:
        """Mark an origin's documents as gone from their source, or as there again."""

        async def work(connection: aiosqlite.Connection) -> int:
            cursor = await connection.execute(
                "UPDATE documents SET stale_since = ? WHERE guild_id = ? AND origin = ?"
                " AND (stale_since IS NULL) <> (? IS NULL)",
                (since and since.isoformat(), guild_id, origin, since and since.isoformat()),
            )
            return cursor.rowcount

        return await self.database.write(work)

    async def known(self, guild_id: int, origin: str) -> Mapping[str, KnownDocument]:
        """Return each document of an origin, by source."""
        rows = await self.database.rows(
            "SELECT id, source, content_hash, audience FROM documents"
            " WHERE guild_id = ? AND origin = ?",
            (guild_id, origin),
        )
        return {
            row["source"]: KnownDocument(
                id=DocumentId(row["id"]),
                content_hash=row["content_hash"],
                audience=Audience.of_key(row["audience"]),
            )
            for row in rows
        }

    async def origins(self, guild_id: int, prefix: str) -> frozenset[str]:
        """Return the origins of the guild's documents that begin with ``prefix``."""
        rows = await self.database.rows(
            "SELECT DISTINCT origin FROM documents WHERE guild_id = ?"
            " AND substr(origin, 1, length(?)) = ?",
            (guild_id, prefix, prefix),
        )
        return frozenset(row["origin"] for row in rows)

    async def replace(
        self,
        guild_id: int,
        changes: Sequence[DocumentChange],
        *,
        provenance: Provenance,
        added_by: int | None,
        audience: Audience | None,
    ) -> LibraryChange:
        """Write documents in one transaction; chunks whose text is unchanged keep their ids."""

        async def work(connection: aiosqlite.Connection) -> LibraryChange:
            added: dict[ChunkId, StoredChunk] = {}
            removed: list[ChunkId] = []
            for change in changes:
                had = await audience_of(connection, guild_id, change)
                has = audience or had or EVERYONE
                document_id = await upsert_document(
                    connection, guild_id, change, provenance, added_by, has
                )
                removed.extend(await replace_chunks(connection, document_id, change, has, added))
                if had not in (None, has):  # the index has to learn of it, for every chunk
                    added.update(await chunks_of(connection, document_id, has))
            await delete_chunks(connection, removed)
            return LibraryChange(added=added, removed=tuple(removed))

        return await self.database.write(work)

    async def remove(self, guild_id: int, document_ids: Sequence[DocumentId]) -> LibraryChange:
        """Remove documents in one transaction, their words and orphaned vectors with them."""

        async def work(connection: aiosqlite.Connection) -> LibraryChange:
            removed: list[ChunkId] = []
            for document_id in document_ids:
                owned = await connection.execute_fetchall(
                    "SELECT 1 FROM documents WHERE id = ? AND guild_id = ?", (document_id, guild_id)
                )
                if not owned:
                    raise DocumentUnknown(f"document {document_id}")
                rows = await connection.execute_fetchall(
                    "SELECT id FROM chunks WHERE document_id = ?", (document_id,)
                )
                removed.extend(ChunkId(row["id"]) for row in rows)
            await delete_chunks(connection, removed)
            await connection.executemany(
                "DELETE FROM documents WHERE id = ?", [(each,) for each in document_ids]
            )
            # the words of deleted rows stay in the index's segments until they are merged
            await connection.execute("INSERT INTO chunk_words (chunk_words) VALUES ('optimize')")
            return LibraryChange(added={}, removed=tuple(removed))

        return await self.database.write(work)

    async def vectors(self, space: EmbeddingSpace, hashes: Iterable[str]) -> Mapping[str, Vectors]:
        """Return the stored vectors of these texts; a missing one is left out."""
        found: dict[str, Vectors] = {}
        for batch in batches(dict.fromkeys(hashes)):
            rows = await self.database.rows(
                "SELECT embed_hash, vector FROM vectors WHERE space = ?"  # noqa: S608 - marks only
                f" AND embed_hash IN ({marks(batch)})",
                (space.key, *batch),
            )
            found.update((row["embed_hash"], _numbers(row["vector"])) for row in rows)
        return found

    async def sample_vectors(self, guild_id: int, space: EmbeddingSpace, *, limit: int) -> Vectors:
        """Return some of the guild's vectors, in the order of their hashes: as good as chance."""
        rows = await self.database.rows(
            "SELECT v.vector FROM chunks c INDEXED BY chunks_by_hash"
            " CROSS JOIN documents d ON d.id = c.document_id AND d.guild_id = ?"
            " CROSS JOIN vectors v ON v.space = ? AND v.embed_hash = c.embed_hash"
            " ORDER BY c.embed_hash, c.id LIMIT ?",
            (guild_id, space.key, limit),
        )
        sample = [_numbers(row["vector"]) for row in rows]
        return np.stack(sample) if sample else np.zeros((0, space.dimensions), dtype=np.float32)

    async def put_vectors(self, space: EmbeddingSpace, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by the hash of their text, as float16."""
        values = [
            (space.key, text_hash, vector.astype("<f2").tobytes())
            for text_hash, vector in vectors.items()
        ]

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.executemany(
                "INSERT OR REPLACE INTO vectors (space, embed_hash, vector) VALUES (?, ?, ?)",
                values,
            )

        await self.database.write(work)

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, StoredChunk]:
        """Return every chunk of the guild."""
        rows = await self.database.rows(
            "SELECT c.id, c.document_id, c.embed_hash, d.audience FROM chunks c"
            " JOIN documents d ON d.id = c.document_id WHERE d.guild_id = ?",
            (guild_id,),
        )
        return {
            ChunkId(row["id"]): StoredChunk(
                document_id=DocumentId(row["document_id"]),
                embed_hash=row["embed_hash"],
                audience=Audience.of_key(row["audience"]),
            )
            for row in rows
        }

    async def embed_texts(self, chunk_ids: Iterable[ChunkId]) -> Mapping[ChunkId, str]:
        """Return the text that stands for each chunk in the dense index."""
        rows = await self._chunk_rows(chunk_ids)
        return {
            ChunkId(row["id"]): embedded_text(row["title"], json.loads(row["heading"]), row["text"])
            for row in rows
        }

    async def passages(
        self,
        guild_id: int,
        chunk_ids: Iterable[ChunkId],
        *,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> Mapping[ChunkId, tuple[Passage, Vectors | None]]:
        """Return the passages of these chunks and their vectors, by what the database says now."""
        keys = _keys(audiences)
        found: dict[ChunkId, tuple[Passage, Vectors | None]] = {}
        for batch in batches(chunk_ids):
            rows = await self.database.rows(
                f"SELECT {PASSAGE.format(chunks='chunks c')}"
                f" WHERE c.id IN ({marks(batch)}) AND d.guild_id = ?"
                f" AND d.audience IN ({marks(keys)})",
                (space.key, *batch, guild_id, *keys),
            )
            found.update((ChunkId(row["id"]), (_passage(row), _vector(row))) for row in rows)
        return found

    async def lexical(
        self,
        guild_id: int,
        query: str,
        *,
        limit: int,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> tuple[tuple[Passage, Vectors | None, float], ...]:
        """Return passages by BM25 (SQLite FTS5's bm25(), sign turned), best first."""
        if not (match := _match(query)):
            return ()
        keys = _keys(audiences)
        deep = limit * HEADROOM
        while True:  # looking up the best few is thrice as fast as joining all that match
            rows = await self.database.rows(
                LEXICAL.format(audiences=marks(keys)),
                (match, RANK, deep, guild_id, *keys, limit, space.key),
            )
            if len(rows) >= limit or await self._matches(match) <= deep:
                return tuple((_passage(row), _vector(row), float(row["score"])) for row in rows)
            deep *= 8  # others' documents were in the way

    async def _matches(self, match: str) -> int:
        [[count]] = await self.database.rows(
            "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ?", (match,)
        )
        return int(count)

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have documents."""
        rows = await self.database.rows("SELECT DISTINCT guild_id FROM documents")
        return frozenset(row["guild_id"] for row in rows)

    async def _chunk_rows(self, chunk_ids: Iterable[ChunkId]) -> list[Row]:
        found: list[Row] = []
        for batch in batches(chunk_ids):
            found.extend(
                await self.database.rows(
                    "SELECT c.*, d.title"  # noqa: S608
                    " FROM chunks c JOIN documents d ON d.id = c.document_id"
                    f" WHERE c.id IN ({marks(batch)})",
                    batch,
                )
            )
        return found


def _document(row: Row) -> Document:
    return Document(
        id=DocumentId(row["id"]),
        guild_id=row["guild_id"],
        source=row["source"],
        title=row["title"],
        chunks=row["chunks"],
        provenance=Provenance(row["provenance"]),
        added_by=row["added_by"],
        updated_at=datetime.fromisoformat(row["updated_at"]),
        audience=Audience.of_key(row["audience"]),
        stale_since=_time(row["stale_since"]),
    )


def _match(query: str) -> str:
    """Return the FTS5 query for any of a text's words, or what the other language calls them."""
    terms = content_terms(query)[:MAX_QUERY_TERMS]
    foreign = shipped_glossary().translations(query)[:MAX_QUERY_TERMS]
    phrases = (" ".join(query_terms(word)) for word in foreign)
    wanted = dict.fromkeys((*terms, *phrases))
    return " OR ".join(
        f'"{each}"*' if is_single_character(each) else f'"{each}"' for each in wanted
    )


def _passage(row: Row) -> Passage:
    return Passage(
        chunk_id=ChunkId(row["id"]),
        document_id=DocumentId(row["document_id"]),
        title=row["title"],
        heading=tuple(json.loads(row["heading"])),
        text=row["text"],
        source=row["source"],
        stale_since=_time(row["stale_since"]),
    )


def _vector(row: Row) -> Vectors | None:
    stored = row["vector"]
    return None if stored is None else _numbers(stored)


def _numbers(stored: bytes) -> Vectors:
    return np.frombuffer(stored, dtype="<f2").astype(np.float32)


def _keys(audiences: Iterable[Audience]) -> tuple[str, ...]:
    return tuple(audience.key for audience in audiences)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
