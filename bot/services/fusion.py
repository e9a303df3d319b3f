"""Fuses meaning and words by evidence: how unusual a similarity is, how much the words say.

Equal-weight reciprocal rank fusion lets an arm that sees nothing outvote one
that sees well. Here the arms are put on one scale instead:

- *dense*: by how many standard deviations a passage's cosine with the query is
  above that of the library's other passages. Models differ widely in what they
  call similar; this does not.
- *lexical*: BM25 as a share of the query's best, times how much that best is
  worth: little where all that matched is a common word, the more where the
  passage has more of the query's words.

Every candidate of either arm is scored by both. The constants were tuned on the
dev sets of discord.py's documentation, JSQuAD and JaQuAD with the embedded
embedder (ARCHITECTURE.md has the figures).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.models import ChunkId, Passage
from bot.ports import Vectors
from bot.services.evidence import read_question, words

LEXICAL_WEIGHT = 6.0  # standard deviations that the best match of words is worth, see above
TELLING_BM25 = 15.0  # from here on a match of words cannot be chance: some two rare words
SHARPNESS = 1.5  # power of the share of the best BM25: half as good is worth a third
NARROWEST = 0.02  # no library's similarities spread less; a tiny one's may seem to
JUDGED = 3  # best matches of words whose coverage of the query is looked at
HALF_SCORE = 6.0  # the fused score that is shown as one half
TWIN_COSINE = 0.97  # of passages that say the same
BACKGROUND = 500  # passages that stand for a library

Hits = Sequence[tuple[ChunkId, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """How similar the passages of a library are to a query just so."""

    mean: float
    spread: float

    def unusual(self, cosine: float) -> float:
        """Return by how many standard deviations a cosine is above the mean."""
        return (cosine - self.mean) / self.spread


NO_BACKGROUND = Background(mean=0.0, spread=1.0)


def background(query: Vectors, sample: Vectors) -> Background:
    """Return a query's background: ``sample`` holds some of the library's vectors, one a row."""
    if not len(sample):
        return NO_BACKGROUND
    cosines = sample @ query
    return Background(mean=float(cosines.mean()), spread=max(float(cosines.std()), NARROWEST))


def fuse(
    query: str,
    passages: Mapping[ChunkId, Passage],
    *,
    lexical: Hits,
    dense: Mapping[ChunkId, float],
    usual: Background,
) -> tuple[Passage, ...]:
    """Return the passages best first, scored from 0 to 1.

    ``dense`` holds the cosine of every candidate that has a vector; one without
    counts as just as similar as the library is.
    """
    worth = _worth(query, passages, lexical)
    best = max((score for _, score in lexical), default=0.0)
    by_words = dict(lexical)

    def evidence(chunk_id: ChunkId) -> float:
        said = by_words.get(chunk_id, 0.0) / best if best > 0 else 0.0
        meant = usual.unusual(dense.get(chunk_id, usual.mean))
        return meant + worth * math.pow(said, SHARPNESS)

    scored = {chunk_id: evidence(chunk_id) for chunk_id in passages}
    return tuple(
        replace(
            passages[chunk_id],
            score=_shown(score),
            lexical=by_words.get(chunk_id),
            dense=dense.get(chunk_id),
        )
        for chunk_id, score in sorted(scored.items(), key=lambda item: (-item[1], item[0]))
    )


def without_twins(
    passages: Sequence[Passage], vectors: Mapping[ChunkId, Vectors]
) -> Iterator[Passage]:
    """Leave out a passage that says what a better one has said, in the same or nearly all words."""
    known = [passage.chunk_id for passage in passages if passage.chunk_id in vectors]
    matrix = np.stack([vectors[chunk_id] for chunk_id in known]) if known else np.zeros((0, 0))
    alike = dict(zip(known, matrix @ matrix.T >= TWIN_COSINE, strict=True))
    place = {chunk_id: number for number, chunk_id in enumerate(known)}
    kept: list[int] = []
    texts: set[str] = set()
    for passage in passages:
        twins = alike.get(passage.chunk_id)
        if passage.text in texts or (twins is not None and twins[kept].any()):
            continue
        if twins is not None:
            kept.append(place[passage.chunk_id])
        texts.add(passage.text)
        yield passage


def _worth(query: str, passages: Mapping[ChunkId, Passage], lexical: Hits) -> float:
    """Return what the best match of words is worth, in standard deviations."""
    if not lexical:
        return 0.0
    question = read_question(query)
    texts = (passages[chunk_id] for chunk_id, _ in lexical[:JUDGED] if chunk_id in passages)
    covered = max(
        (question.covered(words("\n".join((p.title, *p.heading, p.text)))) for p in texts),
        default=0.0,
    )
    telling = min(1.0, max(score for _, score in lexical) / TELLING_BM25)
    return LEXICAL_WEIGHT * telling * (1.0 + covered**2)


def _shown(score: float) -> float:
    score = max(score, 0.0)
    return score / (score + HALF_SCORE)
