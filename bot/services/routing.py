"""Routing: a question's label decides who answers it, and which channel has more."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.audience import Audience
from bot.errors import MarvError
from bot.exploring import Sorting, Subject
from bot.faults.exploring import TooFewItems
from bot.faults.routing import ConfidenceUnreadable, LabelUnknown, RouteUnknown
from bot.faults.setting import BadSetting
from bot.models import EmbeddingSpace
from bot.ports.metrics import Metrics, Way
from bot.ports.models import Embedder, Vectors
from bot.ports.routing import RouteStore
from bot.routing import Origin, Route, Routes, Target
from bot.services.exploring.reports import ClassifyReport
from bot.services.manners import Manner, Personas
from bot.services.metering import NoMetrics
from bot.services.sorting import sort
from bot.services.turns import Asker
from bot.sorter import Method, Sorter

log = logging.getLogger(__name__)

FEWEST_QUESTIONS = 20  # of members, in a sorter's averages: fewer would nearly be somebody's words
MOST_KNOWN = 1000  # servers whose routes are kept in memory, some 100 KB each at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a question is answered once it is sorted: in which manner, and where there is more."""

    manner: Manner
    elsewhere: int | None = None  # a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Keeps each server's routes, and applies them to questions.

    What was read is kept: every question asks, and nobody else writes the routes. A
    server without any costs one look into a dictionary.
    """

    store: RouteStore
    embedder: Embedder
    personas: Personas
    metrics: Metrics = field(default_factory=NoMetrics)
    _known: dict[int, Routes | None] = field(default_factory=dict)
    _changes: Counter[int] = field(default_factory=Counter)

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that questions are embedded in."""
        return self.embedder.space

    async def show(self, guild_id: int) -> Routes | None:
        """Return a server's routes, None where none is set; raises StoreFailed."""
        if guild_id in self._known:
            return self._known[guild_id]
        changes = self._changes[guild_id]
        routes = await self.store.load(guild_id)
        if changes == self._changes[guild_id]:  # nobody changed them meanwhile
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[guild_id] = routes
        return routes

    async def wanted(self, guild_id: int) -> bool:
        """Tell whether a question's vector is of use; a failure is told by ``course``."""
        try:
            return await self.show(guild_id) is not None
        except MarvError:
            return True

    def paused(self, routes: Routes) -> bool:
        """Tell whether the embedding model was changed since the routes were made."""
        return not routes.origin.holds_in(self.space)

    async def set_route(
        self, guild_id: int, routes: Routes, label: str, target: Target, confidence: float
    ) -> None:
        """Have a label lead somewhere; another sorter's routes are dropped.

        ``routes`` holds the sorter with its trials. Raises TooFewItems, LabelUnknown,
        ConfidenceUnreadable, and BadSetting for a persona that there is not.
        """
        check_enough(routes)
        if label not in routes.sorter.labels:
            raise LabelUnknown(label)
        if target.persona is not None and target.persona not in self.personas.known:
            raise BadSetting("persona")
        if not 0.0 <= confidence <= 1.0:
            raise ConfidenceUnreadable(str(confidence))
        reach = routes.sorter.reach(label, confidence)
        route = Route(label=label, target=target, confidence=confidence, reach=reach)
        try:
            await self.store.put(guild_id, routes, route)
        finally:
            self._forget(guild_id)

    async def remove(self, guild_id: int, labels: Collection[str]) -> Routes | None:
        """Take routes away and return what is left; raises RouteUnknown where none was."""
        routes = await self.show(guild_id)
        if routes is None or not any(routes.of(label) for label in labels):
            raise RouteUnknown(f"{len(labels)} labels")
        try:
            await self.store.remove(guild_id, labels)
        finally:
            self._forget(guild_id)
        return await self.show(guild_id)

    async def course(self, asker: Asker, manner: Manner, vector: Vectors | None) -> Course:
        """Return how a question is answered; one that cannot be sorted, as without routes.

        What is serious is never routed. A channel is named to none but those who may
        read it: as with passages, in public that is every reader of the answer.
        """
        if vector is None or manner.topic is not None:
            return Course(manner=manner)
        try:
            routes = await self.show(asker.guild_id)
        except MarvError as error:
            log.warning("Not routed, the answer goes on without: %s", error)
            self.metrics.routed("failed")
            return Course(manner=manner)
        if routes is None:
            return Course(manner=manner)
        way, course = self._followed(routes, asker, manner, vector)
        self.metrics.routed(way)
        return course

    def _followed(
        self, routes: Routes, asker: Asker, manner: Manner, vector: Vectors
    ) -> tuple[Way, Course]:
        if self.paused(routes) or vector.shape != (routes.sorter.dimensions,):
            return "paused", Course(manner=manner)
        found = sort(routes.sorter, vector)
        route = routes.of(found.label)
        if route is None or not found.close or found.confidence < route.confidence:
            return "none", Course(manner=manner)
        if (channel_id := route.target.channel_id) is not None:
            here = channel_id in (asker.channel_id, asker.settings_channel_id)
            if here or not asker.viewer(Audience(channel_id=channel_id)):
                return "none", Course(manner=manner)
            return "channel", Course(manner=manner, elsewhere=channel_id)
        persona = self.personas.known.get(route.target.persona or "")
        if persona is None:
            log.warning("There is no persona %s any more: its route leads nowhere", route.target)
            return "none", Course(manner=manner)
        return "persona", Course(manner=replace(manner, persona=persona))

    def _forget(self, guild_id: int) -> None:
        """Read a server's routes anew: they have changed."""
        self._changes[guild_id] += 1
        self._known.pop(guild_id, None)


def check_enough(routes: Routes) -> None:
    """Raise TooFewItems for a sorter of fewer than 20 questions: it holds averages of them."""
    origin = routes.origin
    if origin.subject is Subject.QUESTIONS and origin.texts < FEWEST_QUESTIONS:
        raise TooFewItems(origin.texts, FEWEST_QUESTIONS)


def routable(report: ClassifyReport, space: EmbeddingSpace) -> Routes | None:
    """Return what a classification can become routes by; None with fewer than two labels."""
    sorting, items = report.sorting, report.items
    if sorting.sorter is None or len(sorting.labels) < 2:
        return None
    return Routes(
        sorter=sorting.sorter,
        origin=_origin(sorting, sorting.sorter, items.subject, len(items.items), space),
    )


def _origin(
    sorting: Sorting, sorter: Sorter, subject: Subject, texts: int, space: EmbeddingSpace
) -> Origin:
    """Return where a sorter comes from; one that learnt is judged without the words' help."""
    learnt = sorter.method is Method.LEARNT
    return Origin(
        space=space.key,
        subject=subject,
        texts=texts,
        labelled=sorting.labelled,
        quality=sorting.baselines.get("embeddings") if learnt else sorting.quality,
        majority=sorting.baselines.get("majority"),
        made_at=datetime.now(UTC),
    )
