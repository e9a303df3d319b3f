"""Members' display names: whose name is left as a number, the same one in a whole data set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.glossary import shipped_glossary
from bot.language import HAN, KANA
from bot.ports.names import HashedName, KnownName, NameHasher
from bot.services.redaction.spans import Kind, Span, readable
from bot.terms import STOPWORDS, common_words, normalise, stem

SHORTEST = 2  # characters; a shorter name is not looked for
MOST_PAIRS = 100_000  # of characters, of which it is known what may start with them
_START = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]|[^\sA-Za-z0-9_]")
_EDGES = re.compile(r"\A[\W_]+|[\W_]+\Z")  # what decorates a name
_ASIDE = re.compile(r"\s*[|/\\(\[{<@~:;,・／（［【〔「『＠｜].*", re.DOTALL)
_HONORIFIC = re.compile(r"\A\s?(?:さん|さま|様|くん|君|ちゃん|氏|たん|先輩|先生|殿|っち|ちん)")
_PARTICLE = re.compile(
    r"\A(?:は|が|を|に|の|と|も|へ|で|や|って|から|まで|より|だ|です|か|ね|よ|[^\w]|\Z)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Finds the names of members of a guild, of which only keyed hashes are known."""

    guild_id: int = 0
    hasher: NameHasher | None = None
    numbers: Mapping[bytes, int] = field(default_factory=dict)  # by digest
    lengths: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by hint, longest first
    _starting: dict[str, tuple[int, ...]] = field(default_factory=dict)  # by two characters

    @classmethod
    def of(cls, guild_id: int, known: Iterable[KnownName], hasher: NameHasher) -> Names:
        """Return the finder of the names that are known of a guild."""
        lengths: dict[int, set[int]] = {}
        numbers = {}
        for each in known:
            numbers[each.name.digest] = each.number
            lengths.setdefault(each.name.hint, set()).add(each.name.length)
        return cls(
            guild_id=guild_id,
            hasher=hasher,
            numbers=numbers,
            lengths={hint: tuple(sorted(each, reverse=True)) for hint, each in lengths.items()},
        )

    def __bool__(self) -> bool:
        """Tell whether any name is known."""
        return bool(self.numbers)

    def find(self, text: str) -> Iterator[Span]:
        """Yield names; one that is also a word, or a part of one, is one only perhaps or not."""
        if self.hasher is None or not self.numbers:
            return
        end, known = 0, self._starting
        for match in _START.finditer(text):
            start = match.start()
            lengths = known.get(text[start : start + 2])
            if lengths is None:
                lengths = self._lengths(text[start : start + 2], self.hasher)
            if lengths and start >= end:
                for span in self._at(text, start, lengths, self.hasher):
                    end = span.end
                    yield span

    def _at(
        self, text: str, start: int, lengths: Sequence[int], hasher: NameHasher
    ) -> Iterator[Span]:
        """Yield the longest name that starts at a place, if any."""
        for length in lengths:
            name, end = text[start : start + length], start + length
            number = self.numbers.get(hasher.digest(self.guild_id, normalise(name)))
            if number is None:
                continue
            certain = _certainty(name, text[:start][-1:], text[end : end + 8])
            if certain is not None:
                yield Span(kind=Kind.NAME, start=start, end=end, certain=certain, member=number)
                return

    def _lengths(self, pair: str, hasher: NameHasher) -> tuple[int, ...]:
        """Return how long names are that may start with two characters, worked out once."""
        if len(self._starting) >= MOST_PAIRS:
            self._starting.clear()
        hint = hint_of(self.guild_id, pair, hasher)
        lengths = self._starting[pair] = self.lengths.get(hint, ())
        return lengths


def hashed_names(guild_id: int, names: Iterable[str], hasher: NameHasher) -> tuple[HashedName, ...]:
    """Return what is kept of a member's names: of each, and of what people make of it."""
    spoken = dict.fromkeys(each for name in names for each in spoken_forms(name))
    return tuple(
        HashedName(
            digest=hasher.digest(guild_id, normalise(name)),
            hint=hint_of(guild_id, name[:2], hasher),
            length=len(name),
        )
        for name in spoken
    )


def hint_of(guild_id: int, pair: str, hasher: NameHasher) -> int:
    """Return 16 bits that tell where a name may start, from its first two characters."""
    return int.from_bytes(hasher.digest(guild_id, f"\0{normalise(pair)}")[:2])


def spoken_forms(name: str) -> Iterator[str]:
    """Yield what a member with a display name is called: it, its main part, its first word.

    "✨Mirela Vale | busy✨" is also "Mirela Vale" and "Mirela".
    """
    whole = readable(unicodedata.normalize("NFKC", name)).strip()
    main = _EDGES.sub("", _ASIDE.split(whole, maxsplit=1)[0])
    first = main.split()[0] if main.split() else ""
    forms = [whole, _EDGES.sub("", whole), main]
    if not _is_word(called := _EDGES.sub("", first)):  # nobody is called "The" or "New"
        forms.append(called)
    for form in dict.fromkeys(forms):
        if len(form) >= SHORTEST and any(map(str.isalpha, form)):
            yield form


def _certainty(name: str, left: str, right: str) -> bool | None:
    """Return whether a name's occurrence is certain; None where it is a part of a word."""
    if _is_japanese(name):
        return _japanese_certainty(name, left, right)
    if _same_script(left, name[0]) or _same_script(right[:1], name[-1]):
        return None
    if left == "@" or _HONORIFIC.match(right):
        return True
    return len(name) > SHORTEST and not _is_word(name)


def _japanese_certainty(name: str, left: str, right: str) -> bool | None:
    if _HONORIFIC.match(right) or left in ("@", "「", "『"):
        return True
    follows = _PARTICLE.match(right) or not _same_script(right[:1], name[-1])
    if not follows or (_script(left) == "han" and _script(name[0]) == "han"):
        return None
    inside = _same_script(left, name[0]) and _script(left) != "hiragana"
    return None if inside else not _is_word(name)


def _is_word(name: str) -> bool:
    """Tell a name that is also a common word of either language."""
    word, glossary = normalise(name), shipped_glossary()
    return (
        word in common_words()
        or word in STOPWORDS
        or stem(word) in glossary.japanese
        or word in glossary.english
    )


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
