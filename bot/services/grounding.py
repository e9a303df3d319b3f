"""Passages as a model reads them, and the citations it wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.models import Citation, Language, Passage

# [1], and what models write for it: [1, 2] and 【1】. Code may hold such brackets and stays.
_CODE_OR_MARK = re.compile(
    r"```.*?```|`[^`\n]+`"
    r"|(?P<space>\s{0,8})[\[［【](?P<numbers>\d{1,3}(?:\s*[,、，]\s*\d{1,3})*)[\]］】]",
    re.DOTALL,
)
_HALF_MARK = re.compile(r"\s{0,8}[\[［【][\d\s,、，]*$")
SENTINEL = "NO_ANSWER_IN_PASSAGES"
LANGUAGE_NAMES = {Language.ENGLISH: "English", Language.JAPANESE: "Japanese (日本語)"}
_FENCE = re.compile(r"<(?=\s*/?\s*passage\b)", re.IGNORECASE)


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
        if match["numbers"] is None:
            return match[0]
        real = [
            n for n in map(int, re.findall(r"\d+", match["numbers"])) if 1 <= n <= len(passages)
        ]
        marks = "".join(f"[{numbers.setdefault(n, len(numbers) + 1)}]" for n in real)
        return f"{match['space']}{marks}" if marks else ""

    clean = _CODE_OR_MARK.sub(renumber, text)
    citations = tuple(Citation(n=new, passage=passages[old - 1]) for old, new in numbers.items())
    return clean.strip(), citations


def marks_of(text: str) -> tuple[int, ...]:
    """Return the numbers of a text's marks in order, those in code left out."""
    return tuple(
        int(number)
        for match in _CODE_OR_MARK.finditer(text)
        if match["numbers"]
        for number in re.findall(r"\d+", match["numbers"])
    )


def presentable(text: str, passages: Sequence[Passage]) -> str:
    """Return what may be shown of an unfinished reply: no sentinel, no half mark, final numbers."""
    shown = text.partition(SENTINEL)[0]
    sizes = range(len(SENTINEL) - 1, 0, -1)
    begun = next((size for size in sizes if shown.endswith(SENTINEL[:size])), 0)
    shown = shown[: len(shown) - begun]
    return cited(without_half_mark(shown), passages)[0]


def without_half_mark(text: str) -> str:
    """Return an unfinished text without the beginning of a mark at its end."""
    return _HALF_MARK.sub("", text)


def _attribute(text: str) -> str:
    return '"' + " ".join(_inert(text).replace('"', "'").split()) + '"'


def _inert(text: str) -> str:
    """Break what would close a passage."""
    return _FENCE.sub("‹", text)
