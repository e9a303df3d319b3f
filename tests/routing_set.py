"""Hand-written questions by what they are about, in English and Japanese, and some off topic."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "data" / "routing" / "questions.tsv"
LABELS = ("boats", "baking", "coding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question; without a label it is about none of them."""

    label: str
    language: str
    text: str


def questions() -> list[Question]:
    """Return every question, in the file's order."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [Question(**row) for row in csv.DictReader(lines, delimiter="\t")]


def as_csv(rows: Iterable[tuple[str, str]], header: tuple[str, str] = ("text", "label")) -> bytes:
    """Return texts and labels as a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
