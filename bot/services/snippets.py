"""Snippets: the part of a passage that shows why it was found, its words marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.terms import CJK_RUN

SNIPPET_CHARACTERS = 300
LEAD = 60  # characters shown before the first match
ELLIPSIS = "…"

Mark = Callable[[str], str]


def bold(text: str) -> str:
    """Mark a word as Discord's Markdown does."""
    return f"**{text}**"


def snippet(
    text: str, terms: Sequence[str], *, limit: int = SNIPPET_CHARACTERS, mark: Mark = bold
) -> str:
    """Return about ``limit`` characters around the first matched term, terms marked.

    ``terms`` are a query's words and bigrams; English words match at word
    starts, so that a plural is marked too.
    """
    flat = " ".join(unicodedata.normalize("NFKC", text).split())
    pattern = _pattern(terms)
    first = pattern.search(flat) if pattern else None
    start = max(0, first.start() - LEAD) if first else 0
    if start:
        space = flat.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    end = min(len(flat), start + limit)
    window = _plain(flat[start:end])
    marked = pattern.sub(lambda match: mark(match[0]), window) if pattern else window
    return f"{ELLIPSIS if start else ''}{marked}{ELLIPSIS if end < len(flat) else ''}"


def _plain(text: str) -> str:
    """Take out what Discord would read as formatting, so that only our marks are marks."""
    return re.sub(r"[*_~`|>]+", " ", text)


def _pattern(terms: Sequence[str]) -> re.Pattern[str] | None:
    words = sorted({term for term in terms if len(term) > 1 or CJK_RUN.match(term)}, key=len)
    if not words:
        return None
    parts = [
        re.escape(word) if CJK_RUN.match(word) else rf"\b{re.escape(word)}\w*"
        for word in reversed(words)
    ]
    # neighbouring bigrams are one marked run, not a mark a character
    return re.compile(rf"(?:{'|'.join(parts)})+", re.IGNORECASE)
