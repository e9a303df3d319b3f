"""The library desk: what staff can do with documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import DocumentUnknown, EmptyQuestion, TooLong
from bot.models import Document, DocumentId, LibraryStatus
from bot.ports import Library
from bot.services.ingest import Batch, Ingest, IngestReport, Progress, SourceFile

MAX_TITLE_CHARACTERS = 200
SUGGESTIONS = 25  # choices that Discord shows


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryDesk:
    """Adds, lists and removes documents of a guild."""

    library: Library
    ingest: Ingest

    async def add_file(
        self,
        guild_id: int,
        name: str,
        content: bytes,
        *,
        added_by: int,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Add an uploaded file; one of the same name is replaced.

        Raises DocumentRefused with the reason.
        """
        file = SourceFile(origin=f"upload:{name}", source=name, read=lambda: content)
        return await self._add(guild_id, file, added_by=added_by, progress=progress)

    async def add_text(
        self, guild_id: int, *, title: str, text: str, added_by: int
    ) -> IngestReport:
        """Add a text, read as Markdown, under a title; one of the same title is replaced."""
        if not (title := " ".join(title.split())) or not text.strip():
            raise EmptyQuestion
        if len(title) > MAX_TITLE_CHARACTERS:
            raise TooLong(MAX_TITLE_CHARACTERS)
        content = f"# {title}\n\n{text}".encode()
        file = SourceFile(origin=f"text:{title}", source=f"{title}.md", read=lambda: content)
        return await self._add(guild_id, file, added_by=added_by, progress=None)

    async def _add(
        self, guild_id: int, file: SourceFile, *, added_by: int, progress: Progress | None
    ) -> IngestReport:
        batch = Batch(guild_id=guild_id, added_by=added_by)
        report = await self.ingest.files(batch, [file], progress=progress)
        if report.refusals:
            raise report.refusals[0].error
        return report

    async def documents(self, guild_id: int) -> tuple[Document, ...]:
        """Return the guild's documents, by title."""
        return await self.library.documents(guild_id)

    async def suggest(self, guild_id: int, typed: str) -> Sequence[Document]:
        """Return at most 25 documents whose title or source holds what was typed."""
        wanted = typed.casefold()
        return [
            document
            for document in await self.library.documents(guild_id)
            if wanted in f"{document.title}\n{document.source}".casefold()
        ][:SUGGESTIONS]

    async def remove(self, guild_id: int, chosen: str) -> Document:
        """Remove the document with this id, source or title; return what it was.

        Raises DocumentUnknown when none fits.
        """
        documents = await self.library.documents(guild_id)
        for document in documents:
            if chosen in (str(document.id), document.source, document.title):
                await self.ingest.remove(guild_id, [DocumentId(document.id)])
                return document
        raise DocumentUnknown(chosen)

    async def status(self, guild_id: int) -> LibraryStatus:
        """Return how much the library holds."""
        return await self.library.status(guild_id)
