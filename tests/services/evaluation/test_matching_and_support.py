"""What an answer is compared with: gold answers, its sources, and the facts it was given."""

from __future__ import annotations

import pytest

from bot.models import ChunkId, Citation, DocumentId, Passage
from bot.services.evaluation.matching import contains, exact, f1, tokens
from bot.services.evaluation.slots import kept, slots
from bot.services.evaluation.support import statements, unsupported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Harbour's, cat!", ("harbours", "cat")),
        ("ＡＢＣは650円。", ("abc", "は", "650", "円")),
        ("「梅雨」", ("梅", "雨")),
        ("...", ()),
    ],
)
def test_text_is_compared_without_case_width_punctuation_and_articles(
    text: str, expected: tuple[str, ...]
) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("said", "gold", "expected"),
    [
        ("a grey cat", ["the cat"], 2 / 3),  # grey, cat against cat: p 1/2, r 1
        ("cat cat", ["cat"], 2 / 3),
        ("dog", ["cat"], 0.0),
        ("小笠原諸島です", ["小笠原諸島"], 2 * 5 / (7 + 5)),
        ("雨季", ["乾季", "雨季"], 1.0),
        ("", ["cat"], 0.0),
        ("anything", [], 0.0),
    ],
)
def test_f1_is_that_of_shared_tokens_with_the_nearest_gold_answer(
    said: str, gold: list[str], expected: float
) -> None:
    assert f1(said, gold) == pytest.approx(expected)
    assert exact(said, gold) == float(expected == 1.0)


@pytest.mark.parametrize(
    ("text", "gold", "found"),
    [
        ("It costs 650 yen.", "650 yen", True),
        ("It costs 1650 yen.", "650 yen", False),
        ("concatenate", "cat", False),
        ("料金は650円です。", "650円", True),
        ("料金は1650円です。", "650円", False),
        ("anything", "!", False),
    ],
)
def test_a_gold_answer_is_found_as_whole_words(text: str, gold: str, *, found: bool) -> None:
    assert contains(text, [gold]) is found


def test_slots_are_what_must_not_change() -> None:
    found = slots(
        "Ask Ingrid Berg by 18.30 on 3 May, see https://harbor.example/a. [1] Then wait. [2]"
    )

    assert found["numbers"] == {"18.30", "3"}
    assert found["names"] == {"ingrid", "berg", "may"}
    assert found["links"] == {"https://harbor.example/a"}
    assert found["citations"] == {"[1]", "[2]"}
    assert slots("ロープは２本です。[1]")["numbers"] == {"2"}
    assert slots("会費はスタッフに。")["names"] == {"スタッフ"}


def test_a_longer_number_is_another_number() -> None:
    assert kept("65", kind="numbers", text="costs 65 euros")
    assert not kept("65", kind="numbers", text="costs 650 euros")


def citation(n: int, text: str) -> Citation:
    passage = Passage(
        chunk_id=ChunkId(n),
        document_id=DocumentId(n),
        title="Harbor",
        heading=(),
        text=text,
        source=f"{n}.md",
    )
    return Citation(n=n, passage=passage)


SOURCES = (
    citation(1, "The ferry leaves Skerry at 9:30 and costs 12 euros."),
    citation(2, "渡し船は朝九時半に出ます。料金は650円です。"),
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The ferry leaves Skerry at 9:30. [1]", (0, 1)),
        ("Sigh. The ferry leaves at 9:30 [1]. You're welcome.", (0, 1)),
        ("The ferry leaves Skerry at 9:45. [1]", (1, 1)),
        ("The ferry leaves Bergen at 9:30. [1]", (1, 1)),  # Bergen is said nowhere
        ("The ferry leaves Skerry at 9:30.", (1, 1)),
        ("The ferry leaves Skerry at 9:30. [7]", (1, 1)),
        ("The old captain sings loudly about whales there. [1]", (1, 1)),
        ("料金は650円です。[2]", (0, 1)),
        ("料金は560円です。[2]", (1, 1)),
        ("料金は650円です。[2] 船長は毎晩歌を歌います。[2]", (1, 2)),
        ("It costs 650 yen. [2]", (0, 1)),  # another language: only the number can be compared
        ("It costs 560 yen. [2]", (1, 1)),
        ("はいはい。どうぞ。", (0, 0)),
    ],
)
def test_a_sentence_needs_a_source_that_has_its_numbers_names_and_words(
    answer: str, expected: tuple[int, int]
) -> None:
    assert unsupported(answer, SOURCES) == expected


def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    read = [(each.text, each.cites) for each in statements("First thing. [1][2] Second thing. [3]")]

    assert read == [
        ("First thing .", frozenset({1, 2})),
        ("Second thing .", frozenset({3})),
    ]
