"""Reads JSON lines, one document a line: ``{"id": …, "title": …, "text": …}``, or any record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.outline import one_line, title_from
from bot.models import LoadedDocument, Section
from bot.refusals import DocumentRefused, RefusalReason


def load_json_lines(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return one document a line, its ``id`` (or ``_id``) kept as its source.

    A line without an id is named after the file and the line. A record
    without ``text`` is read as its fields, "name: value" each; one with no
    words in it is left out. Refuses the whole file at the first bad line.
    """
    documents: dict[str, LoadedDocument] = {}
    # Not splitlines(): JSON may hold U+2028 and the like unescaped.
    for number, line in enumerate(decode(content, source).split("\n"), start=1):
        if not line.strip():
            continue
        document = _Line(source=source, number=number).read(line)
        if document.source in documents:
            raise _bad(source, number, "its id is taken by an earlier line")
        documents[document.source] = document
    return tuple(document for document in documents.values() if document.sections[0].text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of a corpus and where it stands."""

    source: str
    number: int

    def read(self, line: str) -> LoadedDocument:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise _bad(self.source, self.number, "not JSON") from error
        if not isinstance(row, dict):
            raise _bad(self.source, self.number, "not a JSON object")
        return self._document(row)

    def _document(self, row: dict[str, Any]) -> LoadedDocument:
        text = row["text"] if isinstance(row.get("text"), str) else self._fields(row)
        name = row.get("id", row.get("_id"))
        source = str(name) if isinstance(name, str | int) and str(name) else ""
        title = row.get("title")
        return LoadedDocument(
            source=source or f"{self.source}#{self.number}",
            title=one_line(title) if isinstance(title, str) and title.strip() else self._title(),
            sections=(Section(heading=(), text=text.replace("\r\n", "\n").strip("\n")),),
        )

    def _fields(self, row: dict[str, Any]) -> str:
        """Return a record's words, or refuse a line that has none in any of its fields."""
        words = {
            key: value
            for key, value in row.items()
            if isinstance(value, str) and key not in ("id", "_id", "title")
        }
        if not words:
            keys = one_line(", ".join(row))[:80]
            raise _bad(self.source, self.number, f"no field holds text, its keys are: {keys}")
        return "\n\n".join(f"{key}: {value}" for key, value in words.items() if value.strip())

    def _title(self) -> str:
        return f"{title_from(self.source)} {self.number}"


def _bad(source: str, number: int, fault: str) -> DocumentRefused:
    return DocumentRefused(source, RefusalReason.BAD_LINE, f"line {number}: {fault}")
