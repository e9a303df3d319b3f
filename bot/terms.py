"""Words and character bigrams: how Marv sees a text when it looks for words.

Japanese writes no spaces, so a run of its characters is read as overlapping
pairs, with the last character once more by itself: a one-character query then
matches as a prefix wherever the character stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

# Hiragana, Katakana (with the long vowel mark), Han with its iteration mark, half-width Katakana
CJK = r"々〆぀-ヿ㐀-䶿一-鿿豈-﫿ｦ-ﾟ"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
CJK_RUN = re.compile(rf"[{CJK}]+")

# English words that ask, or hold a sentence together, and say nothing of what is asked for
_ASKING_WORDS = """
    a about am an and any are as at be been being but by can could did do does doing for from get
    had has have having he her here him his how i if in into is it its just like may me might must
    my need no not of on one or our out please shall she should so some such tell than that the
    their them then there these they this those to too up us use want was we were what when where
    which while who whom whose why will with would you your s t re ll ve d m don doesn isn happens
    happen many much long
"""
STOPWORDS = frozenset(_ASKING_WORDS.split())
COMMON_WORDS_FILE = "common_words.txt"


@cache
def common_words() -> frozenset[str]:
    """Return English words that people also call themselves by."""
    lines = files("bot").joinpath(COMMON_WORDS_FILE).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


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


def content_terms(text: str) -> tuple[str, ...]:
    """Return a query's terms without stop words, or all of them where nothing else is left."""
    terms = query_terms(text)
    return tuple(term for term in terms if term not in STOPWORDS) or terms


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """Strip the commonest English endings; a word of another script stays as it is."""
    if not word.isascii() or len(word) < 4 or word.isdigit():
        return word
    for ending, left in (
        ("ies", "y"),
        ("ing", ""),
        ("edly", ""),
        ("ed", ""),
        ("ly", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + left
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word


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
