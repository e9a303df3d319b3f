"""Tables: reads CSV files, of which a column holds texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot.exploring import Item, Items, Subject
from bot.faults.exploring import ColumnUnknown, TableRefused

MOST_BYTES = 512 * 1024 * 1024
MOST_CELL = 1_000_000  # characters
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold what; without ``id`` the column of that name counts, else the row."""

    text: str
    label: str | None = None
    when: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it was read."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def items(self, columns: Columns) -> Items:
        """Return the rows that have a text; raises TableRefused for a column that is not there."""
        texts = self._text_columns(columns.text)
        for name in (*texts, columns.label, columns.when, columns.id):
            if name is not None and name not in self.columns:
                raise ColumnUnknown(name, self.columns, table=self.path.name)
        key = columns.id or ("id" if "id" in self.columns else None)
        every = (
            _item(number, row, columns, key, texts) for number, row in enumerate(self.rows, start=1)
        )
        found = [item for item in every if item.text]
        empty = len(self.rows) - len(found)
        return Items(
            subject=Subject.TABLE,
            items=tuple(found),
            name=self.path.name,
            left_out={"empty": empty} if empty else {},
        )

    def _text_columns(self, text: str) -> list[str]:
        """Return the column of this name, or those that a comma-separated list names."""
        return [text] if text in self.columns else [each.strip() for each in text.split(",")]


def read_table(path: Path) -> Table:
    """Read a CSV file with a line of column names, separated by comma, semicolon or tab.

    Raises TableRefused with a sentence that says what is wrong and what would do.
    """
    if not path.is_file():
        raise TableRefused(f"there is no file {path}")
    if path.stat().st_size > MOST_BYTES:
        raise TableRefused(f"{path.name} is larger than {MOST_BYTES >> 20} MB: split it first")
    return _decoded(path, path.open("rb"))


def parse_table(path: Path, content: bytes) -> Table:
    """Read a CSV file's bytes as ``read_table`` does; ``path`` need not be there."""
    return _decoded(path, io.BytesIO(content))


def _decoded(path: Path, content: BinaryIO) -> Table:
    """Read a file, and close it."""
    try:
        with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
            lines = text.readlines()
    except UnicodeDecodeError as error:
        raise TableRefused(f"{path.name} is not UTF-8: save it as CSV UTF-8 first") from error
    return _read(path, lines)


def _read(path: Path, lines: Sequence[str]) -> Table:
    if not any(line.strip() for line in lines):
        raise TableRefused(f"{path.name} is empty: it takes a line of column names, then rows")
    if "\0" in lines[0]:
        raise TableRefused(f"{path.name} is not a CSV file")
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(lines, delimiter=_separator(lines[0]))
    try:
        names, *rows = [row for row in reader if row]
    except csv.Error as error:
        raise TableRefused(f"{path.name}, line {reader.line_num}: {error}") from error
    if len(set(names)) < len(names):
        raise TableRefused(f"{path.name} has two columns of one name: rename one")
    return Table(
        path=path,
        columns=tuple(names),
        rows=tuple(dict(zip(names, _padded(row, len(names)), strict=True)) for row in rows),
    )


def _separator(header: str) -> str:
    """Return what separates the column names: what stands there most, a comma in doubt."""
    return max(_SEPARATORS, key=header.count)


def _padded(row: Sequence[str], width: int) -> list[str]:
    """Return a row as wide as the header: a short one's last cells are empty."""
    return [*row[:width], *[""] * (width - len(row))]


def _item(
    number: int, row: Mapping[str, str], columns: Columns, key: str | None, texts: Sequence[str]
) -> Item:
    label = row[columns.label].strip() if columns.label else ""
    return Item(
        id=(row[key].strip() if key else "") or str(number),
        text="\n".join(part for name in texts if (part := row[name].strip())),
        label=label or None,
        when=parsed_time(row[columns.when]) if columns.when else None,
    )


def parsed_time(text: str) -> datetime | None:
    """Return a time from ISO 8601 or from seconds since 1970; None for anything else."""
    text = text.strip()
    try:
        if text.replace(".", "", 1).isdigit() and len(text.partition(".")[0]) > 8:
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
