"""Reading a text as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import Kind, sentences, split


def texts(text: str) -> list[str]:
    return [each.text for each in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Use e.g. version 1.0 or setup.py for it.",
        "Ask Mr. Smith or Dr. Jones about it.",
        "It costs 3.50 EUR at No. 5 there.",
        "Wait... it is not over yet.",
        "We open at 9 a.m. and close late.",
        "彼は「行くよ。また来る。」と言った。",
        "受付（平日のみ。祝日を除く。）で払います。",
    ],
)
def test_what_only_looks_like_an_end_does_not_split(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is open. Come in!", ["It is open.", "Come in!"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("At most 22. Then we close.", ["At most 22.", "Then we close."]),
        ("開いています。どうぞ！本当ですか？", ["開いています。", "どうぞ！", "本当ですか？"]),
        ("いいですか?はい。", ["いいですか?", "はい。"]),
        ("「静かに。」「はい。」", ["「静かに。」", "「はい。」"]),
        ("一行目\n二行目", ["一行目", "二行目"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_marks_of_headings_and_list_items_are_left_off() -> None:
    found = sentences("## Rules\n- Be kind. Really.\n1. First step\n・静かに")

    assert [each.text for each in found] == ["Rules", "Be kind.", "Really.", "First step", "静かに"]
    assert found[0].kind is Kind.HEADING
    assert found[1].kind is Kind.ITEM
    assert found[1].block == found[2].block != found[3].block


def test_a_table_row_is_one_sentence_and_its_rule_is_none() -> None:
    assert texts("| Day | Hours |\n|---|---|\n| Mon | 10:00. Late |") == [
        "Day | Hours",
        "Mon | 10:00. Late",
    ]


def test_short_code_is_one_sentence_and_long_code_none() -> None:
    found = sentences("```\nmarv run\n```\nThen wait.\n```py\n" + "x = 1\n" * 50 + "```\nDone.")

    assert [each.text for each in found] == ["marv run", "Then wait.", "Done."]
    assert found[0].kind is Kind.CODE


def test_a_line_that_the_page_broke_goes_on() -> None:
    text = "The server is restarted every morning at five so that\nmemory is free again. Wait."

    assert texts(text) == [
        "The server is restarted every morning at five so that memory is free again.",
        "Wait.",
    ]


@given(st.text(alphabet="aB .!?。！？「」（）\n1-|#`あ漢\u3000", max_size=200))
def test_sentences_are_parts_of_the_text_in_order(text: str) -> None:
    rest = " ".join(text.split())
    for sentence in sentences(text):
        place = "".join(rest.split()).find("".join(sentence.text.split()))
        assert place >= 0
        rest = "".join(rest.split())[place:]


@given(st.text(alphabet="aB .!?。！？「」（）1あ漢", max_size=200))
def test_splitting_loses_nothing(text: str) -> None:
    assert "".join(split(text)) == text
