"""Writes paragraphs, list items and table rows into an outline as Markdown has them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.adapters.loaders.outline import Outline

_INDENT = "  "
_MAX_INDENTS = 8


class BlockWriter:
    """Knows which lists are open, and so where and behind what marker a block stands."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._lists: list[int] = []  # the next number of each open list, 0 for bullets
        self._marker = ""
        self._after_item = False
        self._after_row = False

    def start_list(self, first: int = 0) -> None:
        """Open a list, numbered from ``first`` or bulleted when that is 0."""
        self._after_item = bool(self._lists)
        self._lists.append(first)

    def end_list(self) -> None:
        """Close the innermost list."""
        if self._lists:
            self._lists.pop()
        self._marker, self._after_item = "", bool(self._lists)

    def start_item(self) -> None:
        """Put the next block behind a list marker."""
        number = self._lists[-1] if self._lists else 0
        self._marker = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1

    def paragraph(self, text: str) -> None:
        """Write a paragraph, the text of a list item or a code block."""
        if not text:
            return
        tight = bool(self._marker) and self._after_item
        self._outline.block(self._indented(text), tight=tight)
        self._marker, self._after_item, self._after_row = "", bool(self._lists), False

    def row(self, cells: Iterable[str]) -> None:
        """Write a table's row."""
        self._outline.block(self._indented(" | ".join(cells)), tight=self._after_row)
        self._marker, self._after_item, self._after_row = "", False, True

    def _indented(self, text: str) -> str:
        depth = min(len(self._lists), _MAX_INDENTS)
        if not depth and not self._marker:
            return text
        outer = _INDENT * max(depth - 1, 0)
        hanging = outer + " " * len(self._marker or _INDENT)
        head = outer + self._marker if self._marker else hanging
        return head + text.replace("\n", "\n" + hanging)
