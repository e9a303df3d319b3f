"""Puts all services together, in the order in which they need each other."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.adapters.charts import MatplotlibPainter
from bot.adapters.sqlite import SqliteTurns, SqliteVotes
from bot.adapters.workers import ProcessWorker
from bot.client import Services
from bot.explore_desk import open_desk
from bot.services.dataset import DatasetDesk
from bot.services.exploring.desk import ExploreDesk
from bot.services.moderating import Moderation
from bot.services.promoting import Promoting
from bot.services.rate import RateLimit
from bot.services.running import Running
from bot.services.tuning.charts import LossCharts
from bot.services.tuning.desk import TuningDesk
from bot.services.tuning.watch import TuningWatch
from bot.services.usage_desk import UsageDesk
from bot.services.votes import Votes
from bot.wiring.answering import AnsweringServices, open_answering, open_moderation
from bot.wiring.dataset import wire_dataset
from bot.wiring.foundation import Foundation
from bot.wiring.inquiries import InquiryServices, wire_inquiries
from bot.wiring.library import LibraryServices, open_library
from bot.wiring.privacy import PrivacyServices, wire_privacy
from bot.wiring.tuning import open_tuning, wire_adviser, wire_checking, wire_promoting


async def open_services(foundation: Foundation, stack: AsyncExitStack) -> Services:
    """Return what the cogs are handed; ``stack`` closes what it stands on, the last first."""
    library = await open_library(foundation, stack)
    worker = ProcessWorker()
    stack.push_async_callback(worker.close)
    moderation = open_moderation(foundation, stack)
    dataset = wire_dataset(foundation)
    tuning = open_tuning(foundation, dataset.versions, stack)
    answering = open_answering(foundation, library.search, moderation, tuning, stack)
    parts = _Parts(
        foundation=foundation,
        library=library,
        moderation=moderation,
        dataset=dataset,
        explore=open_desk(foundation.database, foundation.models, dataset.versions.store, worker),
        tuning=tuning,
        answering=answering,
        inquiries=wire_inquiries(foundation, library, moderation),
        privacy=wire_privacy(foundation, library, dataset),
        promoting=wire_promoting(foundation, answering.cast, tuning, answering.manners),
    )
    return parts.services()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The services of each subject."""

    foundation: Foundation
    library: LibraryServices
    moderation: Moderation
    dataset: DatasetDesk
    explore: ExploreDesk
    tuning: TuningDesk
    answering: AnsweringServices
    inquiries: InquiryServices
    privacy: PrivacyServices
    promoting: Promoting

    def services(self) -> Services:
        spending = self.foundation.spending
        turns = SqliteTurns(self.foundation.database)
        return Services(
            ask=self.answering.ask,
            chat=self.answering.chat,
            routing=self.answering.routing,
            running=Running(),
            search=self.library.search,
            library=self.library.desk,
            web=self.library.web,
            privacy=self.privacy.privacy,
            erasing=self.privacy.erasing,
            names=self.dataset.export.names,
            leaving=self.privacy.leaving,
            personal_export=self.privacy.personal_export,
            dataset=self.dataset,
            settings=spending.settings,
            inquiries=self.inquiries.inquiries,
            gaps=self.inquiries.gaps,
            explore=self.explore,
            similar=self.library.similar,
            votes=Votes(log=turns, store=SqliteVotes(self.foundation.database)),
            channels=self.library.channels,
            keeper=self.library.keeper,
            message_rights=self.library.message_rights,
            health=self.library.health,
            moderation=self.moderation,
            rate=RateLimit(settings=spending.settings),
            spending=spending,
            usage=UsageDesk(spending=spending, painter=MatplotlibPainter.open),
            tuning=self.tuning,
            tuning_watch=TuningWatch(desk=self.tuning),
            promoting=self.promoting,
            checking=wire_checking(self.foundation, self.tuning, self.promoting),
            adviser=wire_adviser(self.tuning, self.promoting),
            loss_charts=LossCharts(open_painter=MatplotlibPainter.open),
            warm_up=self.answering.warm_up,
        )
