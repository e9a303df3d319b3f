"""A question as the words that a text must have in order to answer it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot import language
from bot.models import Language
from bot.terms import (
    CJK_RUN,
    STOPWORDS,
    index_terms,
    is_single_character,
    normalise,
    query_terms,
    stem,
)

_ASKING = re.compile("[何誰]|いつ|どこ|なぜ|どれ|だれ|どう|どの|いく")
_HIRAGANA = re.compile("[ぁ-ゟ]")
_HAN_OR_KATAKANA = re.compile("[々㐀-䶿一-鿿ァ-ヿ]")
_HIRAGANA_WEIGHT, _MIXED_WEIGHT, _WORD_WEIGHT = 0.1, 0.4, 1.0

# What a text must name: numbers, capitalised and foreign words, katakana, runs of Han
_NAME = re.compile(
    r"\d+(?:[.,:]\d+)*|(?<!^)\b[A-Z][\w'-]*|[ァ-ヶー]{3,}|[一-鿿]{3,}|(?<=[ぁ-鿿])[A-Za-z][\w.-]*"
)
_NO_NAMES = frozenset({"I", "I'm", "I'd", "I've", "I'll"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question's terms with their weights, and the names and numbers that it mentions."""

    text: str
    language: Language
    weights: Mapping[str, float]
    names: tuple[str, ...]

    def covered(self, words: Iterable[str]) -> float:
        """Return the weighted share of the question's terms among a text's, 0 to 1."""
        total = sum(self.weights.values())
        if not total:
            return 0.0
        present = set(words)
        return (
            sum(weight for term, weight in self.weights.items() if _occurs(term, present)) / total
        )

    def named(self, text: str) -> float:
        """Return the share of the question's names and numbers that a text has; ½ without any."""
        if not self.names:
            return 0.5
        text = normalise(text)
        return sum(name in text for name in self.names) / len(self.names)


def _occurs(term: str, present: Collection[str]) -> bool:
    """Tell whether a term is among a text's words, one character also as a part of a pair."""
    if is_single_character(term):
        return any(term in word for word in present)
    return term in present


def read_question(text: str) -> Question:
    """Return what a question mentions, words that only ask left out."""
    weights: dict[str, float] = {}
    for term in query_terms(text):
        if weight := _weight(term):
            weights[stem(term)] = max(weight, weights.get(stem(term), 0.0))
    names = (match for match in _NAME.findall(text) if match not in _NO_NAMES)
    return Question(
        text=text,
        language=language.detect(text),
        weights=weights,
        names=tuple(dict.fromkeys(normalise(name) for name in names)),
    )


def words(text: str) -> frozenset[str]:
    """Return the stems and character pairs of a text."""
    return frozenset(stem(term) for term in index_terms(text).split())


def _weight(term: str) -> float:
    if not CJK_RUN.fullmatch(term):
        return 0.0 if term in STOPWORDS else _WORD_WEIGHT
    if _ASKING.search(term):
        return 0.0
    if not _HAN_OR_KATAKANA.search(term):
        return _HIRAGANA_WEIGHT
    return _MIXED_WEIGHT if _HIRAGANA.search(term) else _WORD_WEIGHT
