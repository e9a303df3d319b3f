"""Redaction: what rules are certain of is replaced, what they are not is left for a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.language import detect
from bot.models import Language
from bot.services.redaction.addresses import Addresses, Queries
from bot.services.redaction.credentials import Credentials
from bot.services.redaction.discord_ids import DiscordIds
from bot.services.redaction.names import Names
from bot.services.redaction.numbers import Numbers
from bot.services.redaction.phones import Phones
from bot.services.redaction.spans import PLACEHOLDERS, PSEUDONYM, Finder, Kind, Span, readable

# One of these is in everything that the families know, so that most texts need no second look
_TELLING = re.compile(r"[\d@＠<＜\[(（.．:：/／_-]|アット|〒")
ROUNDS = 5  # what stands beside a number may change once its neighbour is gone
# The first family that claims a place has it.
FAMILIES: tuple[Finder, ...] = (
    Queries(),
    Credentials(),
    DiscordIds(),
    Addresses(),
    Numbers(),
    Phones(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text without what is certain: how many of each kind went, and where a person must look."""

    text: str
    replaced: Mapping[Kind, int]
    unsure: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Redacts the texts of one data set; ``names`` are the server's members'."""

    names: Names = field(default_factory=Names)

    def redact(self, text: str, *, language: Language | None = None) -> Redacted:
        """Return a text redacted, in placeholders of its language; again it changes nothing.

        A citation such as ``[1]`` is never touched.
        """
        language = language or detect(text)
        replaced: Counter[Kind] = Counter()
        for _ in range(ROUNDS):
            spans = self.spans(text)
            certain = [span for span in spans if span.certain]
            if not certain:
                break
            gone = {text[span.start : span.end]: span for span in certain}
            text = _replaced(text, certain, language)
            text, again = _everywhere(text, gone, language)
            replaced.update(span.kind for span in certain)
            replaced.update(again)
        return Redacted(
            text=text,
            replaced=replaced,
            unsure=tuple(span for span in self.spans(text) if not span.certain),
        )

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return what the rules find in a text, certain or not, in order and apart."""
        telling = _TELLING.search(text) is not None
        if not telling and not self.names:
            return ()
        folded = readable(text)
        families = (*FAMILIES, self.names) if telling else (self.names,)
        found = [span for family in families for span in family.find(folded)]
        taken: list[Span] = []
        for span in sorted(found, key=lambda each: not each.certain):  # stable: families keep order
            if not any(span.start < other.end and other.start < span.end for other in taken):
                taken.append(span)
        return tuple(sorted(taken, key=lambda each: each.start))


def _replaced(text: str, spans: Iterable[Span], language: Language) -> str:
    for span in sorted(spans, key=lambda each: -each.start):
        text = text[: span.start] + _placeholder(span, language) + text[span.end :]
    return text


def _everywhere(
    text: str, gone: Mapping[str, Span], language: Language
) -> tuple[str, Sequence[Kind]]:
    """Replace what was removed where no rule saw it, so that it is nowhere in the text."""
    kinds: list[Kind] = []
    for value, span in sorted(gone.items(), key=lambda each: -len(each[0])):
        if span.kind is Kind.NAME:  # which may be a part of a word
            continue
        folded = readable(text)
        start = folded.find(readable(value))
        while start >= 0:
            there = Span(kind=span.kind, start=start, end=start + len(value))
            text = _replaced(text, [there], language)
            kinds.append(span.kind)
            folded = readable(text)
            start = folded.find(readable(value))
    return text, kinds


def _placeholder(span: Span, language: Language) -> str:
    if span.kind is Kind.NAME:
        return PSEUDONYM[language].format(n=span.member)
    return PLACEHOLDERS[span.kind][language]
