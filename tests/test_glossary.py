"""What a word is called in the other language."""

from __future__ import annotations

import pytest

from bot.glossary import parse_glossary, shipped_glossary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("コルーチンとは？", {"coroutine"}),
        ("サブコマンドを作る", {"subcommand"}),
        ("チャンネルにメッセージを送る", {"channel", "message", "send"}),
        ("How do I delete messages?", {"削除", "メッセージ"}),
        ("Ｍｅｓｓａｇｅ", {"メッセージ"}),
    ],
)
def test_a_word_is_translated(text: str, expected: set[str]) -> None:
    assert expected <= set(shipped_glossary().translations(text))


def test_the_longest_word_is_read_first() -> None:
    glossary = parse_glossary("time\t時間\ntimeout\tタイムアウト\nout\tアウト\ntimer\tタイム")

    assert glossary.translations("タイムアウト時間") == ("timeout", "time")


@pytest.mark.parametrize("text", ["", "！？", "zeppelin", "ほげほげ"])
def test_an_unknown_word_has_no_translation(text: str) -> None:
    assert shipped_glossary().translations(text) == ()


def test_no_line_of_the_glossary_is_broken_or_says_the_same_twice() -> None:
    glossary = shipped_glossary()

    assert len(glossary.english) > 500
    for word, translations in glossary.english.items():
        assert word
        assert len(set(translations)) == len(translations), word
