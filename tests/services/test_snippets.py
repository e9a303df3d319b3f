"""Snippets: the matched words are marked, and nothing else is."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.services.snippets import ELLIPSIS, snippet
from bot.terms import query_terms

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("abc ABC *_~`|>潮の満ち引きＰＣ。.\n"), st.characters()),
    max_size=500,
)


def unmarked(text: str) -> str:
    return text


@given(text=TEXTS, query=TEXTS, limit=st.integers(min_value=1, max_value=300))
def test_marks_are_always_in_pairs(text: str, query: str, limit: int) -> None:
    shown = snippet(text, query_terms(query), limit=limit)

    assert shown.count("**") % 2 == 0
    assert "*" not in shown.replace("**", "")
    assert "****" not in shown


@given(text=TEXTS, query=TEXTS, limit=st.integers(min_value=1, max_value=300))
def test_a_snippet_is_a_piece_of_the_text_within_the_limit(
    text: str, query: str, limit: int
) -> None:
    shown = snippet(text, query_terms(query), limit=limit, mark=unmarked)

    assert len(shown) <= limit + 2 * len(ELLIPSIS)
    flat = unicodedata.normalize("NFKC", text)
    letters = "".join(character for character in shown if character.isalnum())
    assert letters in "".join(character for character in flat if character.isalnum())


@given(text=TEXTS)
def test_a_short_text_is_shown_whole_without_ellipsis(text: str) -> None:
    shown = snippet(text, (), limit=10_000)

    flat = unicodedata.normalize("NFKC", text)
    assert [c for c in shown if c.isalnum()] == [c for c in flat if c.isalnum()]


def test_english_words_are_marked_with_their_endings() -> None:
    assert snippet("Two Boats passed the boathouse.", query_terms("boat")) == (
        "Two **Boats** passed the **boathouse**."
    )


def test_a_word_inside_another_is_not_marked() -> None:
    assert snippet("A steamboat is here.", query_terms("boat")) == "A steamboat is here."


def test_neighbouring_bigrams_are_one_mark() -> None:
    assert (
        snippet("次の日本支部の集まり。", query_terms("日本支部")) == "次の**日本支部**の集まり。"
    )


def test_width_and_case_do_not_matter() -> None:
    assert snippet("ＰＣ and pc", query_terms("Pc")) == "**PC** and **pc**"


def test_the_formatting_of_the_text_is_taken_out() -> None:
    shown = snippet("**bold** ||secret|| `code` > quote", query_terms("secret"))

    assert shown.count("**") == 2
    assert "**secret**" in shown
    assert not set("`|>") & set(shown)


def test_the_first_match_is_shown_however_late_it_comes() -> None:
    text = "nothing here " * 100 + "the regatta starts at ten " + "and more " * 100

    shown = snippet(text, query_terms("regatta"), limit=100)

    assert "**regatta** starts" in shown
    assert shown.startswith(ELLIPSIS)
    assert shown.endswith(ELLIPSIS)
