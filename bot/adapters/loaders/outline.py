"""Collects blocks of text under the headings that they stand below."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from bot.models import LoadedDocument, Section


class Outline:
    """A document's headings and blocks in reading order."""

    def __init__(self) -> None:
        self.first_h1 = ""
        self._path: list[tuple[int, str]] = []
        self._blocks: list[str] = []
        self._sections: list[Section] = []

    def heading(self, level: int, text: str) -> None:
        """Open a section; headings of the same and deeper levels close."""
        if not text:
            return
        self._close(next_level=level)
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._path.append((level, text))
        if level == 1 and not self.first_h1:
            self.first_h1 = text

    def block(self, text: str, *, tight: bool = False) -> None:
        """Add a block; a ``tight`` one follows the last without a blank line (list items, rows)."""
        if not text.strip():
            return
        if self._blocks:
            self._blocks.append("\n" if tight else "\n\n")
        self._blocks.append(text)

    def document(self, source: str, *, title: str = "") -> LoadedDocument:
        """Return what was collected; ``title`` stands in for a missing first-level heading.

        The heading that gave the title its name is left out of the heading paths.
        """
        self._close(next_level=0)
        name = self.first_h1 or title or title_from(source)
        sections = tuple(
            Section(heading=_without_title(section.heading, name), text=section.text)
            for section in self._sections
        )
        return LoadedDocument(source=source, title=name, sections=sections)

    def _close(self, *, next_level: int) -> None:
        """Finish the open section; a heading that nothing stands under is text itself."""
        path = tuple(text for _, text in self._path)
        text = "".join(self._blocks).strip("\n")
        if not text and path and next_level <= self._path[-1][0]:
            text = path[-1]
        if text:
            self._sections.append(Section(heading=path, text=text))
        self._blocks = []


def _without_title(heading: tuple[str, ...], title: str) -> tuple[str, ...]:
    return heading[1:] if heading[:1] == (title,) else heading


def title_from(source: str) -> str:
    """Make a title of a file name or an address: ``docs/getting_started.md`` → Getting started."""
    path = unquote(urlsplit(source).path) if "://" in source else source.replace("\\", "/")
    stem = PurePosixPath(path).stem or source
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:] if words else source


def one_line(text: str) -> str:
    """Collapse every run of white space to one space."""
    return " ".join(text.split())
