"""More like these: the nearest to their centre, without what was seen, varied at will."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.audience import Audience, Viewer
from bot.errors import EmptyQuestion, NothingFound, TooLong
from bot.models import ChunkId, Passage
from bot.ports import Embedder, Library, PassageIndex
from bot.ports.models import Vectors
from bot.services.freezing.near import normalised

MAX_CHARACTERS = 4000
CANDIDATES = 60
DIVERSITY = 0.2  # 0: the nearest; 1: as unlike each other as can be
THE_SAME = 0.995  # cosine, from which a text is the one that was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Recommends passages that a viewer may read."""

    library: Library
    index: PassageIndex
    embedder: Embedder
    min_similarity: float

    async def to_text(
        self,
        guild_id: int,
        text: str,
        *,
        viewer: Viewer,
        limit: int,
        diversity: float = DIVERSITY,
        seen: Iterable[ChunkId] = (),
    ) -> tuple[Passage, ...]:
        """Return passages like a text, but for the text itself.

        Raises EmptyQuestion, TooLong and NothingFound, or what the embedder and the index raise.
        """
        if not (text := text.strip()):
            raise EmptyQuestion
        if len(text) > MAX_CHARACTERS:
            raise TooLong(MAX_CHARACTERS)
        vectors = await self.embedder.embed_documents([text])
        itself = normalised(text)
        found = await self._nearest(
            guild_id, vectors, viewer, limit + 1, diversity, frozenset(seen)
        )
        others = tuple(each for each in found if normalised(each.text) != itself)[:limit]
        if not others:
            raise NothingFound("nothing is like it but the text itself")
        return others

    async def to_document(
        self,
        guild_id: int,
        document_id: int,
        *,
        viewer: Viewer,
        limit: int,
        diversity: float = DIVERSITY,
    ) -> tuple[Passage, ...]:
        """Return passages of other documents like one document; raises NothingFound."""
        chunks = await self.library.chunks(guild_id)
        own = [id_ for id_, chunk in chunks.items() if chunk.document_id == document_id]
        return await self.to_passages(
            guild_id, own, viewer=viewer, limit=limit, diversity=diversity
        )

    async def to_passages(
        self,
        guild_id: int,
        liked: Sequence[ChunkId],
        *,
        viewer: Viewer,
        limit: int,
        diversity: float = DIVERSITY,
        seen: Iterable[ChunkId] = (),
    ) -> tuple[Passage, ...]:
        """Return passages like several, which are seen already; raises NothingFound."""
        audiences = await self._audiences(guild_id, viewer)
        found = await self.library.passages(
            guild_id, liked, audiences=audiences, space=self.embedder.space
        )
        rows = [vector for _, vector in found.values() if vector is not None]
        if not rows:
            raise NothingFound("none of the passages is there any more")
        known = frozenset(seen) | frozenset(liked)
        return await self._nearest(guild_id, np.stack(rows), viewer, limit, diversity, known)

    async def _audiences(self, guild_id: int, viewer: Viewer) -> frozenset[Audience]:
        every = await self.library.audiences(guild_id)
        return frozenset(audience for audience in every if viewer(audience))

    async def _nearest(
        self,
        guild_id: int,
        liked: Vectors,
        viewer: Viewer,
        limit: int,
        diversity: float,
        seen: frozenset[ChunkId],
    ) -> tuple[Passage, ...]:
        audiences = await self._audiences(guild_id, viewer)
        if not audiences:
            raise NothingFound("the viewer may read nothing here")
        middle = centre(liked)
        hits = await self.index.nearest(
            guild_id, middle, limit=CANDIDATES + len(seen), audiences=audiences
        )
        found = await self.library.passages(
            guild_id,
            [id_ for id_, _ in hits if id_ not in seen],
            audiences=audiences,
            space=self.embedder.space,
        )
        close = [(each, row) for each, row in found.values() if row is not None]
        vectors = np.stack([row for _, row in close]) if close else np.zeros((0, len(middle)))
        chosen = recommended(
            vectors.astype(np.float32),
            liked,
            limit=limit,
            diversity=diversity,
            least=self.min_similarity,
        )
        if not chosen:
            raise NothingFound("nothing is like it")
        return tuple(replace(close[row][0], dense=alike, score=alike) for row, alike in chosen)


def centre(vectors: Vectors) -> Vectors:
    """Return the mean direction of some vectors, at length 1."""
    middle = vectors.mean(axis=0)
    length = float(np.linalg.norm(middle))
    return np.asarray(middle / length if length else middle, dtype=np.float32)


def recommended(
    vectors: Vectors,
    liked: Vectors,
    *,
    limit: int,
    diversity: float = DIVERSITY,
    least: float = -1.0,
) -> list[tuple[int, float]]:
    """Return rows like the liked ones with their cosine to the centre of these, best first.

    Maximal marginal relevance (Carbonell & Goldstein 1998) with a weight of
    ``1 - diversity`` on likeness. Left out are rows below ``least`` and those
    that are, or repeat, a liked one or one another.
    """
    if not len(vectors):
        return []
    alike = vectors @ centre(liked)
    open_ = (alike >= least) & ((vectors @ liked.T).max(axis=1) < THE_SAME)
    nearest = np.full(len(vectors), -1.0, dtype=np.float32)  # cosine to the chosen so far
    chosen: list[tuple[int, float]] = []
    while len(chosen) < limit and open_.any():
        penalty = nearest if chosen else np.float32(0)
        worth = np.where(open_, (1 - diversity) * alike - diversity * penalty, -np.inf)
        row = int(np.argmax(worth))
        chosen.append((row, float(alike[row])))
        near = vectors @ vectors[row]
        nearest = np.maximum(nearest, near)
        open_ &= near < THE_SAME
        open_[row] = False
    return chosen
