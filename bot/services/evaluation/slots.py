"""The parts of a text that must not change when it is said in other words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.terms import normalise

MARK = re.compile(r"\[\d{1,3}\]")
_LINK = re.compile(r"https?://[^\s<>()\[\]「」、。]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"(?<![A-Za-z0-9'’])[A-Z][\w'’-]*", re.ASCII)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:。！？「」\"“”(]|\]|\n)\s*$")
_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
KINDS = ("numbers", "names", "links", "citations")


def slots(text: str) -> Mapping[str, frozenset[str]]:
    """Return the numbers, names, links and citations of a text, by kind.

    A name is a capitalised word that does not just start a sentence, or a run
    of three katakana: loanwords count, which is strict on the safe side.
    """
    bare = _LINK.sub(" ", MARK.sub("] ", text))
    names = (
        word[0]
        for word in _WORD.finditer(bare)
        if word[0] != "I" and not _SENTENCE_START.search(bare[: word.start()])
    )
    return {
        "numbers": frozenset(_NUMBER.findall(normalise(bare))),
        "names": frozenset(normalise(name) for name in (*names, *_KATAKANA.findall(bare))),
        "links": frozenset(link.rstrip(".,") for link in _LINK.findall(text)),
        "citations": frozenset(MARK.findall(text)),
    }


def kept(slot: str, *, kind: str, text: str) -> bool:
    """Tell whether a slot of ``slots`` stands in another text."""
    if kind == "numbers":
        return slot in _NUMBER.findall(normalise(text))
    if kind == "names":
        return slot in normalise(text)
    return slot in text
