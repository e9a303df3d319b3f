"""Which columns of an attached table hold what, where nobody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.faults.exploring import ColumnUnclear, ColumnUnknown
from bot.services.exploring.tables import parse_table
from bot.services.exploring.uploads import Upload, label_columns, text_columns
from tests.routing_set import as_csv, questions

ROWS = [each for each in questions() if each.label]


def table(*columns: tuple[str, list[str]]) -> bytes:
    names = [name for name, _ in columns]
    rows = zip(*(cells for _, cells in columns), strict=True)
    return "\n".join(";".join(row) for row in [names, *map(list, rows)]).encode()


TEXTS = [each.text for each in ROWS]
LABELS = [each.label for each in ROWS]
TIMES = [f"2026-11-28T12:00:{number % 60:02}Z" for number in range(len(ROWS))]
NUMBERS = [str(1_000_000_000_000 + number) for number in range(len(ROWS))]


@pytest.mark.parametrize(
    ("content", "texts", "labels"),
    [
        (table(("id", NUMBERS), ("Text", TEXTS), ("Label", LABELS)), ["Text"], ["Label"]),
        (table(("本文", TEXTS), ("分類", LABELS), ("when", TIMES)), ["本文"], ["分類"]),
        (table(("a", NUMBERS), ("b", TEXTS), ("c", LABELS), ("d", TIMES)), ["b"], ["c"]),
        (table(("anything", TEXTS)), ["anything"], []),
        (table(("b", TEXTS), ("c", TEXTS)), ["b", "c"], []),
        (table(("n", NUMBERS), ("t", TIMES)), [], []),
    ],
)
def test_columns_are_found_by_name_else_by_what_they_hold(
    content: bytes, texts: list[str], labels: list[str]
) -> None:
    read = parse_table(Path("t.csv"), content)

    assert text_columns(read) == texts
    assert label_columns(read, texts[0] if texts else "n") == labels


async def test_a_guess_is_made_only_where_there_is_one() -> None:
    two = table(("text", TEXTS), ("content", TEXTS), ("kind", LABELS))
    with pytest.raises(ColumnUnclear, match="there are text, content, kind"):
        await Upload(name="t.csv", content=two).items(labelled=True)

    found = await Upload(name="t.csv", content=two, text="content").items(labelled=True)
    assert {item.label for item in found.items} == set(LABELS)
    found = await Upload(name="t.csv", content=two, text="content").items(labelled=False)
    assert {item.label for item in found.items} == {None}
    with pytest.raises(ColumnUnknown, match="no column 'x'"):
        await Upload(name="t.csv", content=two, text="content", label="x").items(labelled=True)


async def test_labels_of_some_rows_are_enough() -> None:
    content = as_csv([(each.text, each.label) for each in questions()])

    found = await Upload(name="t.csv", content=content).items(labelled=True)

    assert sum(item.label is None for item in found.items) == len(questions()) - len(ROWS)
