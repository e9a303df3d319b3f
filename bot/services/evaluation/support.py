"""Which sentences of an answer its cited passages bear out; measured apart from the bot's checks.

No model judges: cosine sees the topic and not the truth, while numbers, names
and shared words tell a changed fact (measured; see the shares below).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language import detect
from bot.models import Citation
from bot.sentences import sentences
from bot.services.evaluation.slots import MARK, kept, slots
from bot.services.remarks import claims_nothing
from bot.terms import content_terms, index_terms

SHARED_WORDS = 0.6  # of a sentence's words that its passages must hold, in their language
_STRAY_MARK = re.compile(r"([.!?。！？])((?:\s*\[\d{1,3}\])+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of an answer and the numbers that it cites."""

    text: str
    cites: frozenset[int]

    @property
    def factual(self) -> bool:
        """Tell whether it states something: it cites, or holds a number, a name or a link."""
        return bool(self.cites) or not claims_nothing(self.text, "")


def unsupported(text: str, citations: Sequence[Citation]) -> tuple[int, int]:
    """Return how many factual sentences of an answer are not borne out, and of how many."""
    factual = [statement for statement in statements(text) if statement.factual]
    return sum(not is_supported(each, citations) for each in factual), len(factual)


def statements(text: str) -> Iterator[Statement]:
    """Yield an answer's sentences without their marks; a mark after a full stop is before it."""
    for sentence in sentences(_STRAY_MARK.sub(r"\2\1", text)):
        bare = " ".join(MARK.sub(" ", sentence.text).split())
        if content_terms(bare):
            cites = frozenset(int(mark[1:-1]) for mark in MARK.findall(sentence.text))
            yield Statement(text=bare, cites=cites)


def is_supported(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Tell whether what a statement cites holds its numbers and names and most of its words."""
    passages = [each.passage for each in citations if each.n in statement.cites]
    if not passages:
        return False
    said = "\n".join("\n".join((each.title, *each.heading, each.text)) for each in passages)
    found = slots(statement.text)
    hard = ((kind, slot) for kind in ("numbers", "names", "links") for slot in found[kind])
    if detect(statement.text) != detect(said):  # words and names are spelled otherwise there
        return all(kept(slot, kind=kind, text=said) for kind, slot in hard if kind != "names")
    if not all(kept(slot, kind=kind, text=said) for kind, slot in hard):
        return False
    terms, present = content_terms(statement.text), set(index_terms(said).split())
    return sum(term in present for term in terms) >= SHARED_WORDS * len(terms)
