"""What an exploration says, for people and for the command line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from bot.exploring import Coverage, Item, Items, Layout, Quality, Sorting, Stranger, Topic

CLEARLY = 3.5  # robust standard deviations (Iglewicz & Hoaglin 1993)
CONFIDENCE = 0.7
MADE_OF = ("id", "text", "label", "predicted", "confidence")
# What a table's program would take for a formula (OWASP, "CSV injection")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsReport:
    """What texts are about, the largest topic first."""

    items: Items
    topics: tuple[Topic, ...]

    def as_json(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        return {
            "items": len(self.items.items),
            "left_out": dict(self.items.left_out),
            "topics": [topic.as_json() for topic in self.topics],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MapReport:
    """A map: where each item on it lies, and which group it belongs to (-1: none)."""

    items: Items
    layout: Layout
    groups: tuple[int, ...]  # of the rows of the layout
    names: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many points each group has."""
        return tuple(self.groups.count(number) for number in range(len(self.names)))

    def as_json(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        rows = zip(self.layout.rows, self.layout.places, self.groups, strict=True)
        return {
            "items": len(self.items.items),
            "method": self.layout.method,
            "trustworthiness": round(self.layout.trustworthiness, 4),
            "groups": list(self.names),
            "points": [
                {
                    "id": self.items.items[row].id,
                    "x": round(x, 3),
                    "y": round(y, 3),
                    "group": self.names[group] if group >= 0 else None,
                }
                for row, (x, y), group in rows
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OutliersReport:
    """What does not fit, the furthest first."""

    items: Items
    strangers: tuple[Stranger, ...]

    @property
    def clear(self) -> int:
        """Return how many stand out by more than the spread of all items explains."""
        return sum(stranger.deviation > CLEARLY for stranger in self.strangers)

    def item(self, stranger: Stranger) -> Item:
        """Return whose row it is."""
        return self.items.items[stranger.row]

    def as_json(self, *, limit: int | None = None) -> dict[str, object]:
        """Return the report as the command line prints it: all items, or the first so many."""
        return {
            "items": [self._one(stranger) for stranger in self.strangers[:limit]],
            "compared": len(self.strangers),
            "clear": self.clear,
        }

    def _one(self, stranger: Stranger) -> dict[str, object]:
        item = self.item(stranger)
        value: dict[str, object] = {
            "id": item.id,
            "percentile": round(stranger.percentile, 2),
            "text": item.text,
            "distance": round(stranger.distance, 4),
            "deviation": round(stranger.deviation, 2),
            "clear": stranger.deviation > CLEARLY,
            "nearest": [
                {"id": self.items.items[row].id, "similarity": round(alike, 4)}
                for row, alike in stranger.nearest
            ],
        }
        if item.label is not None:
            value |= {"label": item.label, "neighbours_label": stranger.elsewhere or item.label}
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyReport:
    """What label each item gets, and how far that can be trusted."""

    items: Items
    sorting: Sorting
    confidence: float

    @property
    def coverage(self) -> Coverage:
        """Return how much gets a label at the confidence, and how right those are."""
        sure = [each for each in self.sorting.guesses if each.confidence >= self.confidence]
        labels = set(self.sorting.labels)
        known = [
            each.label == label
            for each in sure
            if (label := self.items.items[each.row].label) in labels
        ]
        every = max(1, len(self.sorting.guesses))
        return Coverage(
            confidence=self.confidence,
            share=len(sure) / every,
            accuracy=sum(known) / len(known) if known else None,
        )

    @property
    def counts(self) -> dict[str, int]:
        """Return how many items get which label, the commonest first."""
        given = [guess.label for guess in self.sorting.guesses]
        return {
            label: given.count(label)
            for label in sorted(self.sorting.labels, key=given.count)[::-1]
        }

    def as_json(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        sorting, quality = self.sorting, self.sorting.quality
        return {
            "accuracy": _rounded(quality.accuracy if quality else None),
            "macro_f1": _rounded(quality.macro_f1 if quality else None),
            "auc": _rounded(sorting.auc),
            "baselines": {name: each.as_json() for name, each in sorting.baselines.items()},
            "coverage": self.coverage.as_json(),
            "method": sorting.method,
            "labels": list(sorting.labels),
            "confusion": [list(row) for row in sorting.confusion],
            "items": len(self.items.items),
            "labelled": sorting.labelled,
            "left_out": {**self.items.left_out, **sorting.left_out},
            "predicted": self.counts,
        }

    def as_csv(self) -> bytes:
        """Return a row an item, in UTF-8 with the mark by which spreadsheets know it."""
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(MADE_OF)
        for guess in sorted(self.sorting.guesses, key=lambda each: each.row):
            item = self.items.items[guess.row]
            cells = (item.id, item.text, item.label or "", guess.label)
            rows.writerow((*map(_plain, cells), f"{guess.confidence:.4f}"))
        return out.getvalue().encode("utf-8-sig", "replace")

    def beats(self, name: str) -> bool:
        """Tell whether the labels are right more often than by a baseline."""
        other: Quality | None = self.sorting.baselines.get(name)
        quality = self.sorting.quality
        return other is not None and quality is not None and quality.accuracy > other.accuracy


def _plain(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
