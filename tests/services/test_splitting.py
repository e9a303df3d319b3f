"""Cutting long texts into messages: nothing lost, nothing too long, code still code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.splitting import FENCE, MESSAGE_CHARACTERS, split_message

WORDS = st.lists(
    st.sampled_from(["harbor", "rope,", "Regatta.", "潮の満ち引き。", "a" * 70, "\n", "\n\n"]),
    max_size=60,
).map(" ".join)
CODE = st.lists(st.sampled_from(["x = 1", "    return None", "潮", "y" * 70]), max_size=30).map(
    "\n".join
)
FENCED = st.builds("```{}\n{}\n```".format, st.sampled_from(["", "py", "json"]), CODE)
TEXTS = st.lists(st.one_of(WORDS, FENCED), max_size=6).map("\n\n".join)


def without_fences_and_space(text: str) -> str:
    return "".join(FENCE.sub("", text).split())


@given(text=TEXTS, limit=st.integers(min_value=80, max_value=300))
def test_parts_are_short_enough_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    parts = split_message(text, limit=limit)

    assert parts
    assert all(len(part) <= limit for part in parts)
    joined = "\n".join(parts)
    assert without_fences_and_space(joined) == without_fences_and_space(text)


@given(text=TEXTS, limit=st.integers(min_value=80, max_value=300))
def test_no_part_leaves_a_fence_open(text: str, limit: int) -> None:
    for part in split_message(text, limit=limit):
        assert len(FENCE.findall(part)) % 2 == 0, part


@given(text=st.text(alphabet=st.characters(exclude_characters="`~"), max_size=600))
def test_any_text_without_code_survives(text: str) -> None:
    parts = split_message(text, limit=50)

    assert all(len(part) <= 50 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", "short", "x" * MESSAGE_CHARACTERS])
def test_a_text_that_fits_is_one_part(text: str) -> None:
    assert split_message(text) == (text,)


def test_a_cut_falls_between_paragraphs_where_it_can() -> None:
    first, second = "First. " * 20, "Second. " * 20
    assert split_message(f"{first.strip()}\n\n{second.strip()}", limit=200) == (
        first.strip(),
        second.strip(),
    )


def test_a_cut_code_block_is_closed_and_opened_again_with_its_language() -> None:
    parts = split_message("```py\n" + "x = 1\n" * 120 + "```", limit=200)

    assert len(parts) > 2
    assert all(part.startswith("```py\n") and part.endswith("\n```") for part in parts)


def test_a_fence_line_that_is_longer_than_a_message_comes_to_an_end() -> None:
    parts = split_message("```" + "a" * 5000)

    assert all(len(part) <= MESSAGE_CHARACTERS for part in parts)
    assert sum(part.count("a") for part in parts) == 5000


def test_a_line_that_begins_with_inline_code_is_no_fence() -> None:
    parts = split_message("```pip install``` does it. " + "And so on. " * 300)

    assert "".join(parts).count("pip install") == 1
    assert not any(part.endswith("\n```") for part in parts)


def test_no_part_is_empty() -> None:
    assert all(split_message("a" * 1992 + " " * 3000 + "b"))
