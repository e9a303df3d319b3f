"""The explorer: has a worker compute what items are about, and puts it in words."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.exploring import Direction, Group, Items, Layout, Sorting, Stranger, Topic, Variety
from bot.faults.exploring import TooFewItems, TooFewLabels, TooManyItems
from bot.ports.exploring import Analyst, MapPainter, Results, Worker
from bot.ports.models import Vectors
from bot.services.exploring import trends
from bot.services.exploring.naming import TopicNamer
from bot.services.exploring.reports import (
    CONFIDENCE,
    ClassifyReport,
    MapReport,
    OutliersReport,
    TopicsReport,
)
from bot.services.exploring.variety import (
    DiversityReport,
    languages,
    measured,
    measured_heavy,
)
from bot.services.exploring.vectors import Tell, silent
from bot.services.freezing.near import pairs

T = TypeVar("T")
SCHEME = 6  # of what is computed: another one makes kept results worthless
MOST_ITEMS = 20_000
FEWEST_FOR_TOPICS = 10
FEWEST_FOR_OUTLIERS = 5
FEWEST_FOR_MAP = 3
FEWEST_FOR_DIVERSITY = 2
FEWEST_LABELLED = 20
FEWEST_A_LABEL = 3
TYPICAL = 3
NAMED_TERMS = 3
MOST_NAMES = 12  # labels with a colour of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Items and their vectors, one row each."""

    items: Items
    vectors: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """Explores items; every computation runs in the worker, and is kept for a while."""

    worker: Worker
    analyst: Analyst
    painter: MapPainter
    results: Results
    namer: TopicNamer | None = None

    async def topics(
        self, looked: Looked, *, count: int | None = None, tell: Tell = silent
    ) -> TopicsReport:
        """Return what the items are about; raises TooFewItems and TooManyItems."""
        items = _enough(looked.items, FEWEST_FOR_TOPICS)
        groups = await self._groups(looked, count, tell)
        spans = trends.spans([item.when for item in items.items])
        every = trends.counts(range(len(spans)), spans)
        topics = tuple(_topic(group, items, spans, every) for group in groups)
        if self.namer is not None:
            tell("naming topics")
            topics = await self.namer.named(topics)
        return TopicsReport(items=items, topics=topics)

    async def map(
        self,
        looked: Looked,
        *,
        by_label: bool = False,
        topics: TopicsReport | None = None,
        tell: Tell = silent,
    ) -> MapReport:
        """Return a map coloured by topic, or by the twelve commonest labels.

        ``topics`` are the items' topics, where they are known already.
        """
        items = _enough(looked.items, FEWEST_FOR_MAP)
        tell("laying out the map")
        layout = await self._kept("layout", looked, Layout, self.analyst.layout, looked.vectors)
        if by_label:
            names, group_of = _by_label(items)
        elif len(items.items) < FEWEST_FOR_TOPICS:
            names, group_of = (), [-1] * len(items.items)
        else:
            names, group_of = _by_topic(topics or await self.topics(looked, tell=tell))
        return MapReport(
            items=items,
            layout=layout,
            groups=tuple(group_of[row] for row in layout.rows),
            names=names,
        )

    async def picture(self, report: MapReport, *, title: str, note: str) -> bytes:
        """Return a map as PNG."""
        return await self.worker.run(
            _drawn_map, self.painter, title, note, report.layout.places, report.groups, report.names
        )

    async def outliers(self, looked: Looked, *, tell: Tell = silent) -> OutliersReport:
        """Return every item, the one that fits least first."""
        items = _enough(looked.items, FEWEST_FOR_OUTLIERS)
        tell("comparing every item with every other")
        labels = [item.label for item in items.items]
        kind = tuple[Stranger, ...]
        found = await self._kept(
            "strangers", looked, kind, self.analyst.strangers, looked.vectors, labels
        )
        return OutliersReport(items=items, strangers=found)

    async def diversity(
        self, looked: Looked, *, before: Looked | None = None, tell: Tell = silent
    ) -> DiversityReport:
        """Return how varied the items are, beside ``before`` where there is one."""
        items = _enough(looked.items, FEWEST_FOR_DIVERSITY)
        tell("measuring variety")
        enough = len(items.items) >= FEWEST_FOR_TOPICS
        groups = await self._groups(looked, None, tell) if enough else ()
        near, spoken = await self.worker.run(_balance, items.texts)
        return DiversityReport(
            items=items,
            variety=await self._variety(looked),
            heavy=await self._kept(
                "heavy", looked, Variety, measured_heavy, items.texts, looked.vectors
            ),
            languages=spoken,
            topics=tuple(len(group.rows) for group in groups),
            duplicates=near,
            before=None if before is None else await self._variety(before),
            before_name="" if before is None else before.items.name,
        )

    async def classify(
        self,
        looked: Looked,
        *,
        names: Sequence[str] = (),
        name_vectors: Vectors | None = None,
        confidence: float = CONFIDENCE,
        tell: Tell = silent,
    ) -> ClassifyReport:
        """Return each item's label: learnt where enough are labelled, else by the names.

        Raises TooFewLabels where there is neither.
        """
        items = _enough(looked.items, 1)
        tell("learning")
        if name_vectors is None:
            sorting = await self._learnt(looked)
        else:
            labels = [item.label for item in items.items]
            sorting = await self._kept(
                f"named:{'|'.join(names)}",
                looked,
                Sorting,
                self.analyst.by_name,
                looked.vectors,
                tuple(names),
                name_vectors,
                labels,
            )
        return ClassifyReport(items=items, sorting=sorting, confidence=confidence)

    async def confusion(
        self, report: ClassifyReport, *, title: str, axes: tuple[str, str]
    ) -> bytes | None:
        """Return the confusion picture as PNG; None where nothing was labelled."""
        sorting = report.sorting
        if not sorting.confusion:
            return None
        return await self.worker.run(
            _drawn_matrix, self.painter, title, sorting.labels, sorting.confusion, axes
        )

    async def _learnt(self, looked: Looked) -> Sorting:
        labels = [item.label for item in looked.items.items]
        if len(lasting_labels(labels)) < 2:
            raise TooFewLabels("it takes two labels at least, each on two rows or more")
        return await self._kept(
            "learnt",
            looked,
            Sorting,
            self.analyst.learnt,
            looked.vectors,
            looked.items.texts,
            labels,
        )

    async def _groups(self, looked: Looked, count: int | None, tell: Tell) -> tuple[Group, ...]:
        tell("grouping")
        items = looked.items
        if count is not None and count > len(items.items) // 2:
            raise TooFewItems(len(items.items), 2 * count)
        return await self._kept(
            f"topics:{count}",
            looked,
            tuple[Group, ...],
            self.analyst.topics,
            looked.vectors,
            items.texts,
            count,
        )

    async def _variety(self, looked: Looked) -> Variety:
        items = _enough(looked.items, FEWEST_FOR_DIVERSITY)
        return await self._kept("variety", looked, Variety, measured, items.texts, looked.vectors)

    async def _kept(
        self,
        name: str,
        looked: Looked,
        kind: type[T],
        function: Callable[..., T],
        *arguments: object,
    ) -> T:
        """Return a result that is kept, or have it computed."""
        key = await asyncio.to_thread(_key, name, looked)
        if (found := await self.results.get(key, kind)) is not None:
            return found
        result = await self.worker.run(function, *arguments)
        await self.results.put(key, kind, result)
        return result


