"""Documents and chunks inside a transaction: what changes, and what goes with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import batches, marks
from bot.audience import Audience
from bot.models import ChunkId, DocumentChange, DocumentId, Provenance, StoredChunk
from bot.terms import index_terms


async def upsert_document(
    connection: aiosqlite.Connection,
    guild_id: int,
    change: DocumentChange,
    provenance: Provenance,
    added_by: int | None,
    audience: Audience,
) -> DocumentId:
    """Write a document's own row and return its id, the old one where it was there.

    A document that is written is there: it is stale no longer.
    """
    now = datetime.now(UTC).isoformat()
    document = change.document
    [[document_id]] = await connection.execute_fetchall(
        "INSERT INTO documents (guild_id, origin, source, title, content_hash, provenance,"
        " added_by, audience, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, origin, source) DO UPDATE SET title = excluded.title,"
        " content_hash = excluded.content_hash, provenance = excluded.provenance,"
        " added_by = excluded.added_by, updated_at = excluded.updated_at,"
        " audience = excluded.audience, stale_since = NULL RETURNING id",
        (
            guild_id,
            change.origin,
            document.source,
            document.title,
            document.content_hash,
            provenance,
            added_by,
            audience.key,
            now,
            now,
        ),
    )
    return DocumentId(document_id)


async def replace_chunks(
    connection: aiosqlite.Connection,
    document_id: DocumentId,
    change: DocumentChange,
    audience: Audience,
    added: dict[ChunkId, StoredChunk],
) -> list[ChunkId]:
    """Write a document's chunks, fill ``added``, and return the ids that have become useless."""
    rows = await connection.execute_fetchall(
        "SELECT id, embed_hash FROM chunks WHERE document_id = ? ORDER BY ordinal", (document_id,)
    )
    old: dict[str, list[ChunkId]] = {}
    for row in rows:
        old.setdefault(row["embed_hash"], []).append(ChunkId(row["id"]))
    for chunk, embed_hash in zip(change.document.chunks, change.embed_hashes, strict=True):
        if kept := old.get(embed_hash):
            await connection.execute(
                "UPDATE chunks SET ordinal = ? WHERE id = ?", (chunk.ordinal, kept.pop(0))
            )
            continue
        heading = json.dumps(chunk.heading, ensure_ascii=False)
        cursor = await connection.execute(
            "INSERT INTO chunks (document_id, ordinal, heading, text, tokens, embed_hash)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (document_id, chunk.ordinal, heading, chunk.text, chunk.tokens, embed_hash),
        )
        chunk_id = ChunkId(int(cursor.lastrowid or 0))
        headings = " ".join((change.document.title, *chunk.heading))
        await connection.execute(
            "INSERT INTO chunk_words (rowid, heading, body) VALUES (?, ?, ?)",
            (chunk_id, index_terms(headings), index_terms(chunk.text)),
        )
        added[chunk_id] = StoredChunk(
            document_id=document_id, embed_hash=embed_hash, audience=audience
        )
    return [chunk_id for left in old.values() for chunk_id in left]


async def audience_of(
    connection: aiosqlite.Connection, guild_id: int, change: DocumentChange
) -> Audience | None:
    """Return the audience that a document has so far, None for a new one."""
    rows = await connection.execute_fetchall(
        "SELECT audience FROM documents WHERE guild_id = ? AND origin = ? AND source = ?",
        (guild_id, change.origin, change.document.source),
    )
    return next((Audience.of_key(row["audience"]) for row in rows), None)


async def chunks_of(
    connection: aiosqlite.Connection, document_id: DocumentId, audience: Audience
) -> dict[ChunkId, StoredChunk]:
    """Return a document's chunks."""
    rows = await connection.execute_fetchall(
        "SELECT id, embed_hash FROM chunks WHERE document_id = ?", (document_id,)
    )
    return {
        ChunkId(row["id"]): StoredChunk(
            document_id=document_id, embed_hash=row["embed_hash"], audience=audience
        )
        for row in rows
    }


async def delete_chunks(connection: aiosqlite.Connection, chunk_ids: Sequence[ChunkId]) -> None:
    """Delete chunks, their words, and the vectors that no chunk needs any more."""
    for batch in batches(chunk_ids):
        bound = marks(batch)
        hashes = [
            row["embed_hash"]
            for row in await connection.execute_fetchall(
                f"SELECT embed_hash FROM chunks WHERE id IN ({bound})",  # noqa: S608
                batch,
            )
        ]
        await connection.execute(f"DELETE FROM chunk_words WHERE rowid IN ({bound})", batch)  # noqa: S608
        await connection.execute(f"DELETE FROM chunks WHERE id IN ({bound})", batch)  # noqa: S608
        await connection.execute(
            f"DELETE FROM vectors WHERE embed_hash IN ({marks(hashes)})"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.embed_hash = vectors.embed_hash)",
            hashes,
        )
