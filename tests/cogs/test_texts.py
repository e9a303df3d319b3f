"""The tables of texts: every text in both languages, and no name given twice."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import cogs
from bot.models import Language
from cogs.texts import TEXTS, merged, say

HERE = Path(cogs.__path__[0])


def tables() -> Iterator[tuple[str, dict[object, dict[object, object]]]]:
    for path in sorted(HERE.glob("*_texts.py")):
        module = importlib.import_module(f"cogs.{path.stem}")
        for name, value in vars(module).items():
            if isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
                yield f"{path.stem}.{name}", value


def test_every_table_says_all_in_both_languages() -> None:
    found = dict(tables())
    assert len(found) > 20
    wrong = [
        f"{name}: {key}"
        for name, table in found.items()
        for key, text in table.items()
        if set(text) != set(Language)
    ]
    assert not wrong


def test_a_name_that_two_tables_give_is_refused() -> None:
    stop = {"stop": {Language.ENGLISH: "Stop", Language.JAPANESE: "止める"}}
    wait = {"wait": {Language.ENGLISH: "Wait", Language.JAPANESE: "待つ"}}
    assert merged(stop, wait) == {**stop, **wait}
    with pytest.raises(ValueError, match=r"has: stop$"):
        merged(stop, wait, stop)


def test_a_text_is_said_with_its_places_filled() -> None:
    assert say("page", Language.ENGLISH, page=2, pages=3) == "Page 2 of 3"
    assert say("page", Language.JAPANESE, page=2, pages=3) == "2 / 3 ページ"
    assert len(TEXTS) > 300
