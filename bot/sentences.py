"""Reads a text as the sentences that one could quote: English and Japanese, Markdown or plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bot.terms import CJK

SHORT_CODE_CHARACTERS = 120  # a longer block of code is no sentence

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"\s*#{1,6}\s+(?P<text>.*?)\s*#*\s*$")
_BULLET = re.compile(
    r"\s*(?:[-*+•・‣◦●■◆▪]\s+|・|(?:\d{1,3}|[a-z])[.)]\s+|[（(]\d{1,2}[）)]\s*)(?=\S)"
)
_RULE = re.compile(r"[\s|:=+*_-]+")
_QUOTE_MARK = re.compile(r"\s*>\s?")
_WRAPPED_CHARACTERS = 40  # a shorter line was ended by its writer, not by the page

_END = re.compile(
    r"[.!?]+[\"'”’)\]]*(?=\s)"  # Latin: what follows is a space
    rf"|[。！？．]+|[!?]+(?=[{CJK}「『])"  # Japanese: nothing need follow
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'“])(?:e\.?g|i\.?e|cf|vs|viz|approx|ca|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Fig|Eq"
    r"|Inc|Ltd|Co|[A-Z](?:\.[A-Z])*|\d{1,3})\.$"
)
_NUMBERED = re.compile(r"(?:^|[\s(])(?:Nos?|pp?|vol|ch|sec|fig)\.$", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^\s*\d{1,3}\.$")
_OPENING, _CLOSING = "「『（【〈《", "」』）】〉》"


class Kind(StrEnum):
    """What a quotable unit is on the page."""

    PROSE = "prose"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One unit of a text, on one line, without the mark of its list item or heading.

    Sentences with the same ``block`` follow one another in one paragraph or item.
    """

    text: str
    kind: Kind
    block: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return a text's sentences in order; a long block of code is left out.

    Each is a part of the text, word for word, its white space collapsed.
    """
    return tuple(
        Sentence(text=" ".join(piece.split()), kind=kind, block=number)
        for number, (kind, block) in enumerate(_blocks(text))
        for piece in ([block] if kind in (Kind.CODE, Kind.ROW) else split(block))
        if piece.strip()
    )


def split(text: str) -> list[str]:
    """Return the sentences of one paragraph; joined they are the paragraph.

    A bracket or quotation that closes in the paragraph is not cut.
    """
    brackets = _brackets(text)
    ends = [0]
    for match in _END.finditer(text):
        end = match.end()
        if not any(start < end <= stop for start, stop in brackets) and _is_end(text, match):
            ends.append(end)
    ends.extend(stop for _, stop in brackets if _ends_after_bracket(text, stop))
    ends.append(len(text))
    cuts = sorted(set(ends))
    return [text[start:end] for start, end in pairwise(cuts)]


def _is_end(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.end()], text[match.end() :].lstrip()
    if match[0][0] in "。！？．" or not after:
        return True
    if after[0].islower() or _LIST_NUMBER.match(before):
        return False
    if match[0] != ".":
        return True
    if _NUMBERED.search(before) and after[0].isdigit():
        return False
    return not _ABBREVIATION.search(before) or _ends_in_number(before)


def _ends_in_number(before: str) -> bool:
    """Tell "open until 22." from "see 3. Rules": a number after a word ends its sentence."""
    return bool(re.search(r"\w\s+\d{1,3}\.$", before))


def _brackets(text: str) -> list[tuple[int, int]]:
    """Return the outermost brackets that close, as start and end."""
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    for position, character in enumerate(text):
        if character in _OPENING:
            stack.append(position)
        elif character in _CLOSING and stack:
            start = stack.pop()
            if not stack:
                found.append((start, position + 1))
    return found


def _ends_after_bracket(text: str, stop: int) -> bool:
    """Tell whether a bracket that holds a whole sentence stands for one itself."""
    after = text[stop : stop + 1]
    return text[stop - 2 : stop - 1] in "。！？" and (
        not after or after.isspace() or after in _OPENING
    )


def _blocks(text: str) -> Iterator[tuple[Kind, str]]:
    """Yield paragraphs, list items, table rows, headings and short blocks of code."""
    open_block: tuple[Kind, str] | None = None
    lines = iter(text.splitlines())
    for line in lines:
        if fence := _FENCE.match(line):
            if open_block:
                yield open_block
            open_block = None
            code = _code(lines, fence[1])
            if len(code) <= SHORT_CODE_CHARACTERS:
                yield Kind.CODE, code
            continue
        if open_block and _goes_on(open_block[1], line):
            open_block = open_block[0], f"{open_block[1]} {line.strip()}"
            continue
        if open_block:
            yield open_block
        open_block = _opened(line)
    if open_block:
        yield open_block


def _code(lines: Iterator[str], fence: str) -> str:
    body: list[str] = []
    for line in lines:
        if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            break
        body.append(line)
    return "\n".join(body)


def _goes_on(block: str, line: str) -> bool:
    """Tell whether a line is the rest of one that the page's width ended."""
    last = block.rstrip()
    return (
        len(last) >= _WRAPPED_CHARACTERS
        and last[-1] not in ".!?:;。！？：|"
        and line.strip()[:1].islower()
        and not _BULLET.match(line)
    )


def _opened(line: str) -> tuple[Kind, str] | None:
    if not line.strip() or _RULE.fullmatch(line):
        return None
    if heading := _HEADING.match(line):
        return Kind.HEADING, heading["text"]
    line = _QUOTE_MARK.sub("", line, count=1)
    if bullet := _BULLET.match(line):
        return Kind.ITEM, line[bullet.end() :]
    if " | " in line or line.lstrip().startswith("|"):
        return Kind.ROW, line.strip().strip("|").strip()
    return Kind.PROSE, line
