"""Ingest: documents in, chunks embedded once, the index kept equal to the truth."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.audience import Audience
from bot.errors import IndexUnavailable
from bot.models import (
    ChunkId,
    DocumentChange,
    DocumentId,
    EmbeddingSpace,
    KnownDocument,
    LibraryChange,
    ParsedDocument,
    Provenance,
    StoredChunk,
    embedded_text,
)
from bot.paying import paying
from bot.ports import DocumentParser, Embedder, Library, PassageIndex, Vectors
from bot.refusals import DocumentRefused
from bot.services.health import Health, Piece
from bot.usage import Payer

GROUP_CHUNKS = 100  # chunks written together: one embedding request, one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to ingest: what to call it and how to read it.

    ``origin`` names the file for ever: reading it again replaces what it held.
    ``source`` is what members see. ``suffix`` says what the file is where the
    source does not.
    """

    origin: str
    source: str
    read: Callable[[], bytes]
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that was not taken, and why."""

    source: str
    error: DocumentRefused


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What an ingest did, in documents and chunks; grows while it runs."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """Return how many documents were taken or known."""
        return self.added + self.changed + self.unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Where an ingest's documents belong, who brought them and who may see them.

    Without an ``audience`` a document keeps the one it has; a new one is for everyone.
    """

    guild_id: int
    provenance: Provenance = Provenance.STAFF
    added_by: int | None = None
    audience: Audience | None = None


