"""What a word is called in the other language: a small hand-written glossary.

Words alone cannot see from a Japanese question to an English document; most of
what communities ask about are loanwords that they can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.terms import CJK_RUN, RUN, normalise, stem

FILE = "glossary.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """Japanese by the stem of an English word, and English by a Japanese word."""

    japanese: Mapping[str, tuple[str, ...]]
    english: Mapping[str, tuple[str, ...]]
    longest: int  # characters of a Japanese word

    def translations(self, text: str) -> tuple[str, ...]:
        """Return the other language's words for those in a text, in order, each once.

        A run of Japanese is read from the left, the longest known word first.
        """
        found: dict[str, None] = {}
        for run in RUN.findall(normalise(text)):
            words = self._of_japanese(run) if CJK_RUN.fullmatch(run) else self._of_english(run)
            found.update(dict.fromkeys(words))
        return tuple(found)

    def _of_english(self, word: str) -> Iterator[str]:
        yield from self.japanese.get(stem(word), ())

    def _of_japanese(self, run: str) -> Iterator[str]:
        start = 0
        while start < len(run):
            lengths = range(min(self.longest, len(run) - start), 0, -1)
            word = next(
                (run[start : start + n] for n in lengths if run[start : start + n] in self.english),
                "",
            )
            yield from self.english.get(word, ())
            start += len(word) or 1


@cache
def shipped_glossary() -> Glossary:
    """Return the glossary that Marv ships."""
    return parse_glossary(files("bot").joinpath(FILE).read_text("utf-8"))


def parse_glossary(text: str) -> Glossary:
    """Return the glossary of a file: English, a tab, Japanese; variants behind commas."""
    japanese: dict[str, tuple[str, ...]] = {}
    english: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        ours, theirs = (tuple(map(normalise, side.split(","))) for side in line.split("\t"))
        for word in ours:
            japanese[stem(word)] = (*japanese.get(stem(word), ()), *theirs)
        for word in theirs:
            english[word] = (*english.get(word, ()), *ours)
    return Glossary(japanese=japanese, english=english, longest=max(map(len, english), default=0))
