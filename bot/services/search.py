"""Hybrid search: meaning and words, fused by evidence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from bot.audience import Audience, Viewer
from bot.errors import (
    EmptyQuestion,
    IndexUnavailable,
    ModelError,
    NothingFound,
    NothingFoundByWords,
    TooLong,
)
from bot.faults.money import BudgetSpent
from bot.models import ChunkId, EmbeddingSpace, Passage, SearchResults, embedded_text
from bot.ports import Embedder, Library, PassageIndex, Reranker, Vectors
from bot.ports.metrics import Arms, Metrics
from bot.services.fusion import BACKGROUND, NO_BACKGROUND, Hits, background, fuse, without_twins
from bot.services.health import Health, Piece
from bot.services.metering import NoMetrics
from bot.terms import query_terms

log = logging.getLogger(__name__)

MAX_QUERY_CHARACTERS = 2000
CANDIDATES = 40  # of each arm, from which the fused list is made
RERANKED = 20  # of the fused list, where there is a reranker
SAMPLE_SECONDS = 300.0  # for which a library's sample of vectors serves

Found = tuple[Passage, Vectors | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What either arm found and the viewer may see, with its text and its vector."""

    lexical: Hits
    dense: Hits
    found: Mapping[ChunkId, Found]
    by_words: bool = False  # meaning was not compared
    vector: Vectors | None = None  # of the query

    @property
    def passages(self) -> dict[ChunkId, Passage]:
        """Return the passages."""
        return {chunk_id: passage for chunk_id, (passage, _) in self.found.items()}

    @property
    def vectors(self) -> dict[ChunkId, Vectors]:
        """Return the vectors of those that have one."""
        return {id_: row for id_, (_, row) in self.found.items() if row is not None}

    def cosines(self, query: Vectors) -> dict[ChunkId, float]:
        """Return each candidate's cosine with the query, also of those that words alone found."""
        return {chunk_id: float(row @ query) for chunk_id, row in self.vectors.items()}


