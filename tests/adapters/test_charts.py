"""Charts: every character of both languages is drawn, and what cannot be becomes a box."""

from __future__ import annotations

import warnings

import pytest

from bot.adapters.charts import MatplotlibPainter
from cogs.texts import TEXTS

PNG = b"\x89PNG\r\n\x1a\n"
NAMES = ("港の太郎", "Zoë 🦀", "김철수", "bob_$5_$6", "𝔤𝔬𝔱𝔥𝔦𝔠")


@pytest.fixture(scope="module")
def painter() -> MatplotlibPainter:
    return MatplotlibPainter.open()


def test_japanese_and_strange_names_leave_no_glyph_missing(painter: MatplotlibPainter) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranked = painter.ranked(
            title="メンバー別の使用量（11月）",
            values={name: float(n) for n, name in enumerate(NAMES, start=1)},
            labels=["$1.00", "不明", "$3.00", "$4.00", "$5.00"],
            axis="米ドル",
            amount=lambda value: f"${value:.2f}",
        )
        stacked = painter.stacked(
            title="日別の使用量",
            groups=["11/23", "11/24"],
            series={"gpt-x": [1.0, 2.0], "その他": [0.5, 0.0]},
            axis="米ドル",
            limit=("1日の予算", 3.0),
            amount=lambda value: f"${value:.2f}",
        )
    assert ranked.startswith(PNG)
    assert stacked.startswith(PNG)


def test_the_fonts_have_every_character_of_the_charts_texts(painter: MatplotlibPainter) -> None:
    shown = "".join(
        text
        for key, table in TEXTS.items()
        if key.startswith("chart_") or key in ("cost_unknown",)
        for text in table.values()
    )
    assert {each for each in shown if ord(each) not in painter.characters} == set()


def test_a_chart_without_a_value_is_drawn(painter: MatplotlibPainter) -> None:
    one = {"title": "Usage", "axis": "US dollars"}
    assert painter.stacked(
        groups=["24 Nov"], series={}, limit=("budget", 0.0), amount=str, **one
    ).startswith(PNG)
    assert painter.ranked(values={}, labels=[], amount=str, **one).startswith(PNG)
