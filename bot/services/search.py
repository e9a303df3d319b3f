"""Hybrid search: meaning and words, fused by rank."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.audience import Audience, Viewer
from bot.errors import EmptyQuestion, NothingFound, TooLong
from bot.models import ChunkId, Passage, SearchResults
from bot.ports import Embedder, Library, PassageIndex
from bot.services.evidence import Question, read_question, words
from bot.terms import query_terms

MAX_QUERY_CHARACTERS = 2000
CANDIDATES = 40  # of each arm, from which the fused list is made
# Cormack, Clarke and Büttcher 2009: score = sum of weight / (k + rank). They found 60 good for
# deep pools of many systems; two arms of 40 want the first ranks to count for more.
RRF_K = 10
LEXICAL_WEIGHT = 2.0  # of a query whose every term is in one passage; the dense arm has 1

Hits = Sequence[tuple[ChunkId, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankings:
    """One query's passages as each arm ranks them, and as Marv does."""

    lexical: tuple[Passage, ...]
    dense: tuple[Passage, ...]
    hybrid: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Finds the passages that mean, or say, what the query does."""

    library: Library
    index: PassageIndex
    embedder: Embedder
    min_similarity: float

    async def find(
        self, guild_id: int, query: str, *, viewer: Viewer, limit: int = 10
    ) -> SearchResults:
        """Return up to ``limit`` passages that the viewer may see, best first.

        Raises EmptyQuestion for a blank query, TooLong above 2,000 characters,
        and NothingFound when no passage shares a word with the query and none
        is closer in meaning than unrelated texts are.
        """
        found = await self.passages(guild_id, query, viewer=viewer, limit=limit)
        close = tuple(passage for passage in found if self._is_close(passage))
        if not close:
            raise NothingFound(f"nothing for a query of {len(query)} characters")
        return SearchResults(query=query.strip(), passages=close, terms=query_terms(query))

    async def passages(
        self, guild_id: int, query: str, *, viewer: Viewer, limit: int
    ) -> tuple[Passage, ...]:
        """Return up to ``limit`` passages that the viewer may see, best first, however far.

        Raises EmptyQuestion and TooLong as ``find`` does.
        """
        if not (query := query.strip()):
            raise EmptyQuestion
        if len(query) > MAX_QUERY_CHARACTERS:
            raise TooLong(MAX_QUERY_CHARACTERS)
        every = await self.library.audiences(guild_id)
        seen = frozenset(audience for audience in every if viewer(audience))
        if not seen:
            return ()
        lexical, dense = await asyncio.gather(
            self.library.lexical(guild_id, query, limit=CANDIDATES, audiences=seen),
            self._dense(guild_id, query, audiences=seen if seen != every else None),
        )
        passages = await self.library.passages(
            guild_id, {id_ for id_, _ in (*lexical, *dense)}, audiences=seen
        )
        return tuple(_fuse(query, passages, lexical=lexical, dense=dense)[:limit])

    async def rankings(self, guild_id: int, query: str, *, viewer: Viewer, limit: int) -> Rankings:
        """Return what each arm alone would find, beside what ``passages`` returns: for measuring.

        Raises EmptyQuestion and TooLong as ``find`` does.
        """
        hybrid = await self.passages(guild_id, query, viewer=viewer, limit=limit)
        every = await self.library.audiences(guild_id)
        seen = frozenset(audience for audience in every if viewer(audience))
        arms = (
            await self.library.lexical(guild_id, query, limit=limit, audiences=seen),
            await self._dense(guild_id, query, audiences=seen if seen != every else None),
        )
        known = await self.library.passages(
            guild_id, {id_ for arm in arms for id_, _ in arm}, audiences=seen
        )
        lexical, dense = (
            tuple(known[id_] for id_, _ in arm[:limit] if id_ in known) for arm in arms
        )
        return Rankings(lexical=lexical, dense=dense, hybrid=hybrid)

    def _is_close(self, passage: Passage) -> bool:
        return passage.lexical is not None or (passage.dense or 0.0) >= self.min_similarity

    async def _dense(
        self, guild_id: int, query: str, *, audiences: frozenset[Audience] | None
    ) -> Hits:
        vector = await self.embedder.embed_query(query)
        return await self.index.nearest(guild_id, vector, limit=CANDIDATES, audiences=audiences)


def _fuse(
    query: str, passages: Mapping[ChunkId, Passage], *, lexical: Hits, dense: Hits
) -> list[Passage]:
    """Fuse two rankings by reciprocal rank, each hit weighted by its evidence.

    The lexical arm counts as much as its best hits cover the query's terms: it
    is silent when a Japanese question meets English documents, and loud when
    the question uses the document's own words. Within an arm a hit counts in
    proportion to the arm's best: ranks alone make much of tiny differences.
    """
    question = read_question(query)
    covered = (_covered(passages[id_], question) for id_, _ in lexical[:5] if id_ in passages)
    weight = LEXICAL_WEIGHT * max(covered, default=0.0)
    fused: dict[ChunkId, float] = {}
    for hits, arm_weight in ((lexical, weight), (dense, 1.0)):
        top = max((score for _, score in hits), default=0.0)
        for rank, (chunk_id, score) in enumerate(hits, start=1):
            share = max(score, 0.0) / top if top > 0 else 0.0
            fused[chunk_id] = fused.get(chunk_id, 0.0) + arm_weight * share / (RRF_K + rank)
    lexical_scores, dense_scores = dict(lexical), dict(dense)
    best_possible = (weight + 1.0) / (RRF_K + 1)
    ranked = [
        replace(
            passages[chunk_id],
            score=score / best_possible,
            lexical=lexical_scores.get(chunk_id),
            dense=dense_scores.get(chunk_id),
        )
        for chunk_id, score in sorted(fused.items(), key=lambda item: (-item[1], item[0]))
        if chunk_id in passages
    ]
    return list(_without_twins(ranked))


def _covered(passage: Passage, question: Question) -> float:
    text = "\n".join((passage.title, *passage.heading, passage.text))
    return question.covered(words(text))


def _without_twins(passages: Iterable[Passage]) -> Iterable[Passage]:
    """Drop a passage whose text was already shown."""
    seen: set[str] = set()
    for passage in passages:
        if passage.text not in seen:
            seen.add(passage.text)
            yield passage
