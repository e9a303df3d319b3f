"""Compares an answer with the passages it cites, sentence by sentence, before it is final.

Similarity cannot do this: a changed number leaves a sentence as similar as it
was. What can be looked up is looked up; what cannot is left to the reader, who
has the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot import language
from bot.models import Language, Passage
from bot.sentences import split
from bot.services.claims import Claims, denials, read_claims
from bot.services.evidence import read_question, words
from bot.services.grounding import SENTINEL, marks_of, without_half_mark
from bot.services.remarks import claims_nothing

SAME_SUBJECT = 0.6  # of a clause's words in a sentence of the source: the two say the same
SUPPORTED = 0.3  # of a sentence's words that its sources must have, in the same language
TOPICAL_WORDS = 2  # of the passages in a sentence without a source: it is about the subject
SHORT_WORDS, SHORT_CHARACTERS = 4, 40  # of a remark
ECHO_CHARACTERS = 40  # of the prompt, word for word, that no answer has by chance

_NOTHING = re.compile(
    r"(?:null|none|nil|n/?a|nan|undefined|unknown|no answer|not (?:found|available|specified)"
    r"|no (?:relevant )?information|なし|無し|不明|該当なし|回答なし|わかりません|分かりません)",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\A\W*(?:i['’]?m (?:so )?sorry|sorry|i apologi[sz]e|unfortunately,? i|as an? (?:ai|language)\b"
    r"|i (?:can['’]?t|cannot|am unable to|won['’]?t) (?:help|assist|answer|provide|comply|do that)"
    r"|申し訳(?:ありません|ございません)|すみませんが|お答えできません|対応できません|AIとして)",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\b(?:i|i['’](?:m|ll|ve|d)|me|my|mine|you|you['’](?:re|ll|ve|d)|your|yours|we|us|our)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:、，；：]|\s[—–-]+\s|[（(）)]|\b(?:but|although|though|because|so that)\b"
    r"|けど|ですが|ものの"
)
_MARKS = re.compile(r"\s*(?:[\[［【]\d{1,3}(?:\s*[,、，]\s*\d{1,3})*[\]］】])+")
_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


class Fault(StrEnum):
    """What can be wrong with a sentence."""

    NO_SOURCE = "no source"
    NOT_THERE = "not in the source"
    DENIED = "the source says the opposite"
    UNRELATED = "not what the source says"


Verdict = tuple[Fault, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence of an answer, where it stands, and what is wrong with it."""

    sentence: str
    start: int
    end: int
    fault: Fault
    detail: str = ""

    def complaint(self) -> str:
        """Return what to tell the model."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"- “{' '.join(self.sentence.split())}”: {self.fault.value}{detail}"


@dataclass(frozen=True, slots=True)
class Source:
    """Some passages together, read once."""

    text: str
    claims: Claims
    words: frozenset[str]
    language: Language
    sentences: tuple[tuple[frozenset[str], int], ...]  # the words of each and its denials

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Source:
        """Read passages."""
        text = "\n".join(map(_whole, passages))
        parts = (
            part
            for passage in passages
            for line in passage.text.splitlines()
            for whole in split(line)
            for part in (whole, *_CLAUSE.split(whole))
        )
        return cls(
            text=text,
            claims=read_claims(text),
            words=words(text),
            language=language.detect(text),
            sentences=tuple((words(part), denials(part)) for part in parts if part.strip()),
        )


@dataclass(slots=True)
class Proofreader:
    """Checks one answer against its passages, each sentence once, also while it grows.

    The ``[n]`` of the answer count the passages from 1; a block of code belongs
    to the sentence before it.
    """

    passages: Sequence[Passage]
    _sources: dict[tuple[int, ...], Source] = field(default_factory=dict)
    _verdicts: dict[str, Verdict] = field(default_factory=dict)
    _read: int = 0
    _standing: str = ""

    def findings(self, text: str) -> tuple[Finding, ...]:
        """Return what is wrong with a text."""
        found = []
        for start, end in _sentences(text):
            sentence = text[start:end].strip()
            if sentence not in self._verdicts:
                self._verdicts[sentence] = self._verdict(sentence)
            if verdict := self._verdicts[sentence]:
                fault, detail = verdict
                found.append(
                    Finding(sentence=sentence, start=start, end=end, fault=fault, detail=detail)
                )
        return tuple(found)

    def settled(self, text: str) -> str:
        """Return what stands of an answer that only grows: its sentences but the last, faultless.

        What was settled once is not read again.
        """
        rest = without_half_mark(text[self._read :])
        if bounds := list(_sentences(rest)):
            whole = rest[: bounds[-1][0]]
            self._standing += _cut(whole, self.findings(whole))
            self._read += len(whole)
        return self._standing.strip()

    def _verdict(self, sentence: str) -> Verdict:
        numbers = tuple(n for n in marks_of(sentence) if 1 <= n <= len(self.passages))
        plain = _MARKS.sub(" ", sentence).strip()
        if numbers:
            return _against(plain, self._source(numbers))
        everything = self._source(tuple(range(1, len(self.passages) + 1)))
        return (Fault.NO_SOURCE, "") if _states_something(plain, everything) else None

    def _source(self, numbers: tuple[int, ...]) -> Source:
        if numbers not in self._sources:
            self._sources[numbers] = Source.of([self.passages[n - 1] for n in numbers])
        return self._sources[numbers]


def without(text: str, faulty: Iterable[Finding]) -> str:
    """Return a text without some of its sentences."""
    return _cut(text, faulty).strip()


def _cut(text: str, faulty: Iterable[Finding]) -> str:
    for finding in sorted(faulty, key=lambda each: -each.start):
        text = (
            text[: finding.start].rstrip(" ")
            + " " * bool(text[finding.end :].strip())
            + (text[finding.end :].lstrip(" "))
        )
    return text


def says_nothing(text: str, rules: str) -> bool:
    """Tell whether a reply is none: blank, NULL, a refusal, or the rules given back."""
    plain = _MARKS.sub("", text).strip().strip("\"'`.。!！*")
    if not plain or SENTINEL in text or _NOTHING.fullmatch(plain):
        return True
    if not marks_of(text) and _REFUSAL.match(plain):
        return True
    return _echoes(text, rules)


def _echoes(text: str, rules: str) -> bool:
    """Tell whether a reply repeats the rules that it was given."""
    if "<passage" in text or "</passage" in text:
        return True
    flat = " ".join(text.split())
    lines = (" ".join(line.split()) for line in rules.splitlines())
    return any(len(line) >= ECHO_CHARACTERS and line in flat for line in lines)


def _against(sentence: str, source: Source) -> Verdict:
    foreign = language.detect(sentence) is not source.language
    claims = read_claims(sentence)
    missing = claims.missing_from(source.claims, source.text)
    if foreign:  # how a name is spelt in another script cannot be looked up
        missing = tuple(each for each in missing if each not in claims.names or "`" in each)
    if missing:
        return Fault.NOT_THERE, ", ".join(missing)
    if foreign:
        return None
    if read_question(sentence).covered(source.words) < SUPPORTED:
        return Fault.UNRELATED, ""
    return (Fault.DENIED, "") if _is_denied(sentence, source) else None


def _is_denied(sentence: str, source: Source) -> bool:
    """Tell whether the source says the opposite of a clause, and nowhere the same."""
    for clause in filter(None, (part.strip() for part in _CLAUSE.split(sentence))):
        read = read_question(clause)
        if len(read.weights) < TOPICAL_WORDS:
            continue
        same = [denied for other, denied in source.sentences if read.covered(other) >= SAME_SUBJECT]
        if same and all((denied - denials(clause)) % 2 for denied in same):
            return True
    return False


def _states_something(sentence: str, source: Source) -> bool:
    """Tell a statement from a remark: a remark claims nothing and is about nothing."""
    if not claims_nothing(sentence, ""):
        return True
    asks = sentence.rstrip().endswith(("?", "？"))
    read = read_question(sentence)
    topical = sum(weight >= 1.0 and term in source.words for term, weight in read.weights.items())
    if asks or topical >= TOPICAL_WORDS:
        return topical >= TOPICAL_WORDS and not asks
    if language.detect(sentence) is Language.JAPANESE:
        return len(sentence) > SHORT_CHARACTERS
    return not _ADDRESSES.search(sentence) and len(sentence.split()) > SHORT_WORDS


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence starts and ends; marks behind a full stop belong before it."""
    position = 0
    bounds: list[tuple[int, int]] = []
    for block in _blocks(text):
        for piece in split(block):
            start, position = position, position + len(piece)
            if not piece.strip():
                continue
            moved = _MARKS.match(piece)
            if moved and bounds and not piece[: moved.end()].startswith("\n"):
                bounds[-1] = bounds[-1][0], start + moved.end()
                start += moved.end()
            if bounds and text[start:position].lstrip().startswith("```"):
                bounds[-1] = bounds[-1][0], position
            elif text[start:position].strip():
                bounds.append((start, position))
    yield from bounds


def _blocks(text: str) -> Iterator[str]:
    """Yield lines with their ends, a block of code as a part of the line before it."""
    held = ""
    position = 0
    for code in _CODE_BLOCK.finditer(text):
        *whole, last = text[position : code.start()].splitlines(keepends=True) or [""]
        yield from filter(None, (held, *whole))
        held, position = last + code[0], code.end()
    rest = text[position:].splitlines(keepends=True)
    yield from filter(None, (held, *rest))


def _whole(passage: Passage) -> str:
    return "\n".join((passage.title, *passage.heading, passage.text))
