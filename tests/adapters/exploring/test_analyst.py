"""The arithmetic of exploring: on small worlds whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.exploring.maps import FEWEST_FOR_TSNE, even_sample
from bot.adapters.exploring.outliers import nearest
from bot.adapters.exploring.words import words
from bot.exploring import Firmness
from bot.ports import Vectors

ANALYST = SklearnAnalyst()
WORDS = (
    ("boat", "hull", "mast", "船体", "帆柱"),
    ("cake", "oven", "flour", "小麦粉", "オーブン"),
    ("tax", "invoice", "ledger", "請求書", "帳簿"),
)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Compute as the worker does; two threads that wait by spinning take minutes."""
    with threadpool_limits(1):
        yield


def world(a_group: int = 30, *, groups: int = 3, noise: float = 0.25) -> tuple[Vectors, list[str]]:
    """Return groups of vectors around far centres, and texts of each group's words."""
    random = np.random.default_rng(7)
    centres = random.normal(size=(groups, 64))
    rows, texts = [], []
    for number in range(groups * a_group):
        group = number % groups
        rows.append(centres[group] + noise * random.normal(size=64))
        chosen = random.choice(WORDS[group], 3, replace=False)
        texts.append(f"The {' and '.join(chosen)} of {number}.")
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), texts


def test_topics_are_the_groups_that_there_are_named_in_both_languages() -> None:
    vectors, texts = world()

    found = ANALYST.topics(vectors, texts, None)

    assert sorted(tuple(sorted(topic.rows)) for topic in found) == [
        tuple(range(group, 90, 3)) for group in range(3)
    ]
    for topic in found:
        [own] = [each for each in WORDS if topic.terms[0] in each]
        assert set(topic.terms) <= set(own)
        assert {term.isascii() for term in topic.terms[:5]} == {True, False}
        assert Firmness.of(topic.stability) is Firmness.FIRM


def test_topics_of_noise_are_called_doubtful() -> None:
    vectors, texts = world(noise=50.0)

    found = ANALYST.topics(vectors, texts, 6)

    assert all(Firmness.of(topic.stability) is Firmness.DOUBTFUL for topic in found)


def test_topics_of_one_text_many_times_are_one_topic() -> None:
    vectors, _ = world()
    same = np.repeat(vectors[:1], 20, axis=0)

    [topic] = ANALYST.topics(same, ["The same boat."] * 20, None)

    assert len(topic.rows) == 20


def test_a_stranger_comes_first_and_stands_out() -> None:
    vectors, _ = world()
    stranger = np.random.default_rng(1).normal(size=(1, 64)).astype(np.float32)
    stranger /= np.linalg.norm(stranger)

    first, *others = ANALYST.strangers(np.concatenate([vectors, stranger]), [None] * 91)

    assert first.row == 90
    assert first.percentile == 100.0
    assert first.deviation > 3.5 > others[0].deviation
    assert [alike for _, alike in first.nearest] == sorted(
        (alike for _, alike in first.nearest), reverse=True
    )


def test_a_misfiled_row_is_told_where_it_belongs() -> None:
    vectors, _ = world()
    labels: list[str | None] = [("boats", "cakes", "taxes")[row % 3] for row in range(90)]
    labels[4] = "boats"  # one of the cakes

    found = {each.row: each.elsewhere for each in ANALYST.strangers(vectors, labels)}

    assert found.pop(4) == "cakes"
    assert set(found.values()) == {None}


def test_nearest_compares_all_rows_whatever_the_block() -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=(1500, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -2.0)

    rows, near = nearest(vectors, 4)

    assert np.allclose(near, -np.sort(-alike, axis=1)[:, :4], atol=1e-5)
    assert np.allclose(np.take_along_axis(alike, rows, axis=1), near, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "method"), [(3, "PCA"), (FEWEST_FOR_TSNE, "t-SNE"), (90, "t-SNE")]
)
def test_a_map_keeps_neighbours(size: int, method: str) -> None:
    vectors, _ = world()

    layout = ANALYST.layout(vectors[:size])

    assert layout.method == method
    assert layout.rows == tuple(range(size))
    assert len(set(layout.places)) == size
    assert layout.trustworthiness > 0.7


def test_a_map_of_equal_texts_is_drawn_all_the_same() -> None:
    layout = ANALYST.layout(np.ones((5, 64), dtype=np.float32))
    assert len(layout.places) == 5
    assert np.isfinite(np.array(layout.places)).all()


def test_a_large_set_is_sampled_evenly() -> None:
    rows = even_sample(10_000, 3000)
    assert len(rows) == 3000
    assert (rows[0], rows[-1]) == (0, 9999)
    assert even_sample(5, 3000).tolist() == [0, 1, 2, 3, 4]


def test_learning_beats_chance_and_says_what_its_baselines_do() -> None:
    vectors, texts = world()
    labels: list[str | None] = [("boats", "cakes", "taxes")[row % 3] for row in range(90)]
    labels[80:] = [None] * 10
    labels[0] = "a label of its own"

    found = ANALYST.learnt(vectors, texts, labels)

    assert found.labels == ("boats", "cakes", "taxes")
    assert found.quality is not None
    assert found.quality.accuracy > 0.95
    assert set(found.baselines) == {"tfidf", "embeddings", "majority"}
    assert 0.3 < found.baselines["majority"].accuracy < 0.4
    assert found.labelled == sum(map(sum, found.confusion)) == 79
    assert found.left_out == {"a label of its own": 1}
    guessed = {guess.row: guess.label for guess in found.guesses}
    assert set(guessed) == set(range(90))
    assert all(guessed[row] == ("boats", "cakes", "taxes")[row % 3] for row in range(80, 90))


def test_names_alone_sort_what_is_near_them_and_two_have_an_auc() -> None:
    vectors, _ = world(groups=2)
    names = np.stack([vectors[0::2].mean(axis=0), vectors[1::2].mean(axis=0)])
    labels = [("boats", "cakes")[row % 2] for row in range(60)]

    found = ANALYST.by_name(vectors, ("boats", "cakes"), names, labels)
    blind = ANALYST.by_name(vectors, ("boats", "cakes"), names, [None] * 60)

    assert found.quality is not None
    assert found.quality.accuracy == found.auc == 1.0
    assert found.baselines["majority"].accuracy == 0.5
    assert blind.quality is None
    assert not blind.confusion
    assert [guess.label for guess in blind.guesses] == labels


def test_by_name_most_of_one_label_leaves_the_rest_what_they_are() -> None:
    random = np.random.default_rng(4)
    names = np.eye(8, dtype=np.float32)[:2]
    truth = [0] * 57 + [1] * 3
    vectors = (names[truth] + 0.15 * random.normal(size=(60, 8))).astype(np.float32)
    vectors += 0.8 * np.eye(8, dtype=np.float32)[5]  # what all texts share
    labels = [("boats", "cakes")[each] for each in truth]

    found = ANALYST.by_name(vectors, ("boats", "cakes"), names, labels)

    assert [guess.label for guess in found.guesses] == labels


def test_words_leave_out_markup_and_what_names_nothing() -> None:
    assert words("<br />I really love the Kayak<b>s</b> http://x.test/page 港のカヤックは、") == [
        "love",
        "kayak",
        "カヤック",
    ]
