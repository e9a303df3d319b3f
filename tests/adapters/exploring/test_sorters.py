"""What of a classification can be kept: it sorts as the classification did, and turns away more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.exploring.results import FiledResults
from bot.exploring import Sorting
from bot.services.sorting import sort
from bot.sorter import Method, Sorter
from tests.adapters.exploring.test_analyst import world

ANALYST = SklearnAnalyst()
NAMES = ("boats", "cakes", "taxes")
LABELS = [NAMES[row % 3] for row in range(90)]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Compute as the worker does."""
    with threadpool_limits(1):
        yield


def sorter_of(sorting: Sorting) -> Sorter:
    assert sorting.sorter is not None
    assert sorting.sorter.fits
    return sorting.sorter


def test_a_sorter_by_names_says_of_each_text_what_the_classification_said() -> None:
    vectors, _ = world()
    sorting = ANALYST.by_name(vectors, NAMES, vectors[:3], [None] * 90)
    sorter = sorter_of(replace(sorting, labels=NAMES))

    for guess in sorting.guesses:
        found = sort(sorter, vectors[guess.row])
        assert found.label == guess.label
        assert found.confidence == pytest.approx(guess.confidence, abs=1e-4)
    assert sorter.method is Method.NAMED
    assert all(trial.right is None for trial in sorter.trials)


@pytest.mark.parametrize("groups", [2, 3])
def test_a_learnt_sorter_knows_unseen_texts_and_says_how_many(groups: int) -> None:
    vectors, texts = world(60, groups=groups)
    labels = [NAMES[row % groups] if row < 90 else None for row in range(60 * groups)]
    sorter = sorter_of(ANALYST.learnt(vectors, texts, labels))

    unseen = [sort(sorter, vectors[row]) for row in range(90, 60 * groups)]

    assert [each.label for each in unseen] == [
        NAMES[row % groups] for row in range(90, 60 * groups)
    ]
    assert np.mean([each.close for each in unseen]) > 0.7
    assert len(sorter.trials) == 90
    reach = sorter.reach("boats", 0.5)
    assert 0.8 / groups <= reach.share <= 1 / groups
    assert reach.right == 1.0
    assert sorter.reach("boats", 1.1).share == 0.0
    assert sorter.reach("boats", 1.1).right is None


def test_what_is_about_no_label_is_not_close_however_sure_the_weights_are() -> None:
    vectors, texts = world()
    sorter = sorter_of(ANALYST.learnt(vectors, texts, LABELS))
    strangers = np.random.default_rng(1).normal(size=(50, 64)).astype(np.float32)

    found = [sort(sorter, row) for row in strangers]

    assert any(each.confidence > 0.7 for each in found)
    assert not any(each.close for each in found)
    assert not sort(sorter, np.zeros(64, dtype=np.float32)).close


def test_the_mean_of_few_texts_is_kept_nowhere() -> None:
    vectors, texts = world(4)
    sorter = sorter_of(ANALYST.learnt(vectors, texts, LABELS[:12]))

    assert not np.frombuffer(sorter.anchors, dtype="<f4").any()
    assert sort(sorter, vectors[0]).close


async def test_a_sorter_is_kept_with_its_result_in_a_file(tmp_path: Path) -> None:
    vectors, texts = world()
    sorting = ANALYST.learnt(vectors, texts, LABELS)
    results = FiledResults(tmp_path)

    await results.put("key", Sorting, sorting)

    assert await results.get("key", Sorting) == sorting


def test_sorters_are_told_apart_and_damage_is_seen() -> None:
    vectors, texts = world()
    one = sorter_of(ANALYST.learnt(vectors, texts, LABELS))
    other = sorter_of(ANALYST.learnt(vectors, texts, LABELS[1:] + LABELS[:1]))

    assert one.digest != other.digest
    assert one.digest == replace(one, trials=()).digest
    for part in ("weights", "bias", "anchors", "floors"):
        assert not replace(one, **{part: getattr(one, part)[:-4]}).fits
