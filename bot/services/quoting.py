"""Quotes the sentences that answer a question, or admits that none does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.models import Citation, Passage
from bot.ports import Embedder
from bot.services.answerability import Answerability, ScoredSentence, shipped_answerability
from bot.services.answering import Quotation
from bot.services.candidates import Candidate, candidates, sentence_features
from bot.services.evidence import Question, read_question
from bot.terms import CJK

MAX_SENTENCES = 3
ROOM = 280  # characters of a quotation; a Japanese one counts twice
MAX_CHARACTERS = 600  # of a single sentence, which is cut there
WORTH = 0.35  # of the best sentence's score: another that has less is not quoted with it

_WIDE = re.compile(rf"[{CJK}、。！？「」（）]")
_BREAK = re.compile(r"\s+|(?<=[、，。；])")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceQuoter:
    """Picks one to three sentences; fulfils ``bot.services.answering.Quoter``."""

    embedder: Embedder
    answerability: Answerability = field(default_factory=shipped_answerability)

    async def quote(self, question: str, passages: Sequence[Passage]) -> Quotation | None:
        """Return a quotation, or None when the passages do not seem to answer.

        Raises EmbeddingFailed when the embedder does.
        """
        read = read_question(question)
        if not (ranked := await self.rank(read, passages)):
            return None
        confidence = self.answerability.confidence(read, passages, ranked)
        if confidence < self.answerability.threshold:
            return None
        return quotation(ranked, confidence=confidence)

    async def rank(
        self, question: Question, passages: Sequence[Passage]
    ) -> tuple[ScoredSentence, ...]:
        """Return the passages' sentences by how likely each holds the answer, best first."""
        found = candidates(question, passages)
        if not found:
            return ()
        similarity = await self._similarities(question, found)
        scored = (self._scored(question, found, similarity, place) for place in range(len(found)))
        return tuple(sorted(scored, key=lambda each: -each.score))

    async def _similarities(
        self, question: Question, found: Sequence[Candidate]
    ) -> Mapping[str, float]:
        """Return the cosines of the sentences, and of their headings, with the question."""
        texts = list(dict.fromkeys(text for each in found for text in (each.text, each.heading)))
        vector = await self.embedder.embed_query(question.text)
        rows = await self.embedder.embed_documents(texts)
        return dict(zip(texts, (rows @ vector).tolist(), strict=True))

    def _scored(
        self,
        question: Question,
        found: Sequence[Candidate],
        similarity: Mapping[str, float],
        place: int,
    ) -> ScoredSentence:
        candidate = found[place]
        beside = (
            similarity[found[other].text]
            for other in (place - 1, place + 1)
            if 0 <= other < len(found) and _adjacent(candidate, found[other])
        )
        features = sentence_features(
            question,
            candidate,
            similarity=similarity[candidate.text],
            beside=max(beside, default=0.0),
            heading=similarity[candidate.heading],
        )
        score = self.answerability.sentences.probability(features)
        return ScoredSentence(candidate=candidate, features=features, score=score)


def quotation(ranked: Sequence[ScoredSentence], *, confidence: float) -> Quotation:
    """Return the best sentences word for word, each with its ``[n]``, in reading order."""
    chosen = _chosen(ranked)
    passages = list(dict.fromkeys(each.passage.chunk_id for each in chosen))
    ordered = sorted(
        chosen, key=lambda each: (passages.index(each.passage.chunk_id), each.position)
    )
    numbers = {chunk_id: n for n, chunk_id in enumerate(passages, start=1)}
    facts = " ".join(
        f"{shortened(each.text)} [{numbers[each.passage.chunk_id]}]" for each in ordered
    )
    cited = {each.passage.chunk_id: each.passage for each in ordered}
    citations = tuple(Citation(n=n, passage=cited[chunk_id]) for chunk_id, n in numbers.items())
    return Quotation(facts=facts, citations=citations, confidence=confidence)


def shortened(text: str) -> str:
    """Return a sentence, cut between words and marked if it is over 600 characters."""
    if len(text) <= MAX_CHARACTERS:
        return text
    breaks = [match.start() for match in _BREAK.finditer(text, MAX_CHARACTERS // 2, MAX_CHARACTERS)]
    return text[: breaks[-1] if breaks else MAX_CHARACTERS - 1].rstrip() + "…"


def _chosen(ranked: Sequence[ScoredSentence]) -> list[Candidate]:
    """Return the best sentence first, then those that it needs or that are nearly as good."""
    best = ranked[0]
    chosen = [best.candidate]
    room = ROOM - _width(best.candidate.text)
    for candidate in _companions(best, ranked):
        if len(chosen) < MAX_SENTENCES and _width(candidate.text) <= room:
            chosen.append(candidate)
            room -= _width(candidate.text)
    return chosen


def _companions(best: ScoredSentence, ranked: Sequence[ScoredSentence]) -> Iterator[Candidate]:
    """Yield what the best sentence leans on or announces, then what is nearly as good."""
    by_place = {(each.candidate.rank, each.candidate.position): each for each in ranked}
    rank, position = best.candidate.rank, best.candidate.position
    said = {best.candidate.text}
    needed: list[ScoredSentence | None] = []
    if best.candidate.dependent:
        needed.append(by_place.get((rank, position - 1)))
    if best.candidate.leading:
        needed += [by_place.get((rank, position + step)) for step in (1, 2)]
    good = (each for each in ranked[1:] if each.score >= WORTH * best.score and _alone(each))
    for each in (*needed, *good):
        if each is not None and each.candidate.text not in said:
            said.add(each.candidate.text)
            yield each.candidate


def _alone(scored: ScoredSentence) -> bool:
    return not (scored.candidate.dependent or scored.candidate.leading)


def _adjacent(one: Candidate, other: Candidate) -> bool:
    return one.rank == other.rank and abs(one.position - other.position) == 1


def _width(text: str) -> int:
    """Return a text's length with Japanese characters counted twice."""
    return len(text) + len(_WIDE.findall(text))
