"""Compares an answer with gold answers, as SQuAD does."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.terms import CJK, normalise

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_TOKEN = re.compile(rf"[{CJK}]|[^\s{CJK}]+")


def tokens(text: str) -> tuple[str, ...]:
    """Return a text's words, and each Japanese character by itself.

    Normalised as SQuAD's evaluate-v1.1 does (Rajpurkar et al. 2016): lower
    case, no punctuation, no articles; width is folded first. Japanese is
    compared by character, as JGLUE does for JSQuAD (Kurihara et al. 2022).
    """
    bare = "".join(
        character for character in normalise(text) if unicodedata.category(character)[0] != "P"
    )
    return tuple(_TOKEN.findall(_ARTICLE.sub(" ", bare)))


def exact(answer: str, gold: Iterable[str]) -> float:
    """Return 1 for an answer that is one of the gold answers, else 0."""
    said = tokens(answer)
    return float(any(said == tokens(each) for each in gold))


def f1(answer: str, gold: Iterable[str]) -> float:
    """Return the harmonic mean of token precision and recall, of the gold answer nearest."""
    said = tokens(answer)
    return max((_f1(said, tokens(each)) for each in gold), default=0.0)


def contains(text: str, gold: Iterable[str]) -> bool:
    """Tell whether the tokens of a gold answer stand in a text, one after the other."""
    said = tokens(text)
    return any(_holds(said, tokens(each)) for each in gold)


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    common = (Counter(said) & Counter(gold)).total()
    return 2 * common / (len(said) + len(gold)) if common else 0.0


def _holds(said: Sequence[str], gold: Sequence[str]) -> bool:
    width = len(gold)
    starts = range(len(said) - width + 1)
    return width > 0 and any(said[start : start + width] == gold for start in starts)
