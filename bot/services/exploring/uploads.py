"""Uploads: a table that staff attach, and which of its columns hold the texts and the labels."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.exploring import Items
from bot.faults.exploring import ColumnUnclear, TableRefused
from bot.services.exploring.tables import Columns, Table, parse_table

ENGLISH_TEXTS = ("text", "texts", "content", "message", "question", "body", "comment", "review")
JAPANESE_TEXTS = ("本文", "テキスト", "文章", "内容", "質問", "メッセージ")
ENGLISH_LABELS = ("label", "labels", "category", "class", "tag", "topic")
JAPANESE_LABELS = ("ラベル", "分類", "カテゴリ", "カテゴリー", "種別")
TEXT_NAMES = frozenset((*ENGLISH_TEXTS, *JAPANESE_TEXTS))
LABEL_NAMES = frozenset((*ENGLISH_LABELS, *JAPANESE_LABELS))
LOOKED_AT = 500  # rows
WORDY = 12.0  # characters on average
MOST_LABELS, LABEL_CHARACTERS = 25, 40
_FIGURES = re.compile(r"[\d\s.,:;/+%$€¥-]+(?:T[\d:.]+Z?)?")  # numbers, prices and times


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An attached table, and the columns that staff named."""

    name: str
    content: bytes
    text: str | None = None
    label: str | None = None

    async def items(self, *, labelled: bool) -> Items:
        """Return the rows; columns that were not named are guessed, the label's if ``labelled``.

        Raises TableRefused, ColumnUnknown, and ColumnUnclear where several could be meant.
        """
        return await asyncio.to_thread(self._read, labelled=labelled)

    def _read(self, *, labelled: bool) -> Items:
        table = parse_table(Path(self.name), self.content)
        text = self.text or _only(text_columns(table), table, "text")
        label = self.label
        if label is None and labelled:
            label = _only(label_columns(table, text), table, "label")
        items = table.items(Columns(text=text, label=label))
        if not items.items:
            raise TableRefused(f"{self.name} has no row with a text in the column {text!r}")
        return items


def text_columns(table: Table) -> list[str]:
    """Return the columns that may hold texts: those called so, else those that read so."""
    if len(table.columns) == 1:
        return list(table.columns)
    named = _named(table.columns, TEXT_NAMES)
    return named or [name for name in table.columns if _reads_as_text(_cells(table, name))]


def label_columns(table: Table, text: str) -> list[str]:
    """Return the columns, the texts' excepted, that may hold labels: few words, over and over."""
    others = [name for name in table.columns if name != text]
    named = _named(others, LABEL_NAMES)
    return named or [name for name in others if _reads_as_labels(_cells(table, name))]


def _only(found: Sequence[str], table: Table, option: str) -> str:
    if len(found) != 1:
        raise ColumnUnclear(option, table.columns)
    return found[0]


def _named(columns: Sequence[str], names: frozenset[str]) -> list[str]:
    return [name for name in columns if name.strip().casefold() in names]


def _cells(table: Table, name: str) -> list[str]:
    cells = (row[name].strip() for row in table.rows[:LOOKED_AT])
    return [cell for cell in cells if cell]


def _reads_as_text(cells: Sequence[str]) -> bool:
    if not cells or sum(map(len, cells)) / len(cells) < WORDY:
        return False
    figures = sum(_FIGURES.fullmatch(cell) is not None for cell in cells)
    return figures < len(cells) / 2 < len(set(cells))


def _reads_as_labels(cells: Sequence[str]) -> bool:
    kinds = set(cells)
    return (
        2 <= len(kinds) <= min(MOST_LABELS, len(cells) // 2)
        and max(map(len, kinds)) <= LABEL_CHARACTERS
    )
