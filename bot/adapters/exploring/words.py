"""The words that tell groups of texts apart, in English and in Japanese."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from bot.terms import STOPWORDS, normalise, stem

_MARKUP = re.compile(r"<[^>]{1,200}>|https?://\S+")
_WORD = re.compile(r"[a-z][a-z'’-]*[a-z]{2}")  # three letters at least
# A run of Han or of Katakana is a word more often than not; Hiragana holds words together
_JAPANESE = re.compile(r"[㐀-䶿一-鿿々]{2,8}|[ァ-ヺー]{2,12}")
MOST_SHARED = 0.5  # of all texts: a word that more hold tells nothing apart
OTHER_LANGUAGE = 2  # terms of the rarer language, where it is there
RARE = 0.1  # of a group's texts, in which a language counts as there


def words(text: str) -> list[str]:
    """Return a text's words that may name a topic, in both languages."""
    bare = normalise(_MARKUP.sub(" ", text))
    english = (word for word in _WORD.findall(bare) if word not in _common())
    return [*english, *_JAPANESE.findall(bare)]


def telling_terms(
    texts: Sequence[str], labels: np.ndarray, count: int, *, limit: int
) -> list[tuple[str, ...]]:
    """Return each group's words, the most telling first, no two of one stem.

    Class-based TF-IDF (Grootendorst 2022, "BERTopic"), over the number of texts
    that hold a word, so that one long text does not speak for all.
    """
    spoken = _Spoken()
    held = [Counter[str]() for _ in range(count)]
    for text, label in zip(texts, labels, strict=True):
        held[label].update(spoken.stems(text))
    total = sum(held, Counter[str]())
    usual = {word for word, number in total.items() if number > MOST_SHARED * len(texts)}
    mean = total.total() / max(count, 1)
    sizes = np.bincount(labels, minlength=count)
    return [
        _of_both(
            _ranked(own, total, usual, mean, int(sizes[number])), own, spoken, int(sizes[number])
        )[:limit]
        for number, own in enumerate(held)
    ]


def _ranked(
    own: Counter[str], total: Counter[str], usual: set[str], mean: float, size: int
) -> list[str]:
    """Return stems by class-based TF-IDF; one that a single text holds is no topic's."""
    fewest = 2 if size >= 10 else 1
    scores = {
        word: number * float(np.log1p(mean / total[word]))
        for word, number in own.items()
        if number >= fewest and word not in usual
    }
    return sorted(scores, key=lambda word: (-scores[word], word))


def _of_both(
    ranked: Sequence[str], own: Counter[str], spoken: _Spoken, size: int
) -> tuple[str, ...]:
    """Return words with the rarer language's first two among the first, where it is there."""
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for word in ranked:
        kinds[word.isascii()].append(word)
    first, second = sorted(kinds.values(), key=lambda each: -sum(own[word] for word in each[:5]))
    there = [word for word in second if own[word] >= RARE * size][:OTHER_LANGUAGE]
    mixed = [*first[:3], *there, *first[3:]]
    return tuple(spoken.commonest(word) for word in mixed)


class _Spoken:
    """Remembers how each stem is mostly written."""

    def __init__(self) -> None:
        self._forms: dict[str, Counter[str]] = {}

    def stems(self, text: str) -> set[str]:
        """Return the stems of a text, each once."""
        found = set()
        for word in words(text):
            root = stem(word)
            self._forms.setdefault(root, Counter())[word] += 1
            found.add(root)
        return found

    def commonest(self, root: str) -> str:
        """Return the form in which a stem is written most."""
        return self._forms[root].most_common(1)[0][0]


@cache
def _common() -> frozenset[str]:
    """Return the English words that name no topic."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return STOPWORDS.union(ENGLISH_STOP_WORDS, _CHATTER)


_CHATTER_TEXT = """
    really just like one also even much get got don doesn didn isn wasn can't don't didn't i've
    it's i'm won't doesn't isn't that's very well good great thing things way lot bit make made
    think know want need say said does did going
"""
_CHATTER = frozenset(_CHATTER_TEXT.split())
