"""Checks what there is much of and what little: refusals, openings, languages, lengths, forms."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bot.findings import Detail, Finding, detail
from bot.language import detect
from bot.models import Language
from bot.services.checking import says_nothing
from bot.services.checks.examples import Example
from bot.services.checks.rules import found

FEWEST = 20  # examples, below which shares say nothing
REFUSING, OPENING, MEMBER, FEW = 0.2, 0.1, 1 / 3, 0.1  # shares
ALIKE = 0.15  # standard deviation of the lengths, as a share of their mean
_FORMS: Mapping[str, re.Pattern[str]] = {
    "headings": re.compile(r"^#{1,3} ", re.MULTILINE),
    "lists": re.compile(r"^\s*(?:[-*•]|\d+\.) ", re.MULTILINE),
    "code": re.compile(r"`"),
    "bold": re.compile(r"\*\*"),
    "emoji": re.compile(r"[\U0001F300-\U0001FAFF]|<a?:\w+:\d+>"),
}
_FORM_NAMES: Mapping[str, Detail] = {
    "headings": detail("headings"),
    "lists": detail("lists"),
    "code": detail("code"),
    "bold": detail("bold"),
    "emoji": detail("emoji"),
}
_LANGUAGES: Mapping[Language, Detail] = {
    Language.ENGLISH: detail("en"),
    Language.JAPANESE: detail("ja"),
}


@dataclass(slots=True)
class BalanceCheck:
    """Counts kinds of answers; ``authors`` says by line whose question it is, when known."""

    authors: Mapping[int, int] = field(default_factory=dict)
    refusals: int = 0
    openers: Counter[str] = field(default_factory=Counter)
    languages: Counter[Language] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    members: Counter[int] = field(default_factory=Counter)
    lengths: array[int] = field(default_factory=lambda: array("l"))

    def see(self, example: Example) -> Iterator[Finding]:
        """Count an example."""
        answer = example.answer
        language = detect(answer)
        self.refusals += bool(answer.strip()) and says_nothing(answer, "")
        self.openers[_opener(answer, language)] += 1
        self.languages[language] += 1
        self.lengths.append(len(answer))
        self.forms.update(name for name, form in _FORMS.items() if form.search(answer))
        if example.line in self.authors:
            self.members[self.authors[example.line]] += 1
        asked = example.question
        if asked and detect(asked, otherwise=language) is not language:
            yield found(
                "balance.answer-language",
                "the answer is in {language}",
                line=example.line,
                column=1,
                language=_LANGUAGES[language],
            )

    def finish(self) -> Iterator[Finding]:
        """Yield what is too much or too little."""
        total = len(self.lengths)
        if total < FEWEST:
            return
        if self.refusals / total > REFUSING:
            yield found("balance.refusals", "{count} of {total}", count=self.refusals, total=total)
        opener, count = self.openers.most_common(1)[0]
        if count / total > OPENING:
            yield found(
                "balance.openers",
                "{count} of {total} open with {opener!r}",
                count=count,
                total=total,
                opener=opener,
            )
        yield from self._shares(total)
        if np.std(self.lengths) < ALIKE * np.mean(self.lengths):
            yield found("balance.lengths", "{mean:.0f} characters", mean=np.mean(self.lengths))

    def _shares(self, total: int) -> Iterator[Finding]:
        for language in Language:
            if 0 < (count := self.languages[language]) / total < FEW:
                yield found(
                    "balance.languages",
                    "{count} of {total} are in {language}",
                    count=count,
                    total=total,
                    language=_LANGUAGES[language],
                )
        most = max(self.members.values(), default=0)
        if most / total > MEMBER:
            yield found("balance.members", "{count} of {total}", count=most, total=total)
        for form, name in _FORM_NAMES.items():
            if 0 < (count := self.forms[form]) / total < FEW:
                yield found(
                    "balance.formatting",
                    "{count} of {total} have {form}",
                    count=count,
                    total=total,
                    form=name,
                )

    def statistics(self) -> dict[str, object]:
        """Return the counts."""
        return {
            "refusals": self.refusals,
            "openers": dict(self.openers.most_common(5)),
            "languages": {each.value: self.languages[each] for each in Language},
            "formatting": {form: self.forms[form] for form in _FORMS},
            "members": len(self.members) or None,
        }


def _opener(answer: str, language: Language) -> str:
    if language is Language.JAPANESE:
        return answer.strip()[:6]
    return " ".join(answer.split()[:3]).casefold()
