"""Passages as a model reads them, and the citations it wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.models import Citation, Language, Passage

MARK = re.compile(r"\s*\[(\d{1,3})\]")
SENTINEL = "NO_ANSWER_IN_PASSAGES"
LANGUAGE_NAMES = {Language.ENGLISH: "English", Language.JAPANESE: "Japanese (日本語)"}
_FENCE = re.compile(r"</?passage\b", re.IGNORECASE)


def passages_block(passages: Sequence[Passage]) -> str:
    """Return passages numbered and delimited, so that their text cannot pose as a prompt."""
    if not passages:
        return "(none)"
    return "\n".join(
        f'<passage n="{n}" title={_attribute(" > ".join((passage.title, *passage.heading)))}>\n'
        f"{_inert(passage.text)}\n</passage>"
        for n, passage in enumerate(passages, start=1)
    )


def cited(text: str, passages: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    """Return a text whose marks all resolve, numbered from 1 in order, and what they cite.

    A mark without a passage is removed: the reader could not look it up.
    """
    numbers: dict[int, int] = {}

    def renumber(match: re.Match[str]) -> str:
        n = int(match[1])
        if not 1 <= n <= len(passages):
            return ""
        space = match[0][: len(match[0]) - len(match[0].lstrip())]
        return f"{space}[{numbers.setdefault(n, len(numbers) + 1)}]"

    clean = MARK.sub(renumber, text)
    citations = tuple(Citation(n=new, passage=passages[old - 1]) for old, new in numbers.items())
    return clean.strip(), citations


def _attribute(text: str) -> str:
    return '"' + _inert(text).replace('"', "'").replace("\n", " ") + '"'


def _inert(text: str) -> str:
    """Break what would close a passage."""
    return _FENCE.sub(lambda match: match[0].replace("<", "‹"), text)
