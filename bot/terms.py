"""Words and character bigrams: how Marv sees a text when it looks for words.

Japanese writes no spaces, so a run of its characters is read as overlapping
pairs, with the last character once more by itself: a one-character query then
matches as a prefix wherever the character stands.
"""

from __future__ import annotations

import re
import unicodedata

# Hiragana, Katakana (with the long vowel mark), Han with its iteration mark, half-width Katakana
CJK = r"々〆぀-ヿ㐀-䶿一-鿿豈-﫿ｦ-ﾟ"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
CJK_RUN = re.compile(rf"[{CJK}]+")


def normalise(text: str) -> str:
    """Fold width and case, so that ＰＣ, PC and pc are one word (NFKC, then casefold)."""
    return unicodedata.normalize("NFKC", text).casefold()


def index_terms(text: str) -> str:
    """Return the text as the lexical index stores it: words and bigrams, space separated."""
    return " ".join(term for run in _runs(text) for term in _indexed(run))


def query_terms(text: str) -> tuple[str, ...]:
    """Return a query's distinct words and bigrams, in order; one character stays one."""
    seen: dict[str, None] = {}
    for run in _runs(text):
        for term in _queried(run):
            seen.setdefault(term)
    return tuple(seen)


def _runs(text: str) -> list[str]:
    return RUN.findall(normalise(text))


def _indexed(run: str) -> list[str]:
    if not CJK_RUN.fullmatch(run):
        return [run]
    return [*(run[i : i + 2] for i in range(len(run) - 1)), run[-1]]


def _queried(run: str) -> list[str]:
    if not CJK_RUN.fullmatch(run) or len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def is_single_character(term: str) -> bool:
    """Tell whether a term is one Japanese character, which matches as a prefix."""
    return len(term) == 1 and bool(CJK_RUN.fullmatch(term))
