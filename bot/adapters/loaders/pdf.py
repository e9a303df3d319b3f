"""Reads PDF, one section a page."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import Destination

from bot.adapters.loaders.outline import one_line, title_from
from bot.adapters.loaders.plain import unwrap
from bot.models import LoadedDocument, Section
from bot.refusals import DocumentRefused, RefusalReason

_MAX_PAGES = 5_000


def load_pdf(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return one section a page, below the entry of the outline that the page belongs to."""
    try:
        reader = PdfReader(io.BytesIO(content))
        _unlock(reader, source)
        if len(reader.pages) > _MAX_PAGES:
            raise DocumentRefused(source, RefusalReason.TOO_LARGE, f"over {_MAX_PAGES} pages")
        sections = _sections(reader)
        title = one_line((reader.metadata and reader.metadata.title) or "")
    except LimitReachedError as error:
        raise DocumentRefused(source, RefusalReason.HOSTILE, "a decompression bomb") from error
    except PyPdfError as error:
        raise DocumentRefused(source, RefusalReason.BROKEN, "not a PDF") from error
    if not sections:
        raise DocumentRefused(source, RefusalReason.NO_TEXT)
    name = title if title and title.casefold() not in _NO_TITLES else title_from(source)
    return (LoadedDocument(source=source, title=name, sections=sections),)


_NO_TITLES = frozenset({"untitled", "(anonymous)", "無題", "(unspecified)"})


def _unlock(reader: PdfReader, source: str) -> None:
    """Open what an empty password opens: many PDFs are only locked against changes."""
    if not reader.is_encrypted:
        return
    try:
        opened = reader.decrypt("")
    except (DependencyError, NotImplementedError) as error:
        raise DocumentRefused(source, RefusalReason.ENCRYPTED) from error
    if not opened:
        raise DocumentRefused(source, RefusalReason.ENCRYPTED)


def _sections(reader: PdfReader) -> tuple[Section, ...]:
    chapters = _chapters(reader)
    chapter: tuple[str, ...] = ()
    sections = []
    for number, page in enumerate(reader.pages):
        chapter = chapters.get(number, chapter)
        if text := unwrap(page.extract_text()).strip():
            sections.append(Section(heading=(*chapter, f"p. {number + 1}"), text=text))
    return tuple(sections)


def _chapters(reader: PdfReader) -> dict[int, tuple[str, ...]]:
    """Return the heading of each page that an entry of the outline's first level starts on."""
    entries = [entry for entry in reader.outline if isinstance(entry, Destination)]
    pages = ((reader.get_destination_page_number(entry), entry.title or "") for entry in entries)
    return {page: (one_line(title),) for page, title in pages if page is not None and title}
