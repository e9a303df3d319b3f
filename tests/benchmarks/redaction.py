"""Measure redaction on sentences that somebody marked: recall and precision by kind.

    python -m tests.benchmarks.redaction [DATA] [--show]

DATA is the folder of the third-party data (``presidio_pii`` in it). Of its kinds only those are
counted that redaction claims: PHONE_NUMBER, CREDIT_CARD, IP_ADDRESS, EMAIL_ADDRESS; a postal code
is a part of its addresses and has no mark of its own, so the finds within ADDRESS are not counted
as wrong. The Japanese set is ``tests/data/redaction_ja.jsonl``.

A mark is found when the certain spans cover it; ``reviewed`` counts what they or the unsure ones
cover, which is what a person gets to see. A find is right when it touches a mark of its kind.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.services.redaction.redactor import Redactor
from bot.services.redaction.spans import Kind, Span
from tests.naming import names_of

JAPANESE = Path(__file__).resolve().parents[1] / "data" / "redaction_ja.jsonl"
MEMBERS = {1: ("ひなた",), 2: ("Kuroneko",), 3: ("銀河太郎",)}
PRESIDIO = {
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IP_ADDRESS": Kind.IP,
    "EMAIL_ADDRESS": Kind.EMAIL,
}
OURS = {
    "token": Kind.SECRET,
    "snowflake": Kind.SNOWFLAKE,
    "mynumber": Kind.MY_NUMBER,
}
ALIKE = {Kind.SNOWFLAKE: Kind.MENTION}  # a mention holds an id: either will do


@dataclass(slots=True)
class Score:
    marked: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    reviewed: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    claimed: Counter[Kind] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def take(self, text: str, marks: list[Span], found: tuple[Span, ...]) -> None:
        for mark in marks:
            self.marked[mark.kind] += 1
            certain = covers(mark, [span for span in found if span.certain])
            self.found[mark.kind] += certain
            self.reviewed[mark.kind] += covers(mark, found)
            if not certain:
                self.wrong.append(f"missed {mark.kind}: {text[mark.start : mark.end]} | {text}")
        for span in found:
            if span.certain:
                right = any(touches(span, mark) for mark in marks)
                self.claimed[span.kind] += 1
                self.right[span.kind] += right
                if not right:
                    self.wrong.append(f"wrong {span.kind}: {text[span.start : span.end]} | {text}")

    def as_json(self) -> dict[str, Any]:
        kinds: dict[str, Any] = {
            kind.value: {
                "marked": self.marked[kind],
                "recall": rate(self.found[kind], self.marked[kind]),
                "reviewed": rate(self.reviewed[kind], self.marked[kind]),
                "precision": rate(self.right[kind], self.claimed[kind]),
            }
            for kind in Kind
            if self.marked[kind] or self.claimed[kind]
        }
        return {
            "marked": self.marked.total(),
            "recall": rate(self.found.total(), self.marked.total()),
            "reviewed": rate(self.reviewed.total(), self.marked.total()),
            "precision": rate(self.right.total(), self.claimed.total()),
            "kinds": kinds,
        }


def rate(count: int, total: int) -> float | None:
    return round(count / total, 4) if total else None


def family(kind: Kind) -> Kind:
    return ALIKE.get(kind, kind)


def touches(span: Span, mark: Span) -> bool:
    apart = span.end <= mark.start or mark.end <= span.start
    return not apart and family(span.kind) is family(mark.kind)


def covers(mark: Span, spans: Iterable[Span]) -> bool:
    left = set(range(mark.start, mark.end))
    for span in spans:
        left -= set(range(span.start, span.end))
    return not left


def presidio(data: Path) -> Score:
    score, redactor = Score(), Redactor()
    rows = json.loads((data / "presidio_pii" / "generated_small.json").read_text("utf-8"))
    for row in rows:
        marks, elsewhere = [], []
        for span in row["spans"]:
            kind = PRESIDIO.get(span["entity_type"])
            place = Span(
                kind=kind or Kind.POSTAL, start=span["start_position"], end=span["end_position"]
            )
            if kind:
                marks.append(place)
            elif span["entity_type"] == "ADDRESS":
                elsewhere.append(place)
        found = redactor.spans(row["full_text"])
        counted = tuple(
            span for span in found if not any(touches(span, place) for place in elsewhere)
        )
        score.take(row["full_text"], marks, counted)
    return score


def japanese() -> Score:
    score = Score()
    redactor = Redactor(names=names_of(MEMBERS))
    for line in JAPANESE.read_text("utf-8").splitlines():
        row = json.loads(line)
        marks = [
            Span(
                kind=OURS.get(each["kind"]) or Kind(each["kind"]),
                start=each["start"],
                end=each["end"],
            )
            for each in row["spans"]
        ]
        score.take(row["text"], marks, redactor.spans(row["text"]))
    return score


def main() -> None:
    scores = defaultdict(Score, {"japanese": japanese()})
    if len(sys.argv) > 1 and not sys.argv[1].startswith("--"):
        scores["presidio"] = presidio(Path(sys.argv[1]))
    print(json.dumps({name: score.as_json() for name, score in scores.items()}, indent=1))
    if "--show" in sys.argv:
        for name, score in scores.items():
            for line in score.wrong:
                print(name, line, file=sys.stderr)


if __name__ == "__main__":
    main()
