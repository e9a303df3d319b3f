"""Which language a text is in, and a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import detect, from_locale
from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When does the regatta start?", EN),
        ("日本支部の集まりはいつですか？", JA),
        ("会費", JA),
        ("ﾃｽﾄ", JA),
        ("Discord の設定", JA),
        ("What does 侘寂 mean?", EN),
        ("東京都新宿区 ABC", JA),
        ("Wie spät ist es?", EN),
        ("人々", JA),
    ],
)
@pytest.mark.parametrize("locale", [EN, JA])
def test_the_script_decides_whatever_the_locale(
    text: str, language: Language, locale: Language
) -> None:
    assert detect(text, otherwise=locale) is language


@pytest.mark.parametrize("text", ["", "42?", "🎣🎣", "…！？"])
@pytest.mark.parametrize("locale", [EN, JA])
def test_a_text_without_letters_is_in_the_readers_language(text: str, locale: Language) -> None:
    assert detect(text, otherwise=locale) is locale


@given(text=st.text())
def test_one_kana_makes_a_text_japanese(text: str) -> None:
    assert detect(f"{text}の") is JA


@pytest.mark.parametrize(
    ("locale", "language"), [("ja", JA), ("en-US", EN), ("en-GB", EN), ("de", EN)]
)
def test_a_locale_has_a_language(locale: str, language: Language) -> None:
    assert from_locale(locale) is language
