"""Chooses the loader for a file and turns what it reads into a chunked document."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import unquote, urlsplit

from bot.adapters.loaders.chunking import chunk_sections
from bot.models import Chunk, LoadedDocument, ParsedDocument, Section
from bot.ports import TokenCounter
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason

Loader = Callable[[bytes, str], tuple[LoadedDocument, ...]]


# By suffix, the module and the function; imported when first needed, as some take half a second.
_LOADERS = {
    ".md": ("markdown", "load_markdown"),
    ".markdown": ("markdown", "load_markdown"),
    ".txt": ("plain", "load_text"),
    ".rst": ("restructured", "load_restructured"),
    ".html": ("markup", "load_html"),
    ".htm": ("markup", "load_html"),
    ".pdf": ("pdf", "load_pdf"),
    ".docx": ("word", "load_word"),
    ".csv": ("tables", "load_table"),
    ".tsv": ("tables", "load_table"),
    ".jsonl": ("jsonl", "load_json_lines"),
}
SUFFIXES = frozenset(_LOADERS)

_SIGNATURES = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".docx"))
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


def read(
    content: bytes, source: str, counter: TokenCounter, *, suffix: str = ""
) -> Iterator[ParsedDocument]:
    """Yield the documents that a file holds, cut into chunks.

    ``suffix`` says what the file is, else its name or its content does.
    Raises DocumentRefused before the first one where the file cannot be taken.
    """
    if len(content) > MAX_FILE_BYTES:
        raise DocumentRefused(source, RefusalReason.TOO_LARGE, f"over {MAX_FILE_BYTES // 2**20} MB")
    if not content.strip():
        raise DocumentRefused(source, RefusalReason.EMPTY)
    loaded = _loader(suffix or _suffix(content, source), source)(content, source)
    documents = [_parsed(document, counter) for document in loaded]
    if not any(document.chunks for document in documents):
        raise DocumentRefused(source, RefusalReason.EMPTY)
    return (document for document in documents if document.chunks)


def content_hash(title: str, chunks: tuple[Chunk, ...]) -> str:
    """Return the SHA-256 of a document's title and chunks as canonical JSON."""
    canonical = json.dumps(
        {"title": title, "chunks": [[list(chunk.heading), chunk.text] for chunk in chunks]},
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _loader(suffix: str, source: str) -> Loader:
    found = _LOADERS.get(suffix)
    if found is None:
        raise DocumentRefused(source, RefusalReason.UNKNOWN_KIND)
    module, function = found
    return cast("Loader", getattr(import_module(f"bot.adapters.loaders.{module}"), function))


def _suffix(content: bytes, source: str) -> str:
    """Return the suffix that decides: the name's, or the content's where the name has none.

    An address need not say what it serves (``/page.php``, ``https://example.com``).
    """
    is_address = source.startswith(("http://", "https://"))
    path = unquote(urlsplit(source).path) if is_address else source.replace("\\", "/")
    suffix = PurePosixPath(path).suffix.casefold()
    if suffix in _LOADERS or (suffix and not is_address):
        return suffix
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    return ".html" if _LOOKS_LIKE_HTML.match(content[:4096]) else ".txt"


def _parsed(document: LoadedDocument, counter: TokenCounter) -> ParsedDocument:
    sections = tuple(
        Section(heading=tuple(map(_clean, section.heading)), text=_clean(section.text))
        for section in document.sections
    )
    title = _clean(document.title)
    chunks = chunk_sections(sections, counter.count)
    return ParsedDocument(
        source=_clean(document.source),
        title=title,
        chunks=chunks,
        content_hash=content_hash(title, chunks),
    )


def _clean(text: str) -> str:
    """Drop what no database or screen wants: control characters and lone surrogates."""
    return _NOT_TEXT.sub("", text)
