"""Recommendations: near the centre of what is liked, varied at will, nothing twice."""

from __future__ import annotations

import numpy as np

from bot.services.exploring.recommend import centre, recommended
from tests.adapters.exploring.test_analyst import world


def test_rows_of_the_same_group_come_first() -> None:
    vectors, _ = world()
    found = recommended(vectors[3:], vectors[:1], limit=10, diversity=0.0)
    assert {(row + 3) % 3 for row, _ in found} == {0}
    scores = [alike for _, alike in found]
    assert scores == sorted(scores, reverse=True)


def test_more_diversity_makes_results_less_alike() -> None:
    vectors, _ = world()

    def alike(diversity: float) -> float:
        rows = [row for row, _ in recommended(vectors, vectors[:1], limit=8, diversity=diversity)]
        among = vectors[rows] @ vectors[rows].T
        return float(among[np.triu_indices(len(rows), 1)].mean())

    assert alike(0.9) < alike(0.5) < alike(0.0)


def test_copies_and_what_is_too_far_are_left_out() -> None:
    vectors, _ = world()
    twice = np.concatenate([vectors, vectors])
    found = recommended(twice, vectors[:1], limit=200, least=0.5)
    rows = [row % len(vectors) for row, _ in found]
    assert len(set(rows)) == len(rows)
    assert 0 not in rows
    assert {row % 3 for row in rows} == {0}
    assert recommended(vectors[:0], vectors[:1], limit=3) == []


def test_the_centre_of_opposites_is_nowhere() -> None:
    one = np.array([[1.0, 0.0], [-1.0, 0.0]], dtype=np.float32)
    assert not centre(one).any()
