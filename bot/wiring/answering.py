"""Wires answers: who speaks and how, what is remembered, what is asked of the staff."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.adapters.moderation_rules import RuleModerator
from bot.adapters.personas import load_help
from bot.adapters.sqlite import SqliteConversations, SqlitePromotions, SqliteTurns
from bot.comparison import BASELINE
from bot.opening import Models, open_local_models, open_moderator, open_use
from bot.ports import ChatModel, Embedder
from bot.roles import RoleOpener, embedded_wrapper
from bot.route_desk import open_routing
from bot.services.answer_by_model import ModelAnswerer
from bot.services.answer_by_quote import QuoteAnswerer
from bot.services.answering import Answerer, Talker
from bot.services.ask import Ask
from bot.services.cast import Cast, CastAnswerer, CastTalker, Role
from bot.services.chat import Chat
from bot.services.freezing.seed import read_seed
from bot.services.manners import Manners
from bot.services.memory import Memory
from bot.services.metering import MeteredChat
from bot.services.moderating import Moderation
from bot.services.quoting import SentenceQuoter
from bot.services.remarks import remark_vocabulary
from bot.services.routing import Routing
from bot.services.search import Search
from bot.services.seriousness import Seriousness
from bot.services.summaries import ExtractiveSummariser, ModelSummariser, Summariser
from bot.services.talk_by_model import ModelTalker
from bot.services.talk_by_quote import QuoteTalker
from bot.services.tuning.desk import TuningDesk
from bot.services.turns import Recorder
from bot.services.wrapping import Wrapper
from bot.settings import DEFAULT_LOCAL_CHAT
from bot.wiring.dataset import SEED_FILE
from bot.wiring.foundation import Foundation

log = logging.getLogger(__name__)

CALIBRATED_EMBEDDER = "use-multilingual"  # by tests/benchmarks/fit_answerability.py


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringServices:
    """What answers members, and the company that speaks."""

    cast: Cast
    manners: Manners
    ask: Ask
    chat: Chat
    routing: Routing
    warm_up: Callable[[], Awaitable[None]]


def open_answering(
    foundation: Foundation,
    search: Search,
    moderation: Moderation,
    tuning: TuningDesk,
    stack: AsyncExitStack,
) -> AnsweringServices:
    """Return what answers with the configured model, or with the one that was promoted.

    ``stack`` closes the promoted ones.
    """
    cast = _cast(foundation, tuning)
    stack.push_async_callback(cast.close)
    manners = _manners(foundation, stack)
    recorder = Recorder(
        log=SqliteTurns(foundation.database),
        model=foundation.models.chat.name,
        moderation=moderation,
        prices=foundation.spending.prices,
    )
    routing = open_routing(foundation.database, foundation.models, foundation.metrics)
    return AnsweringServices(
        cast=cast,
        manners=manners,
        routing=routing,
        ask=Ask(
            search=search,
            answerer=CastAnswerer(cast),
            recorder=recorder,
            manners=manners,
            routing=routing,
        ),
        chat=Chat(
            search=search,
            talker=CastTalker(cast),
            log=recorder.log,
            memory=_memory(foundation),
            recorder=recorder,
            manners=manners,
            routing=routing,
        ),
        warm_up=_warm_up(foundation, manners),
    )


def open_moderation(foundation: Foundation, stack: AsyncExitStack) -> Moderation:
    """Return what blocks harmful texts: a provider's endpoint if any, and the shipped rules."""
    settings = foundation.settings
    return Moderation(
        rules=RuleModerator.load(),
        settings=foundation.spending.settings,
        endpoint=open_moderator(settings, stack),
        on=settings.moderation != "off",
    )


def _cast(foundation: Foundation, tuning: TuningDesk) -> Cast:
    models = foundation.models

    def meter(chat: ChatModel) -> ChatModel:
        return MeteredChat(chat, foundation.metrics, foundation.spending, models.counter)

    opener = RoleOpener(
        settings=foundation.settings,
        embedder=models.embedder,
        tuned=open_local_models(foundation.settings),
        jobs=tuning.store,
        versions=tuning.versions.store,
        meter=meter,
    )
    answerer, talker = _voices(models)
    return Cast(
        baseline=Role(
            name=BASELINE,
            chat=models.chat,
            answerer=answerer,
            talker=talker,
            ready=models.warm_up,
        ),
        store=SqlitePromotions(foundation.database),
        open_role=opener.open,
    )


def _voices(models: Models) -> tuple[Answerer, Talker]:
    """Return who answers and who talks: the model itself, or quotations that it voices."""
    chat = models.chat
    if chat.grounded:
        return ModelAnswerer(chat=chat), ModelTalker(chat=chat)
    if models.embedder.space.model != CALIBRATED_EMBEDDER:
        log.warning(
            "Quoted answers are calibrated for %s: with %s, expect more of them to be wrong",
            CALIBRATED_EMBEDDER,
            models.embedder.space.model,
        )
    quoter = SentenceQuoter(embedder=models.embedder)
    wrapper = _wrapper(chat)
    return (
        QuoteAnswerer(quoter=quoter, wrapper=wrapper),
        QuoteTalker(quoter=quoter, wrapper=wrapper),
    )


def _wrapper(chat: ChatModel) -> Wrapper:
    if chat.name != DEFAULT_LOCAL_CHAT:
        return Wrapper(chat=chat)
    seeds = read_seed(SEED_FILE)
    return embedded_wrapper(chat, remark_vocabulary((seed.reply, seed.facts) for seed in seeds))


def _manners(foundation: Foundation, stack: AsyncExitStack) -> Manners:
    models = foundation.models
    embedder: Embedder | None = models.embedder
    if models.embedder.space.model != CALIBRATED_EMBEDDER:  # the classifier knows no other vectors
        embedder = open_use(stack)
    return Manners(
        personas=models.personas,
        settings=foundation.spending.settings,
        seriousness=Seriousness(embedder=embedder),
        help=load_help(foundation.settings.help_path),
    )


def _memory(foundation: Foundation) -> Memory:
    models = foundation.models
    summariser: Summariser = ExtractiveSummariser()
    if models.chat.grounded:
        summariser = ModelSummariser(chat=models.chat)
    log_ = SqliteConversations(foundation.database)
    return Memory(log=log_, counter=models.counter, summariser=summariser)


def _warm_up(foundation: Foundation, manners: Manners) -> Callable[[], Awaitable[None]]:
    async def warm_up() -> None:
        await manners.seriousness.warm_up()
        await foundation.warm_up()

    return warm_up
