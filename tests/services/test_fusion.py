"""Fusing meaning and words by evidence."""

from __future__ import annotations

import numpy as np

from bot.models import ChunkId, DocumentId, Passage
from bot.services.fusion import Background, background, fuse, without_twins

USUAL = Background(mean=0.2, spread=0.1)


def passage(n: int, text: str) -> Passage:
    return Passage(
        chunk_id=ChunkId(n),
        document_id=DocumentId(n),
        title="",
        heading=(),
        text=text,
        source=f"{n}.md",
    )


def order(
    query: str, texts: dict[int, str], lexical: dict[int, float], dense: dict[int, float]
) -> list[int]:
    ranked = fuse(
        query,
        {ChunkId(n): passage(n, text) for n, text in texts.items()},
        lexical=[(ChunkId(n), score) for n, score in lexical.items()],
        dense={ChunkId(n): cosine for n, cosine in dense.items()},
        usual=USUAL,
    )
    assert all(0.0 <= each.score < 1.0 for each in ranked)
    return [each.chunk_id for each in ranked]


def test_rare_words_beat_a_likely_meaning() -> None:
    texts = {1: "The zeppelin mooring mast is repaired.", 2: "Balloons float in the sky."}

    assert order("zeppelin mooring mast", texts, {1: 18.0}, {1: 0.3, 2: 0.45}) == [1, 2]


def test_a_common_word_does_not_beat_a_meaning() -> None:
    texts = {1: "A page about a boat.", 2: "How to bend planks with steam."}

    assert order("shape wood for a boat", texts, {1: 1.5}, {1: 0.2, 2: 0.6}) == [2, 1]


def test_words_that_match_nothing_leave_the_meaning_as_it_is() -> None:
    texts = {1: "a", 2: "b", 3: "c"}

    assert order("質問", texts, {}, {1: 0.3, 2: 0.5, 3: 0.4}) == [2, 3, 1]


def test_a_passage_without_a_vector_counts_as_any_other() -> None:
    texts = {1: "a", 2: "b", 3: "c"}

    assert order("q", texts, {}, {1: 0.5, 3: 0.1}) == [1, 2, 3]


def test_the_background_is_what_the_library_is_like() -> None:
    query = np.array([1.0, 0.0], dtype=np.float32)
    sample = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)

    usual = background(query, sample)

    assert (usual.mean, usual.spread) == (0.5, 0.5)
    assert usual.unusual(1.0) == 1.0
    assert background(query, sample[:0]).spread == 1.0
    assert background(query, sample[:1]).spread > 0, "one passage alone spreads nothing"


def test_a_passage_that_says_the_same_again_is_left_out() -> None:
    passages = [passage(1, "one"), passage(2, "one."), passage(3, "one"), passage(4, "four")]
    vectors = {
        ChunkId(1): np.array([1.0, 0.0], dtype=np.float32),
        ChunkId(2): np.array([0.999, 0.04], dtype=np.float32),
        ChunkId(4): np.array([0.0, 1.0], dtype=np.float32),
    }

    assert [each.chunk_id for each in without_twins(passages, vectors)] == [1, 4]
    assert [each.chunk_id for each in without_twins(passages, {})] == [1, 2, 4]