Progress = Callable[[int, int, IngestReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Brings documents into the library and the dense index.

    SQLite is written first, one transaction a group; the index follows. What a
    crash leaves undone between the two is found by ``reconcile``.
    """

    library: Library
    index: PassageIndex
    embedder: Embedder
    parser: DocumentParser
    health: Health = field(default_factory=Health)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def files(
        self,
        batch: Batch,
        files: Sequence[SourceFile],
        *,
        roots: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> IngestReport:
        """Ingest files; a refused one is reported, keeps what it held, and the rest goes on.

        What a file no longer holds is removed, and so are the documents of
        files that are gone from under ``roots`` (prefixes of origins).
        """
        started = time.perf_counter()
        report = IngestReport()
        async with self.lock:
            group: list[DocumentChange] = []
            for number, file in enumerate(files):
                _tell(progress, number, len(files), report)
                for change in await self._news(batch, file, report):
                    group.append(change)
                    if sum(len(each.embed_hashes) for each in group) >= GROUP_CHUNKS:
                        await self._write(batch, group, report)
                        _tell(progress, number, len(files), report)
                        group = []
            await self._write(batch, group, report)
            await self._remove_vanished(batch.guild_id, files, roots, report)
        report.seconds = time.perf_counter() - started
        _tell(progress, len(files), len(files), report)
        return report

    async def remove(self, guild_id: int, document_ids: Sequence[DocumentId]) -> None:
        """Remove documents from the library and the index."""
        async with self.lock:
            await self._remove(guild_id, document_ids)

    async def set_audience(
        self, guild_id: int, document_id: DocumentId, audience: Audience
    ) -> None:
        """Change who may see a document, in the library and then in the index."""
        async with self.lock:
            change = await self.library.set_audience(guild_id, document_id, audience)
            await self._follow(guild_id, change, IngestReport())

    async def reconcile(self) -> int:
        """Make the index equal to the library, in every guild; return how many chunks differed."""
        differed = 0
        async with self.lock:
            guilds = await self.library.guild_ids() | await self.index.guild_ids()
            for guild_id in sorted(guilds):
                differed += await self._reconcile_guild(guild_id)
        return differed

    async def _reconcile_guild(self, guild_id: int) -> int:
        wanted = await self.library.chunks(guild_id)
        held = await self.index.chunks(guild_id)
        missing = {
            id_: chunk for id_, chunk in wanted.items() if held.get(id_) != chunk.audience.key
        }
        surplus = held.keys() - wanted.keys()
        for group in _groups(missing):
            await self._index(guild_id, {id_: missing[id_] for id_ in group}, IngestReport())
        await self.index.delete(guild_id, surplus)
        return len(missing) + len(surplus)

    async def _news(
        self, batch: Batch, file: SourceFile, report: IngestReport
    ) -> list[DocumentChange]:
        """Return what is new or changed in a file, and remove what it no longer holds."""
        guild_id = batch.guild_id
        try:
            content = await asyncio.to_thread(file.read)
            documents = await self.parser.parse(content, source=file.source, suffix=file.suffix)
        except DocumentRefused as error:
            report.refusals.append(Refusal(source=file.source, error=error))
            return []
        known = await self.library.known(guild_id, file.origin)
        unique = {document.source: document for document in documents}
        gone = [document.id for source, document in known.items() if source not in unique]
        await self._remove(guild_id, gone)
        report.removed += len(gone)
        return [
            _change(file.origin, document)
            for document in unique.values()
            if _is_news(document, known.get(document.source), batch.audience, report)
        ]

    async def _remove_vanished(
        self,
        guild_id: int,
        files: Sequence[SourceFile],
        roots: Sequence[str],
        report: IngestReport,
    ) -> None:
        present = {file.origin for file in files}
        for root in roots:
            for origin in sorted(await self.library.origins(guild_id, root) - present):
                known = await self.library.known(guild_id, origin)
                await self._remove(guild_id, [document.id for document in known.values()])
                report.removed += len(known)

    async def _write(
        self, batch: Batch, changes: Sequence[DocumentChange], report: IngestReport
    ) -> None:
        if not changes:
            return
        texts = {
            text_hash: text
            for change in changes
            for text_hash, text in _embedded_texts(change.document)
        }
        with paying(Payer(guild_id=batch.guild_id)):
            await self._embed_missing(texts, report)
        written = await self.library.replace(
            batch.guild_id,
            changes,
            provenance=batch.provenance,
            added_by=batch.added_by,
            audience=batch.audience,
        )
        report.chunks += len(written.added)
        await self._follow(batch.guild_id, written, report)

    async def _remove(self, guild_id: int, document_ids: Sequence[DocumentId]) -> None:
        if document_ids:
            change = await self.library.remove(guild_id, document_ids)
            await self._follow(guild_id, change, IngestReport())

    async def _follow(self, guild_id: int, change: LibraryChange, report: IngestReport) -> None:
        """Bring the index after the library."""
        try:
            await self._index(guild_id, change.added, report)
            await self.index.delete(guild_id, change.removed)
        except IndexUnavailable as error:
            self.health.lost(Piece.INDEX, error)  # whoever brings it back indexes them
            raise IndexUnavailable(
                f"{error}; the library has the documents, and they are indexed once it answers"
            ) from error

    async def _index(
        self,
        guild_id: int,
        chunks: Mapping[ChunkId, StoredChunk],
        report: IngestReport,
    ) -> None:
        space = await self._space()
        hashes = {chunk.embed_hash for chunk in chunks.values()}
        vectors = dict(await self.library.vectors(space, hashes))
        if lost := {id_ for id_, chunk in chunks.items() if chunk.embed_hash not in vectors}:
            texts = await self.library.embed_texts(lost)
            with paying(Payer(guild_id=guild_id)):
                await self._embed_missing(
                    {chunks[id_].embed_hash: text for id_, text in texts.items()}, report
                )
            vectors.update(await self.library.vectors(space, hashes - vectors.keys()))
        await self.index.upsert(
            guild_id,
            {id_: vectors[chunk.embed_hash] for id_, chunk in chunks.items()},
            chunks,
        )

    async def _space(self) -> EmbeddingSpace:
        """Return the space of the embedder, which may have yet to ask its server for the width."""
        if not self.embedder.space.dimensions:
            await self.embedder.embed_query("width")
        return self.embedder.space

    async def _embed_missing(self, texts: dict[str, str], report: IngestReport) -> None:
        """Embed the texts that this space has no vector of, and store the vectors."""
        space = await self._space()
        known = await self.library.vectors(space, texts)
        missing = [text_hash for text_hash in texts if text_hash not in known]
        if not missing:
            return
        rows = await self.embedder.embed_documents([texts[text_hash] for text_hash in missing])
        stored: dict[str, Vectors] = dict(zip(missing, rows, strict=True))
        await self.library.put_vectors(space, stored)
        report.embedded += len(missing)


def _tell(progress: Progress | None, done: int, total: int, report: IngestReport) -> None:
    if progress:
        progress(done, total, report)


def _is_news(
    document: ParsedDocument,
    known: KnownDocument | None,
    audience: Audience | None,
    report: IngestReport,
) -> bool:
    """Count a document, and tell whether the library does not hold it as it is."""
    if known is None:
        report.added += 1
        return True
    if known.content_hash == document.content_hash and audience in (None, known.audience):
        report.unchanged += 1
        return False
    report.changed += 1
    return True


def _embedded_texts(document: ParsedDocument) -> Iterator[tuple[str, str]]:
    """Yield the hash and the text of what is embedded of each chunk, in order."""
    for chunk in document.chunks:
        text = embedded_text(document.title, chunk.heading, chunk.text)
        yield hashlib.sha256(text.encode()).hexdigest(), text


def _change(origin: str, document: ParsedDocument) -> DocumentChange:
    hashes = tuple(text_hash for text_hash, _ in _embedded_texts(document))
    return DocumentChange(origin=origin, document=document, embed_hashes=hashes)


def _groups(chunk_ids: Iterable[ChunkId]) -> Iterator[list[ChunkId]]:
    ordered = sorted(chunk_ids)
    for start in range(0, len(ordered), GROUP_CHUNKS):
        yield ordered[start : start + GROUP_CHUNKS]