def lasting_labels(labels: Sequence[str | None]) -> list[str]:
    """Return the labels that stand on two items or more."""
    counts = Counter(label for label in labels if label is not None)
    return sorted(label for label, count in counts.items() if count > 1)


def enough_labelled(items: Items) -> bool:
    """Tell whether a classifier can learn from the items' labels, instead of guessing by name."""
    counts = Counter(item.label for item in items.items if item.label is not None)
    return (
        counts.total() >= FEWEST_LABELLED
        and len(counts) > 1
        and min(counts.values()) >= FEWEST_A_LABEL
    )


def _enough(items: Items, needed: int) -> Items:
    if len(items.items) < needed:
        raise TooFewItems(len(items.items), needed)
    if len(items.items) > MOST_ITEMS:
        raise TooManyItems(len(items.items), MOST_ITEMS)
    return items


def _topic(group: Group, items: Items, spans: Sequence[int | None], every: Sequence[int]) -> Topic:
    own = trends.counts(group.rows, spans)
    typical: dict[str, int] = {}
    for row in group.rows:  # the same text twice is one example
        typical.setdefault(items.items[row].text, row)
        if len(typical) == TYPICAL:
            break
    return Topic(
        name=" · ".join(group.terms[:NAMED_TERMS]) or items.items[group.rows[0]].text[:40],
        terms=group.terms,
        size=len(group.rows),
        share=len(group.rows) / len(items.items),
        typical=tuple(items.items[row] for row in typical.values()),
        rows=group.rows,
        stability=group.stability,
        trend=own,
        direction=trends.direction(own, every) if own else Direction.UNKNOWN,
    )


def _by_label(items: Items) -> tuple[tuple[str, ...], list[int]]:
    counts = Counter(item.label for item in items.items if item.label is not None)
    if not counts:
        raise TooFewLabels("no item has a label")
    names = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_NAMES]
    shown = tuple(sorted(names))
    place = {name: number for number, name in enumerate(shown)}
    return shown, [place.get(item.label or "", -1) for item in items.items]


def _by_topic(report: TopicsReport) -> tuple[tuple[str, ...], list[int]]:
    group_of = [-1] * len(report.items.items)
    for number, topic in enumerate(report.topics):
        for row in topic.rows:
            group_of[row] = number
    return tuple(topic.name for topic in report.topics), group_of


def _key(name: str, looked: Looked) -> str:
    """Return the digest of everything that a result depends on."""
    hashed = hashlib.sha256(json.dumps([SCHEME, name, looked.vectors.shape]).encode())
    for item in looked.items.items:
        line = json.dumps([item.text, item.label], ensure_ascii=True)
        hashed.update(line.encode() + b"\n")
    hashed.update(looked.vectors.tobytes())
    return hashed.hexdigest()


def _balance(texts: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return how many texts say nearly what one before them says, and the languages.

    Work for a worker.
    """
    return len({second for _, second in pairs(texts)}), languages(texts)


def _drawn_map(
    painter: MapPainter,
    title: str,
    note: str,
    places: Sequence[tuple[float, float]],
    groups: Sequence[int],
    names: Sequence[str],
) -> bytes:
    return painter.scatter(title=title, note=note, places=places, groups=groups, names=names)


def _drawn_matrix(
    painter: MapPainter,
    title: str,
    names: Sequence[str],
    counts: Sequence[Sequence[int]],
    axes: tuple[str, str],
) -> bytes:
    return painter.matrix(title=title, names=names, counts=counts, axes=axes)
