"""The library desk: what staff can do with documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.audience import Audience, Viewer
from bot.errors import EmptyQuestion, TooLong
from bot.faults.library import DocumentUnknown
from bot.models import Document, DocumentId, LibraryStatus
from bot.ports import Library
from bot.services.ingest import Batch, Ingest, IngestReport, Progress, SourceFile

ANSWER_MARK = "\n\nA: "  # between a question and the staff's answer
ANSWER_TITLE_CHARACTERS = 80
MAX_TITLE_CHARACTERS = 200
SUGGESTIONS = 25  # choices that Discord shows


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, with a mark where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


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
        audience: Audience | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Add an uploaded file; one of the same name is replaced.

        Without an ``audience`` it keeps the one it had, or is for everyone.
        Raises DocumentRefused with the reason.
        """
        batch = Batch(guild_id=guild_id, added_by=added_by, audience=audience)
        file = SourceFile(origin=f"upload:{name}", source=name, read=lambda: content)
        return await self._add(batch, file, progress=progress)

    async def add_text(
        self,
        guild_id: int,
        *,
        title: str,
        text: str,
        added_by: int,
        audience: Audience | None = None,
    ) -> IngestReport:
        """Add a text, read as Markdown, under a title; one of the same title is replaced."""
        if not (title := " ".join(title.split())) or not text.strip():
            raise EmptyQuestion
        if len(title) > MAX_TITLE_CHARACTERS:
            raise TooLong(MAX_TITLE_CHARACTERS)
        content = f"# {title}\n\n{text}".encode()
        file = SourceFile(origin=f"text:{title}", source=f"{title}.md", read=lambda: content)
        batch = Batch(guild_id=guild_id, added_by=added_by, audience=audience)
        return await self._add(batch, file, progress=None)

    async def add_answer(
        self,
        guild_id: int,
        *,
        origin: str,
        question: str,
        answer: str,
        added_by: int,
        audience: Audience,
    ) -> IngestReport:
        """Add the staff's answer to a question; one of the same ``origin`` is replaced.

        Raises EmptyQuestion when either is blank.
        """
        question, answer = " ".join(question.split()), answer.strip()
        if not question or not answer:
            raise EmptyQuestion
        title = shortened(question, MAX_TITLE_CHARACTERS)
        content = f"# {title}\n\nQ: {question}{ANSWER_MARK}{answer}".encode()
        file = SourceFile(origin=origin, source=f"{title}.md", read=lambda: content)
        batch = Batch(guild_id=guild_id, added_by=added_by, audience=audience)
        return await self._add(batch, file, progress=None)

    async def without_question(self, guild_id: int, origin: str) -> None:
        """Take the question out of a staff's answer; what is no such answer is removed."""
        known = await self.library.known(guild_id, origin)
        ids = {document.id: document.audience for document in known.values()}
        answer = (await self._text(guild_id, frozenset(ids))).partition(ANSWER_MARK)[2].strip()
        if not answer:
            await self.ingest.remove(guild_id, list(ids))
            return
        title = shortened(" ".join(answer.split()), ANSWER_TITLE_CHARACTERS)
        content = f"# {title}\n\n{answer}".encode()
        file = SourceFile(origin=origin, source=f"{title}.md", read=lambda: content)
        [audience, *_] = ids.values()
        await self._add(Batch(guild_id=guild_id, audience=audience), file, progress=None)

    async def _text(self, guild_id: int, document_ids: frozenset[DocumentId]) -> str:
        """Return the text of documents as their chunks hold it."""
        chunks = await self.library.chunks(guild_id)
        ids = sorted(id_ for id_, chunk in chunks.items() if chunk.document_id in document_ids)
        texts = await self.library.embed_texts(ids)
        return "\n\n".join(texts[id_].partition("\n")[2] for id_ in ids)

    async def _add(
        self, batch: Batch, file: SourceFile, *, progress: Progress | None
    ) -> IngestReport:
        report = await self.ingest.files(batch, [file], progress=progress)
        if report.refusals:
            raise report.refusals[0].error
        return report

    async def documents(self, guild_id: int, *, viewer: Viewer) -> tuple[Document, ...]:
        """Return the guild's documents that the viewer may see, by title."""
        documents = await self.library.documents(guild_id)
        return tuple(document for document in documents if viewer(document.audience))

    async def suggest(self, guild_id: int, typed: str, *, viewer: Viewer) -> Sequence[Document]:
        """Return at most 25 documents whose title or source holds what was typed."""
        wanted = typed.casefold()
        return [
            document
            for document in await self.documents(guild_id, viewer=viewer)
            if wanted in f"{document.title}\n{document.source}".casefold()
        ][:SUGGESTIONS]

    async def remove(self, guild_id: int, chosen: str, *, viewer: Viewer) -> Document:
        """Remove the document with this id, source or title; return what it was.

        Raises DocumentUnknown when none fits that the viewer may see.
        """
        document = await self.chosen(guild_id, chosen, viewer=viewer)
        await self.ingest.remove(guild_id, [DocumentId(document.id)])
        return document

    async def set_audience(
        self, guild_id: int, chosen: str, audience: Audience, *, viewer: Viewer
    ) -> Document:
        """Change who may see a document; return what it was. Raises what ``remove`` raises."""
        document = await self.chosen(guild_id, chosen, viewer=viewer)
        await self.ingest.set_audience(guild_id, document.id, audience)
        return document

    async def status(self, guild_id: int, *, viewer: Viewer) -> LibraryStatus:
        """Return how much the library holds of what the viewer may see."""
        every = await self.library.audiences(guild_id)
        return await self.library.status(guild_id, frozenset(filter(viewer, every)))

    async def chosen(self, guild_id: int, chosen: str, *, viewer: Viewer) -> Document:
        """Return the document of this id, source or title; raises DocumentUnknown."""
        for document in await self.documents(guild_id, viewer=viewer):
            if chosen in (str(document.id), document.source, document.title):
                return document
        raise DocumentUnknown(chosen)
