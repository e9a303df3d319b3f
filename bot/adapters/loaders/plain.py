"""Reads plain text, and joins the lines that a fixed width broke."""

from __future__ import annotations

import itertools
import re

from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.outline import title_from
from bot.models import LoadedDocument, Section

_FULL_LINE = 0.6
_WRAPPED = range(40, 121)
_SENTENCE_END = re.compile(r"[.!?:;。！？：；．][\"'”’」』）)\]]*$")
_STARTS_ANEW = re.compile(r"\s|[-*•・●■◆▪>#|]|\d+[.)、．]|[（(]\d+[)）]|```|~~~")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


def load_text(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return the text as one section."""
    text = decode(content, source)
    longest = max((len(line) for line in text.splitlines()), default=0)
    if longest in _WRAPPED and "```" not in text:
        text = unwrap(text)
    section = Section(heading=(), text=text.strip("\n"))
    return (LoadedDocument(source=source, title=title_from(source), sections=(section,)),)


def unwrap(text: str) -> str:
    """Join lines that only the page's width ended.

    A line is joined with the next when it is nearly as long as the longest,
    does not end a sentence, and the next does not start a list item.
    """
    paragraphs = re.split(r"\n[^\S\n]*\n", text)
    full = _FULL_LINE * max((len(line) for line in text.splitlines()), default=0)
    return "\n\n".join(_unwrap_paragraph(paragraph, full) for paragraph in paragraphs)


def _unwrap_paragraph(paragraph: str, full: float) -> str:
    lines = [line.rstrip() for line in paragraph.splitlines()]
    if not lines:
        return ""
    joined = [lines[0]]
    for before, line in itertools.pairwise(lines):
        ended = len(before) < full or _SENTENCE_END.search(before) or _STARTS_ANEW.match(line)
        if ended or not line:
            joined.append("\n")
        elif not (_WIDE.match(before[-1:]) and _WIDE.match(line)):
            joined.append(" ")
        joined.append(line)
    return "".join(joined)
