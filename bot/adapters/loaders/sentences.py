"""Splits text where a reader would: blocks, lines, sentences, and words at need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_SENTENCE_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bcf)(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bNo)"
    r"[.!?]+[\"'”’)\]]*\s+(?=[^\sa-z])"  # a new sentence does not start in lower case
    r"|[。！？．]+(?![。！？．」』）)\]”\"])\s*"  # before a bracket it goes on
    r"|[。！？．]+[」』）)]+(?:\s+|(?=[「『（(]))"
)
_SOFT_BREAK = re.compile(r"[、，；]|[,;:]?\s+")
_FENCE = re.compile(r"^[^\S\n]*(?P<fence>`{3,}|~{3,})")
_WIDEST_TOKEN = 16  # characters; only bounds the search, a token may be wider


def split_blocks(text: str) -> list[str]:
    """Return the paragraphs, lists, tables and code blocks, which blank lines separate.

    A code block is one block whatever it holds; one that is never closed runs
    to the end and is closed there.
    """
    blocks: list[list[str]] = [[]]
    fence = ""
    for line in text.splitlines():
        if fence:
            blocks[-1].append(line)
            if _closes(line, fence):
                fence = ""
                blocks.append([])
        elif (opened := _FENCE.match(line)) and "`" not in line[opened.end() :]:
            fence = opened["fence"]
            blocks.append([line])
        elif line.strip():
            blocks[-1].append(line)
        else:
            blocks.append([])
    if fence:
        blocks[-1].append(fence)
    return ["\n".join(block) for block in blocks if block]


def _closes(line: str, fence: str) -> bool:
    mark = line.strip()
    return len(mark) >= len(fence) and not mark.strip(fence[0])


def is_fence(block: str) -> bool:
    """Tell whether a block of ``split_blocks`` is a code block."""
    first, _, rest = block.partition("\n")
    return bool(rest) and _FENCE.match(first) is not None


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph, each with the white space that follows it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    starts = [0, *ends]
    pieces = (text[start:end] for start, end in zip(starts, [*ends, None], strict=True))
    return [piece for piece in pieces if piece]


def split_words(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Cut text that has no better place to cut, between words where it has any.

    Each piece is the longest that ``fits``, or ends at the last comma or space
    in the second half of that; one character is a piece whatever it measures.
    """
    start = 0
    while start < len(text):
        end = start + _longest_fit(text[start : start + 320 * _WIDEST_TOKEN], fits)
        if end < len(text):
            middle = start + (end - start) // 2
            breaks = [match.end() for match in _SOFT_BREAK.finditer(text, middle, end)]
            end = breaks[-1] if breaks else end
        yield text[start:end]
        start = end


def _longest_fit(text: str, fits: Callable[[str], bool]) -> int:
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[:middle]):
            low = middle
        else:
            high = middle - 1
    return low
