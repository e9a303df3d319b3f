"""Words and bigrams: what is written can be found by what is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terms import (
    STOPWORDS,
    content_terms,
    index_terms,
    is_single_character,
    normalise,
    query_terms,
)

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abc ABC 12潮の満ち引きＰＣ ﾃｽﾄー々。.'-_"), st.characters()
    ),
    max_size=120,
)
KANA = st.text(alphabet="潮の満ち引きテストー々", min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Boats, sailed!", "the boats sailed"),
        ("天気", "天気 気"),
        ("明日の天気", "明日 日の の天 天気 気"),
        ("犬", "犬"),
        ("ＰＣとpc", "pc と pc"),
        ("ﾃｽﾄ", "テス スト ト"),
        ("人々", "人々 々"),
        ("コーヒー400円", "コー ーヒ ヒー ー 400 円"),
        ("snake_case", "snake case"),
        ("!? 。、", ""),
        ("", ""),
    ],
)
def test_a_text_is_indexed_by_words_and_bigrams(text: str, terms: str) -> None:
    assert index_terms(text) == terms


@given(text=TEXTS)
def test_every_term_of_a_text_finds_the_text(text: str) -> None:
    assert set(query_terms(text)) <= set(index_terms(text).split())


@given(before=KANA, word=KANA, after=KANA)
def test_a_japanese_word_is_found_wherever_it_stands(before: str, word: str, after: str) -> None:
    assert set(query_terms(word)) <= set(index_terms(before + word + after).split())


@given(text=KANA)
def test_each_single_character_is_the_beginning_of_a_term(text: str) -> None:
    terms = index_terms(text).split()
    assert all(any(term.startswith(character) for term in terms) for character in normalise(text))


@given(text=TEXTS)
def test_terms_hold_nothing_that_could_end_a_quotation(text: str) -> None:
    assert not any(set('" *^:()') & set(term) for term in query_terms(text))


def test_query_terms_are_distinct_and_in_order() -> None:
    assert query_terms("b a B 天気 a 天気") == ("b", "a", "天気")


def test_stop_words_are_left_out_unless_nothing_else_is_left() -> None:
    assert content_terms("When does the regatta start?") == ("regatta", "start")
    assert content_terms("Who is it?") == ("who", "is", "it")
    assert {"who", "is", "it"} <= STOPWORDS


@pytest.mark.parametrize(("term", "single"), [("犬", True), ("天気", False), ("a", False)])
def test_only_one_japanese_character_is_a_prefix(term: str, single: bool) -> None:
    assert is_single_character(term) is single
