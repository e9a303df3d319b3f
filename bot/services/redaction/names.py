"""Members' display names: whose name is left as a number, the same one in a whole data set."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.language import HAN, KANA
from bot.services.redaction.spans import Kind, Span
from bot.terms import STOPWORDS

SHORTEST = 2  # characters; a shorter name is never certain
_HONORIFIC = re.compile(r"\A\s?(?:さん|さま|様|くん|君|ちゃん|氏|たん|先輩|先生|殿|っち|ちん)")
_PARTICLE = re.compile(
    r"\A(?:は|が|を|に|の|と|も|へ|で|や|って|から|まで|より|だ|です|か|ね|よ|[^\w]|\Z)"
)
# English words that people are called: alone they are no one's name for certain.
_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        admin amber angel april art ash august autumn bear bill bird bob bot buddy cat chance
        chase cherry chip cliff cloud daisy dawn dean dog dragon drew earl everyone faith fox
        frank gene ghost grace grant guest happy hazel heath hope hunter iris ivy jack jasmine
        joy june lily lucky luna mark max may melody member mike miles mod moon nick night owner
        pat patience pearl penny phoenix ray red rich rob robin rose ruby sage sandy shadow sky
        snow somebody someone staff star storm summer sunny sunshine test user victor violet
        wade will wolf
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Names:
    """Finds the names of members who are known."""

    numbers: Mapping[str, int] = field(default_factory=dict)  # by folded name
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, members: Mapping[int, tuple[str, ...]], *, key: bytes) -> Names:
        """Return the finder of some members' names, numbered in an order of ``key``.

        Without the key nobody can tell from the number who joined before whom.
        """
        ranked = sorted(
            members, key=lambda id_: hmac.digest(key, str(id_).encode(), hashlib.sha256)
        )
        numbers: dict[str, int] = {}
        for number, id_ in enumerate(ranked, start=1):
            for name in members[id_]:
                if folded := _folded(name):
                    numbers.setdefault(folded, number)
        longest_first = sorted(numbers, key=lambda name: (-len(name), name))
        pattern = "|".join(map(re.escape, longest_first))
        return cls(numbers, re.compile(pattern, re.IGNORECASE) if pattern else None)

    def find(self, text: str) -> Iterator[Span]:
        """Yield names; one that is also a word, or a part of one, is one only perhaps or not."""
        if self.pattern is None:
            return
        for match in self.pattern.finditer(text):
            name, start, end = match[0], match.start(), match.end()
            certain = _certainty(name, text[:start][-1:], text[end : end + 8])
            member = self.numbers.get(_folded(name))
            if certain is not None and member is not None:
                yield Span(kind=Kind.NAME, start=start, end=end, certain=certain, member=member)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _certainty(name: str, left: str, right: str) -> bool | None:
    """Return whether a name's occurrence is certain; None where it is a part of a word."""
    if _is_japanese(name):
        return _japanese_certainty(name, left, right)
    if _same_script(left, name[0]) or _same_script(right[:1], name[-1]):
        return None
    if left == "@" or _HONORIFIC.match(right):
        return True
    word = name.casefold()
    return len(name) > SHORTEST and word not in _WORDS and word not in STOPWORDS


def _japanese_certainty(name: str, left: str, right: str) -> bool | None:
    if _HONORIFIC.match(right) or left in ("@", "「", "『"):
        return len(name) >= SHORTEST or left == "@"
    follows = _PARTICLE.match(right) or not _same_script(right[:1], name[-1])
    if not follows or (_script(left) == "han" and _script(name[0]) == "han"):
        return None
    inside = _same_script(left, name[0]) and _script(left) != "hiragana"
    return None if inside else len(name) >= SHORTEST


def _is_japanese(text: str) -> bool:
    return bool(KANA.search(text) or HAN.search(text))


def _script(character: str) -> str:
    if not character:
        return ""
    if HAN.match(character):
        return "han"
    if "぀" <= character <= "ゟ":
        return "hiragana"
    if KANA.match(character):
        return "katakana"
    return "word" if character.isalnum() or character == "_" else ""


def _same_script(one: str, other: str) -> bool:
    script = _script(one)
    return bool(script) and script == _script(other)
