"""The explore desk: what staff of a server can look at, one analysis at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.audience import Viewer
from bot.exploring import Items, Subject
from bot.faults.exploring import AnalysisRunning, TooFewLabels, TooManyItems
from bot.models import Language
from bot.paying import paying
from bot.ports import ChatModel
from bot.services.exploring.by_name import sorted_by_name
from bot.services.exploring.explorer import MOST_ITEMS, Explorer, Looked, enough_labelled
from bot.services.exploring.naming import TopicNamer
from bot.services.exploring.reports import (
    CONFIDENCE,
    ClassifyReport,
    MapReport,
    OutliersReport,
    TopicsReport,
)
from bot.services.exploring.sources import DatasetSource, Labels, LibrarySource, QuestionSource
from bot.services.exploring.variety import DiversityReport
from bot.services.exploring.vectors import Tell, TextVectors, silent
from bot.usage import Payer

MOST_LABELS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at, by whom, and in which language it is told."""

    guild_id: int
    subject: Subject
    viewer: Viewer
    language: Language = Language.ENGLISH
    version: str | None = None
    by: Labels = Labels.CHANNEL
    table: Items | None = None  # of the subject of that name


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreDesk:
    """Explores a server's library, the questions asked in it, and its data sets.

    ``vectors`` keeps nothing: members' words are embedded anew each time.
    """

    explorer: Explorer
    vectors: TextVectors
    library: LibrarySource
    questions: QuestionSource
    dataset: DatasetSource
    chat: ChatModel
    busy: set[int] = field(default_factory=set)

    async def topics(
        self, view: View, *, count: int | None = None, tell: Tell = silent
    ) -> tuple[TopicsReport, MapReport]:
        """Return what the items are about, and where they lie."""
        with self._alone(view.guild_id), paying(Payer(guild_id=view.guild_id)):
            looked = await self._look(view, tell)
            explorer = self._naming(view.language)
            report = await explorer.topics(looked, count=count, tell=tell)
            return report, await explorer.map(looked, topics=report, tell=tell)

    async def map(self, view: View, *, by_label: bool = False, tell: Tell = silent) -> MapReport:
        """Return a map, by topic or by label."""
        with self._alone(view.guild_id), paying(Payer(guild_id=view.guild_id)):
            looked = await self._look(view, tell)
            return await self._naming(view.language).map(looked, by_label=by_label, tell=tell)

    async def picture(self, report: MapReport, *, title: str, note: str) -> bytes:
        """Return a map as PNG."""
        return await self.explorer.picture(report, title=title, note=note)

    async def outliers(self, view: View, *, tell: Tell = silent) -> OutliersReport:
        """Return what fits least: of a library, whole documents."""
        with self._alone(view.guild_id), paying(Payer(guild_id=view.guild_id)):
            if view.subject is Subject.LIBRARY:
                looked = await self.library.documents(view.guild_id, viewer=view.viewer)
            else:
                looked = await self._look(view, tell)
            return await self.explorer.outliers(looked, tell=tell)

    async def diversity(self, view: View, *, tell: Tell = silent) -> DiversityReport:
        """Return how varied the items are; a version beside the one before it."""
        with self._alone(view.guild_id), paying(Payer(guild_id=view.guild_id)):
            looked = await self._look(view, tell)
            before = None
            if view.subject is Subject.DATASET:
                older = await self.dataset.before(view.guild_id, looked.items.name)
                if older is not None and len(older.items) > 1:
                    before = await self._embedded(older, tell)
            return await self.explorer.diversity(looked, before=before, tell=tell)

    async def classify(
        self,
        view: View,
        names: Sequence[str],
        *,
        confidence: float = CONFIDENCE,
        tell: Tell = silent,
    ) -> ClassifyReport:
        """Sort the items into labels: by the names, or as they are sorted already.

        A table of too few labelled rows is sorted by its labels' names, which a person
        wrote. Raises TooFewLabels where there are no such names either.
        """
        if names and not 2 <= len(set(names)) <= MOST_LABELS:
            raise TooFewLabels(f"{len(set(names))} labels")
        with self._alone(view.guild_id), paying(Payer(guild_id=view.guild_id)):
            looked = await self._look(view, tell)
            given = tuple(dict.fromkeys(names))
            if not given and not enough_labelled(looked.items):
                given = _own_names(looked.items)
            if not given:
                return await self.explorer.classify(looked, confidence=confidence, tell=tell)
            return await sorted_by_name(
                self.explorer, self.vectors, looked, given, confidence=confidence, tell=tell
            )

    async def confusion(
        self, report: ClassifyReport, *, title: str, axes: tuple[str, str], names: Mapping[str, str]
    ) -> bytes | None:
        """Return the confusion picture as PNG, the labels called as in ``names``."""
        called = tuple(names.get(label, label) for label in report.sorting.labels)
        renamed = replace(report, sorting=replace(report.sorting, labels=called))
        return await self.explorer.confusion(renamed, title=title, axes=axes)

    async def _look(self, view: View, tell: Tell) -> Looked:
        if view.subject is Subject.LIBRARY:
            return await self.library.passages(view.guild_id, viewer=view.viewer)
        if view.table is not None:
            if len(view.table.items) > MOST_ITEMS:  # before money is spent on their vectors
                raise TooManyItems(len(view.table.items), MOST_ITEMS)
            items = view.table
        elif view.subject is Subject.QUESTIONS:
            items = await self.questions.questions(view.guild_id, viewer=view.viewer, by=view.by)
        else:
            items = await self.dataset.rows(view.guild_id, view.version)
        return await self._embedded(items, tell)

    async def _embedded(self, items: Items, tell: Tell) -> Looked:
        return Looked(items=items, vectors=await self.vectors.of(items.texts, tell=tell))

    def _naming(self, language: Language) -> Explorer:
        """Return the explorer with a namer, where the chat model is capable."""
        if not self.chat.grounded:
            return self.explorer
        return replace(self.explorer, namer=TopicNamer(chat=self.chat, language=language))

    @contextmanager
    def _alone(self, guild_id: int) -> Iterator[None]:
        """Let a server have one analysis at a time; raises AnalysisRunning for another."""
        if guild_id in self.busy:
            raise AnalysisRunning
        self.busy.add(guild_id)
        try:
            yield
        finally:
            self.busy.discard(guild_id)


def _own_names(items: Items) -> tuple[str, ...]:
    """Return a table's labels as names to sort by; raises TooFewLabels where they are none."""
    names = {item.label for item in items.items if item.label is not None}
    if items.subject is not Subject.TABLE or not 2 <= len(names) <= MOST_LABELS:
        raise TooFewLabels("too few items have a label to learn from")
    return tuple(sorted(names))
