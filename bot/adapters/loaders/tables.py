"""Reads tables: CSV and TSV, one line of ``column: value`` pairs a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.outline import one_line, title_from
from bot.models import LoadedDocument, Section
from bot.refusals import DocumentRefused, RefusalReason

_MAX_FIELD = 1_000_000
_DELIMITERS = ",;\t|"


def load_table(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return the rows as the lines of one section, the first row being the columns' names."""
    text = decode(content, source)
    rows = _rows(text, source)
    columns = next(rows, [])
    lines = [line for row in rows if (line := _line(columns, row))]
    body = "\n".join(lines) or "; ".join(name for name in columns if name)
    section = Section(heading=(), text=body)
    return (LoadedDocument(source=source, title=title_from(source), sections=(section,)),)


def _rows(text: str, source: str) -> Iterator[list[str]]:
    """Yield the rows that hold something, cells on one line each."""
    csv.field_size_limit(_MAX_FIELD)
    header = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            cells = [one_line(cell) for cell in row]
            if any(cells):
                yield cells
    except csv.Error as error:
        raise DocumentRefused(source, RefusalReason.BAD_LINE, f"line {reader.line_num}") from error


def _line(columns: list[str], row: list[str]) -> str:
    named = zip(columns + [""] * (len(row) - len(columns)), row, strict=False)
    return "; ".join(f"{name}: {value}" if name else value for name, value in named if value)