NO_CANDIDATES = Candidates(lexical=(), dense=(), found={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """The passages for a query, and the query's vector where one was worked out."""

    passages: tuple[Passage, ...]
    vector: Vectors | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankings:
    """One query's passages as each arm ranks them, and as Marv does."""

    lexical: tuple[Passage, ...]
    dense: tuple[Passage, ...]
    hybrid: tuple[Passage, ...]


@dataclass(slots=True, kw_only=True)
class Samples:
    """Some vectors of each library; a large one's are read anew every five minutes."""

    library: Library
    _known: dict[tuple[int, str], tuple[float, Vectors]] = field(default_factory=dict)

    async def of(self, guild_id: int, space: EmbeddingSpace) -> Vectors:
        """Return up to 500 vectors of a guild's library, one a row."""
        key, now = (guild_id, space.key), time.monotonic()
        read_at, sample = self._known.get(key, (0.0, None))
        if sample is None or len(sample) < BACKGROUND or now - read_at > SAMPLE_SECONDS:
            sample = await self.library.sample_vectors(guild_id, space, limit=BACKGROUND)
            self._known[key] = (now, sample)
        return sample

    def forget(self, guild_id: int) -> None:
        """Read a guild's sample anew: some of it was erased."""
        for key in [key for key in self._known if key[0] == guild_id]:
            del self._known[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Finds the passages that mean, or say, what the query does.

    While the embedder or the index is away, it finds those that say it, and says so.
    """

    library: Library
    index: PassageIndex
    embedder: Embedder
    min_similarity: float
    samples: Samples
    reranker: Reranker | None = None
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=NoMetrics)

    @property
    def words_only(self) -> bool:
        """Tell whether meaning cannot be searched: asked after a search, it says how that went."""
        return bool(self.health.missing)

    async def find(
        self, guild_id: int, query: str, *, viewer: Viewer, limit: int = 10
    ) -> SearchResults:
        """Return up to ``limit`` passages that the viewer may see, best first.

        Raises EmptyQuestion for a blank query, TooLong above 2,000 characters,
        and NothingFound when no passage shares a word with the query and none
        is closer in meaning than unrelated texts are.
        """
        found, ranked = await self._ranked(guild_id, query, viewer)
        words_only = self.words_only or found.by_words
        close = tuple(passage for passage in ranked[:limit] if self._is_close(passage))
        if not close:
            kind = NothingFoundByWords if self.words_only else NothingFound
            raise kind(f"nothing for a query of {len(query)} characters")
        return SearchResults(
            query=query.strip(),
            passages=close,
            terms=query_terms(query),
            words_only=words_only,
        )

    async def rankings(self, guild_id: int, query: str, *, viewer: Viewer, limit: int) -> Rankings:
        """Return what each arm alone would find, beside what ``passages`` returns: for measuring.

        Raises EmptyQuestion and TooLong as ``find`` does, and IndexUnavailable
        while one of the arms is away.
        """
        found, ranked = await self._ranked(guild_id, query, viewer)
        if self.words_only:
            raise IndexUnavailable("one arm is away: there is nothing to compare")

        def alone(hits: Hits) -> tuple[Passage, ...]:
            known = (found.found[id_][0] for id_, _ in hits if id_ in found.found)
            return tuple(islice(known, limit))

        return Rankings(
            lexical=alone(found.lexical), dense=alone(found.dense), hybrid=ranked[:limit]
        )

    async def passages(
        self, guild_id: int, query: str, *, viewer: Viewer, limit: int
    ) -> tuple[Passage, ...]:
        """Return up to ``limit`` passages that the viewer may see, best first, however far.

        Raises EmptyQuestion and TooLong as ``find`` does.
        """
        return (await self.consult(guild_id, query, viewer=viewer, limit=limit)).passages

    async def consult(
        self,
        guild_id: int,
        query: str,
        *,
        viewer: Viewer,
        limit: int,
        embed_anyway: bool = False,
    ) -> Consulted:
        """Return what ``passages`` returns, with the query's vector for who has use for it.

        With ``embed_anyway`` there is one also where nothing may be read.
        """
        found, ranked = await self._ranked(guild_id, query, viewer)
        vector = found.vector
        if found is NO_CANDIDATES and embed_anyway:
            vector = await self._vector(query.strip())
        return Consulted(passages=ranked[:limit], vector=vector)

    async def _ranked(
        self, guild_id: int, query: str, viewer: Viewer
    ) -> tuple[Candidates, tuple[Passage, ...]]:
        if not (query := query.strip()):
            raise EmptyQuestion
        if len(query) > MAX_QUERY_CHARACTERS:
            raise TooLong(MAX_QUERY_CHARACTERS)
        every = await self.library.audiences(guild_id)
        seen = frozenset(audience for audience in every if viewer(audience))
        if not seen:
            return NO_CANDIDATES, ()
        started = time.perf_counter()
        vector = await self._vector(query)
        found = await self._candidates(guild_id, query, vector, seen, whole=seen == every)
        usual = NO_BACKGROUND
        if vector is not None:
            sample = await self.samples.of(guild_id, self.embedder.space)
            usual = background(vector, sample)
        ranked = fuse(
            query,
            found.passages,
            lexical=found.lexical,
            dense={} if vector is None else found.cosines(vector),
            usual=usual,
        )
        distinct = tuple(without_twins(ranked, found.vectors))
        best = await self._reranked(query, distinct)
        arms: Arms = "words" if self.words_only or found.by_words else "both"
        self.metrics.searched(arms, seconds=time.perf_counter() - started)
        return found, best

    async def _vector(self, query: str) -> Vectors | None:
        """Return the query's vector; None while the embedder is away, or costs what is spent."""
        if self.health.away(Piece.EMBEDDER):
            return None
        try:
            return await self.embedder.embed_query(query)
        except BudgetSpent:
            return None
        except ModelError as error:
            self.health.lost(Piece.EMBEDDER, error)
            return None

    async def _nearest(
        self, guild_id: int, vector: Vectors | None, audiences: frozenset[Audience] | None
    ) -> Hits:
        """Return the closest passages; none while the index is away."""
        if vector is None or self.health.away(Piece.INDEX):
            return ()
        try:
            return await self.index.nearest(guild_id, vector, limit=CANDIDATES, audiences=audiences)
        except IndexUnavailable as error:
            self.health.lost(Piece.INDEX, error)
            return ()

    async def _reranked(self, query: str, ranked: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Have the first few put into order, where there is a reranker and it does its work."""
        if self.reranker is None or len(ranked) < 2:
            return ranked
        first, rest = ranked[:RERANKED], ranked[RERANKED:]
        texts = [embedded_text(each.title, each.heading, each.text) for each in first]
        try:
            scores = await self.reranker.rerank(query, texts)
        except (ModelError, BudgetSpent) as error:
            log.warning("Not reranked, the fused order stands: %s", error)
            return ranked
        places = sorted(range(len(first)), key=lambda place: (-scores[place], place))
        return (*(first[place] for place in places), *rest)

    async def _candidates(
        self,
        guild_id: int,
        query: str,
        vector: Vectors | None,
        seen: frozenset[Audience],
        *,
        whole: bool,
    ) -> Candidates:
        """Ask both arms at once, and return what either found with its text and its vector."""
        space = self.embedder.space
        by_words, dense = await asyncio.gather(
            self.library.lexical(guild_id, query, limit=CANDIDATES, audiences=seen, space=space),
            self._nearest(guild_id, vector, None if whole else seen),
        )
        found = {passage.chunk_id: (passage, row) for passage, row, _ in by_words}
        more = await self.library.passages(
            guild_id,
            (chunk_id for chunk_id, _ in dense if chunk_id not in found),
            audiences=seen,
            space=space,
        )
        return Candidates(
            lexical=[(passage.chunk_id, score) for passage, _, score in by_words],
            dense=dense,
            found={**found, **more},
            by_words=vector is None,
            vector=vector,
        )

    def _is_close(self, passage: Passage) -> bool:
        return passage.lexical is not None or (passage.dense or 0.0) >= self.min_similarity
