"""The sentences of some passages that could be quoted, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot import language
from bot.models import Passage
from bot.sentences import Kind, Sentence, sentences
from bot.services.answer_kinds import holds
from bot.services.evidence import Question, words

MAX_CANDIDATES = 40  # sentences embedded for one question; each costs some three milliseconds
TITLE_SHARE = 0.3  # of a passage's rank, in choosing what is embedded

_DEPENDENT = re.compile(
    r"(?:it|its|they|their|this|that|these|those|he|she|his|her|however|but|also|then|so|otherwise"
    r"|instead|therefore|thus|and|such|both|in (?:that|this) case|after that|for this|if so)\b"
    r"|また|しかし|それ|その|これ|この|そこ|ここ|ただし|なお|さらに|だが|そして|よって|従って|したがって"
    r"|一方|彼|彼女|同[^じ]|つまり|例えば|ですから|だから",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？][\"'”」』）)]*$")
_LEADS = re.compile(r"[:：]$")
_MARK = re.compile(r"\[\d+\]")  # would be taken for a citation of ours
_SHORT_CHARACTERS, _LONG_CHARACTERS = 14, 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence in its place: ``rank`` counts passages, ``position`` the passage's sentences."""

    passage: Passage
    rank: int
    position: int
    sentence: Sentence
    words: frozenset[str]
    context: frozenset[str]

    @property
    def text(self) -> str:
        """Return what would be quoted."""
        return self.sentence.text

    @property
    def heading(self) -> str:
        """Return the heading that the sentence stands under."""
        return self.passage.heading[-1] if self.passage.heading else self.passage.title

    @property
    def dependent(self) -> bool:
        """Tell whether the sentence leans on the one before it."""
        return bool(_DEPENDENT.match(self.text))

    @property
    def leading(self) -> bool:
        """Tell whether the sentence only announces what follows: a lead, a heading, a question."""
        return self.asking or self.sentence.kind is Kind.HEADING or bool(_LEADS.search(self.text))

    @property
    def asking(self) -> bool:
        """Tell whether the sentence is a question itself."""
        return bool(_ASKS.search(self.text))


def candidates(question: Question, passages: Sequence[Passage]) -> tuple[Candidate, ...]:
    """Return the sentences worth a closer look, at most 40, in reading order."""
    found = [
        candidate
        for rank, passage in enumerate(passages)
        for candidate in _of_passage(passage, rank)
    ]
    best = nlargest(MAX_CANDIDATES, found, key=lambda each: _promise(question, each))
    return tuple(sorted(best, key=lambda each: (each.rank, each.position)))


def sentence_features(
    question: Question, candidate: Candidate, *, similarity: float, beside: float, heading: float
) -> Mapping[str, float]:
    """Return what speaks for and against quoting a sentence.

    ``similarity`` is its cosine with the question, ``beside`` the best of its
    neighbours', ``heading`` that of its heading.
    """
    text, passage = candidate.text, candidate.passage
    mismatch = float(language.detect(text, otherwise=question.language) != question.language)
    covered = question.covered(candidate.words)
    in_context = question.covered(candidate.context)
    return {
        "similarity": similarity,
        "similarity_beside": beside,
        "similarity_heading": heading,
        "covered": covered,
        "covered_in_context": in_context,
        "named": question.named(text),
        "kind": holds(question.text, text),
        "dense": passage.dense or 0.0,
        "fused": passage.score,
        "rank": 1.0 / (1 + candidate.rank),
        "mismatch": mismatch,
        "similarity_mismatch": similarity * mismatch,
        "dependent": float(candidate.dependent),
        "leading": float(candidate.leading),
        "asking": float(candidate.asking),
        "short": float(len(text) < _SHORT_CHARACTERS),
        "long": float(len(text) > _LONG_CHARACTERS),
        "first": float(candidate.position == 0),
        "prose": float(candidate.sentence.kind is Kind.PROSE),
        "heading": float(candidate.sentence.kind is Kind.HEADING),
    }


def _of_passage(passage: Passage, rank: int) -> Iterator[Candidate]:
    above = words(" ".join((passage.title, *passage.heading)))
    before: Sentence | None = None
    for position, sentence in enumerate(sentences(passage.text)):
        own = words(sentence.text)
        context = own | above
        if before is not None and _belongs(before, sentence):
            context |= words(before.text)
        before = sentence
        if own and not _MARK.search(sentence.text):
            yield Candidate(
                passage=passage,
                rank=rank,
                position=position,
                sentence=sentence,
                words=own,
                context=context,
            )


def _belongs(before: Sentence, sentence: Sentence) -> bool:
    """Tell whether a sentence is about what the one before it said."""
    return (
        before.block == sentence.block
        or before.kind is Kind.HEADING
        or bool(_ASKS.search(before.text) or _LEADS.search(before.text))
    )


def _promise(question: Question, candidate: Candidate) -> tuple[float, int, int]:
    share = question.covered(candidate.context) + TITLE_SHARE / (1 + candidate.rank)
    return share, -candidate.rank, -candidate.position
