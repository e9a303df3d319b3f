"""The composition root: the only place where adapters meet services."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.adapters import chroma
from bot.adapters.charts import MatplotlibPainter
from bot.adapters.chroma_server import ChromaServer
from bot.adapters.chroma_shelf import ForeignChromaShelf, OwnChromaShelf
from bot.adapters.clustering import AgglomerativeClusterer
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.adapters.lockfile import exclusive
from bot.adapters.moderation_rules import RuleModerator
from bot.adapters.openai_moderation import MODEL as MODERATION_MODEL
from bot.adapters.personas import load_help
from bot.adapters.prices import load_prices
from bot.adapters.prometheus import PrometheusMetrics, served
from bot.adapters.receipt_key import load_hasher
from bot.adapters.sarcasm import LogisticTrainer
from bot.adapters.sqlite import (
    Database,
    SqliteBlocked,
    SqliteChannels,
    SqliteComparisons,
    SqliteConsents,
    SqliteConversations,
    SqliteEntryWords,
    SqliteErasures,
    SqliteExamples,
    SqliteExports,
    SqliteInquiries,
    SqliteLibrary,
    SqliteMemberships,
    SqlitePersonalRecords,
    SqlitePromotions,
    SqliteReviewQueue,
    SqliteReviews,
    SqliteSettings,
    SqliteSources,
    SqliteTuningJobs,
    SqliteTurns,
    SqliteUsage,
    SqliteVersions,
    SqliteVotes,
)
from bot.adapters.tokens import ToktokCounter
from bot.adapters.web import AiohttpFetcher
from bot.adapters.workers import ProcessWorker
from bot.client import Marv, Services
from bot.comparison import BASELINE
from bot.errors import IndexUnavailable, MarvError
from bot.explore_desk import MIN_SIMILARITY, open_desk, open_similar
from bot.models import EmbeddingSpace
from bot.opening import (
    Models,
    open_local_models,
    open_models,
    open_moderator,
    open_reranker,
    open_trainers,
    open_use,
    uses_endpoint,
)
from bot.ports import ChatModel, Embedder, Library, Reranker, WebFetcher
from bot.ports.erasure import IndexShelf
from bot.ports.metrics import Metrics
from bot.roles import RoleOpener, embedded_wrapper
from bot.route_desk import open_routing
from bot.services.answer_by_model import ModelAnswerer
from bot.services.answer_by_quote import QuoteAnswerer
from bot.services.answering import Answerer, Talker
from bot.services.ask import Ask
from bot.services.cast import Cast, CastAnswerer, CastTalker, Role
from bot.services.channels import Channels
from bot.services.chat import Chat
from bot.services.comparing.advice import Adviser
from bot.services.comparing.automatic import AutomaticComparison
from bot.services.comparing.trials import Trials
from bot.services.dataset import DatasetDesk
from bot.services.dataset_checking import DatasetChecking
from bot.services.erasing import Erasing
from bot.services.export import Export
from bot.services.export_files import ExportFiles
from bot.services.export_writer import ExportWriter
from bot.services.freezing.seed import read_seed
from bot.services.freezing.versions import Versions
from bot.services.gaps import Gaps
from bot.services.health import Health, Piece
from bot.services.index_renewal import IndexRenewal
from bot.services.ingest import Ingest
from bot.services.inquiries import Inquiries
from bot.services.keeping import Keeping
from bot.services.kept_messages import MessageKeeper, MessageRights
from bot.services.leaving import Leaving
from bot.services.library import LibraryDesk
from bot.services.manners import Manners, Personas
from bot.services.memory import Memory
from bot.services.metering import MeteredChat, MeteredEmbedder, MeteredReranker, NoMetrics
from bot.services.moderating import Moderation
from bot.services.personal_export import PersonalExport
from bot.services.privacy import Privacy
from bot.services.promoting import Promoting
from bot.services.quoting import SentenceQuoter
from bot.services.rate import RateLimit
from bot.services.recovery import Recovery
from bot.services.remarks import remark_vocabulary
from bot.services.reviewing import Reviewing
from bot.services.running import Running
from bot.services.search import Samples, Search
from bot.services.seriousness import Seriousness
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.services.stretches import StretchWriter
from bot.services.summaries import ExtractiveSummariser, ModelSummariser, Summariser
from bot.services.talk_by_model import ModelTalker
from bot.services.talk_by_quote import QuoteTalker
from bot.services.tuning.charts import LossCharts
from bot.services.tuning.desk import TuningDesk
from bot.services.tuning.files import TrainingFiles
from bot.services.tuning.watch import TuningWatch
from bot.services.turns import Recorder
from bot.services.usage_desk import UsageDesk
from bot.services.votes import Votes
from bot.services.web_pages import WebPages
from bot.services.web_sources import WebSources
from bot.services.wrapping import Wrapper
from bot.settings import (
    DEFAULT_LOCAL_CHAT,
    LOCAL_PREFIX,
    PRICE_FILE,
    RERANK_BY_CHAT,
    SHIPPED_DATA,
    Settings,
    reveal,
)
from bot.tracing import Request
from bot.usage import nanodollars

log = logging.getLogger(__name__)

SEED_FILE = SHIPPED_DATA / "persona" / "seed.jsonl"
GOLDEN_FILE = SHIPPED_DATA / "persona" / "heldout.jsonl"
CALIBRATED_EMBEDDER = "use-multilingual"  # by tests/benchmarks/fit_answerability.py
PURGE_SECONDS = 3600.0
COUNT_SECONDS = 60.0  # between two looks at the size of the libraries
ERASE_AGAIN_SECONDS = 300.0
REFRESH_LOOK_SECONDS = 900.0  # how often to look whether a page of the web is due
SAME_QUESTION = 0.6  # cosine distance, on average, within which questions are one gap


@asynccontextmanager
async def open_marv(
    settings: Settings, *, models: Models | None = None, fetcher: WebFetcher | None = None
) -> AsyncIterator[Marv]:
    """Yield Marv, ready and not yet connected to Discord.

    Holds the data directory's lock, the database, Chroma and the models while
    it is open, makes the index equal to the database first, and closes all of
    them in order. A Chroma or an embedding model that does not answer is done
    without until it does (``services.health`` says which). ``models`` and
    ``fetcher`` stand in for the configured ones; whoever made them closes them.
    Raises AlreadyRunning, ConfigurationError, StoreFailed or SpaceMismatch.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(exclusive(settings.data_dir))
        database = Database(settings.database_path)
        stack.push_async_callback(database.close)
        await database.open()
        models = models or await open_models(settings, stack)
        if fetcher is None:
            fetcher = AiohttpFetcher()
            stack.push_async_callback(fetcher.close)
        metrics = await _metrics(settings, stack)
        spending = _spending(settings, database, models, stack)
        foundation = Foundation(
            database=database,
            models=_metered(models, metrics or NoMetrics(), spending),
            fetcher=fetcher,
            metrics=metrics or NoMetrics(),
            spending=spending,
            warm_up=models.warm_up,
        )
        services = await _services(settings, foundation, stack)
        recovery = Recovery(health=services.health, ingest=services.library.ingest)
        await recovery.attempt()
        _start("recovery", recovery.watch(), stack)
        _start("purge", _purge_forever(services.privacy, spending), stack)
        _start("tuning", services.tuning_watch.follow(), stack)
        _start("erasures", _erase_forever(services.erasing), stack)
        if settings.refresh_hours:
            every = timedelta(hours=settings.refresh_hours)
            _start("refresh", _refresh_forever(services.web, every), stack)
        marv = Marv(
            services,
            summary=summary(settings, models),
            sync_guild=settings.sync_guild,
            sync_everywhere=settings.discord_token is None,  # then Discord is a simulated one
            message_content=settings.message_content,
        )
        if metrics:
            _watch(metrics, marv, database, stack)
        yield marv


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What the services stand on."""

    database: Database
    models: Models
    fetcher: WebFetcher
    metrics: Metrics
    spending: Spending
    warm_up: Callable[[], Awaitable[None]]  # of the models beneath their meters


async def _metrics(settings: Settings, stack: AsyncExitStack) -> PrometheusMetrics | None:
    if settings.metrics_port is None:
        return None
    metrics = PrometheusMetrics()
    await stack.enter_async_context(
        served(metrics, host=settings.metrics_host, port=settings.metrics_port)
    )
    return metrics


def _warm_up(foundation: Foundation, manners: Manners) -> Callable[[], Awaitable[None]]:
    async def warm_up() -> None:
        await manners.seriousness.warm_up()
        await foundation.warm_up()

    return warm_up


def _spending(
    settings: Settings, database: Database, models: Models, stack: AsyncExitStack
) -> Spending:
    """Return what keeps the ledger; the last of it is written before the database closes."""
    budget = settings.daily_budget_usd
    spending = Spending(
        ledger=SqliteUsage(database),
        prices=load_prices(PRICE_FILE, settings.price_override),
        settings=SettingsDesk(store=SqliteSettings(database), personas=models.personas.names),
        operator_budget=None if budget is None else nanodollars(budget),
    )
    stack.push_async_callback(spending.written)
    return spending


def _metered(models: Models, metrics: Metrics, spending: Spending) -> Models:
    counter = ToktokCounter(models.embedder.space.model)
    return replace(
        models,
        chat=MeteredChat(models.chat, metrics, spending, models.counter),
        embedder=MeteredEmbedder(models.embedder, metrics, spending, counter),
    )


def _watch(
    metrics: PrometheusMetrics, marv: Marv, database: Database, stack: AsyncExitStack
) -> None:
    """Show what is asked anew each time: the gateway, the queues, what is away, the library."""

    def ended(request: Request, seconds: float) -> None:
        metrics.request_ended(request.door, request.name, request.outcome, seconds=seconds)

    def connected() -> bool:
        return marv.is_ready() and not marv.is_closed()

    marv.requests.finished.append(ended)
    size = LibrarySize()
    health = marv.services.health
    for name, meaning, read in (
        ("gateway_connected", "Whether Discord's gateway is connected.", connected),
        ("gateway_latency_seconds", "Between a heartbeat and its answer.", lambda: marv.latency),
        ("requests_in_flight", "Requests being worked on.", lambda: len(marv.requests)),
        ("write_queue", "Transactions that wait for the writer.", lambda: database.waiting),
        ("pieces_missing", "Pieces that are away: see the log.", lambda: len(health.missing)),
        ("library_documents", "Documents of every server.", lambda: size.documents),
        ("library_passages", "Passages of every server.", lambda: size.passages),
    ):
        metrics.watch(name, meaning, read)
    _start("library-size", size.follow(marv.services.library.library), stack)


@dataclass(slots=True)
class LibrarySize:
    """The size of every server's library, counted now and then."""

    documents: int = 0
    passages: int = 0

    async def follow(self, library: Library) -> None:
        """Count for ever."""
        while True:
            guilds = await library.guild_ids()
            sizes = [await library.status(each, await library.audiences(each)) for each in guilds]
            self.documents = sum(size.documents for size in sizes)
            self.passages = sum(size.chunks for size in sizes)
            await asyncio.sleep(COUNT_SECONDS)


def summary(settings: Settings, models: Models) -> str:
    """Return what Marv runs on, a line a piece, without a secret."""
    unset = "no server (see MARV_SYNC_GUILD)" if settings.discord_token else "the playground"
    place = settings.chroma_url or "supervised child process"
    return "\n".join(
        (
            f"Chat: {models.chat.name}{_at(settings.chat_base_url or settings.openai_base_url)}"
            if not settings.resolved_chat_model.startswith(LOCAL_PREFIX)
            else f"Chat: {models.chat.name} (on this machine)",
            f"Embeddings: {_space(models.embedder.space)}",
            f"Personas: {', '.join(models.personas.names)}",
            f"Moderation: {_moderator(settings)}",
            f"Chroma: {place}",
            f"Database: {settings.database_path.name}",
            f"Commands synced to: {settings.sync_guild or unset}",
        )
    )


def _space(space: EmbeddingSpace) -> str:
    return space.key if space.dimensions else f"{space.model} (its server does not answer yet)"


def _moderator(settings: Settings) -> str:
    if settings.moderation == "off":
        return "off (but for minors and threats)"
    rules = "the rules that come with Marv"
    return f"{MODERATION_MODEL}, else {rules}" if uses_endpoint(settings) else rules


def _at(base_url: str | None) -> str:
    return f" at {base_url}" if base_url else ""


async def _start_chroma(
    settings: Settings, health: Health, stack: AsyncExitStack
) -> ChromaServer | None:
    """Start a Chroma of our own, unless the settings name another; it may be slow to come."""
    if settings.chroma_url:
        return None
    server = ChromaServer(directory=settings.chroma_dir)
    stack.push_async_callback(server.stop)
    try:
        await server.start()
    except IndexUnavailable as error:
        health.lost(Piece.INDEX, error)
    return server


def _index(
    settings: Settings, server: ChromaServer | None, models: Models, stack: AsyncExitStack
) -> chroma.LateIndex:
    index = chroma.LateIndex(
        url=server.url if server else settings.chroma_url or "",
        api_key=reveal(settings.chroma_api_key),
        space=lambda: models.embedder.space,
    )
    stack.push_async_callback(index.close)
    return index


async def _services(settings: Settings, foundation: Foundation, stack: AsyncExitStack) -> Services:
    database, models, fetcher = foundation.database, foundation.models, foundation.fetcher
    health = Health()
    server = await _start_chroma(settings, health, stack)
    index = _index(settings, server, models, stack)
    library = SqliteLibrary(database)
    turns = SqliteTurns(database)
    parser = SandboxedParser()
    stack.push_async_callback(parser.close)
    ingest = Ingest(
        library=library, index=index, embedder=models.embedder, parser=parser, health=health
    )
    search = _search(settings, foundation, ingest, stack)
    worker = ProcessWorker()
    stack.push_async_callback(worker.close)
    spending = foundation.spending
    guild_settings = spending.settings
    moderation = _moderation(settings, guild_settings, stack)
    recorder = Recorder(
        log=turns, model=models.chat.name, moderation=moderation, prices=spending.prices
    )
    answerer, talker = _voices(models)
    dataset = _dataset(settings, database, models.personas)
    tuning = _tuning(settings, foundation, dataset.versions, stack)
    cast = _cast(
        settings,
        foundation,
        tuning,
        Role(
            name=BASELINE,
            chat=models.chat,
            answerer=answerer,
            talker=talker,
            ready=models.warm_up,
        ),
    )
    stack.push_async_callback(cast.close)
    desk = LibraryDesk(library=library, ingest=ingest)
    manners = _manners(settings, models, guild_settings, stack)
    inquiries = _inquiries(foundation, desk, search, moderation)
    messages = SqliteChannels(database)
    writer = StretchWriter(store=messages, ingest=ingest)
    message_rights = MessageRights(store=messages, writer=writer)
    erasing = Erasing(
        store=SqliteErasures(database),
        marks=(SqliteExports(database), SqliteVersions(database)),
        messages=message_rights,
        library=desk,
        files=ExportFiles(ledger=dataset.export.writer.ledger, directory=dataset.directory),
        exporting=dataset.export.writer.lock,
        renewal=IndexRenewal(shelf=_shelf(server, index), ingest=ingest),
        samples=search.samples,
        hasher=load_hasher(settings.receipt_key_path),
    )
    promoting = _promoting(foundation, cast, tuning, manners)
    routing = open_routing(database, models, foundation.metrics)
    return Services(
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
            log=turns,
            memory=_memory(database, models),
            recorder=recorder,
            manners=manners,
            routing=routing,
        ),
        routing=routing,
        running=Running(),
        search=search,
        library=desk,
        web=WebSources(
            pages=WebPages(
                fetcher=fetcher, store=SqliteSources(database), library=library, ingest=ingest
            )
        ),
        privacy=_privacy(settings, database, guild_settings),
        erasing=erasing,
        leaving=Leaving(
            store=SqliteMemberships(database), erasing=erasing, settings=guild_settings
        ),
        personal_export=PersonalExport(records=SqlitePersonalRecords(database)),
        dataset=dataset,
        settings=guild_settings,
        inquiries=inquiries,
        gaps=Gaps(
            log=SqliteInquiries(database),
            embedder=models.embedder,
            clusterer=AgglomerativeClusterer(distance=SAME_QUESTION),
            samples=search.samples,
            inquiries=inquiries,
        ),
        explore=open_desk(database, models, dataset.versions.store, worker),
        similar=open_similar(search),
        votes=Votes(log=turns, store=SqliteVotes(database)),
        channels=Channels(store=messages, settings=guild_settings, writer=writer),
        keeper=MessageKeeper(store=messages, writer=writer),
        message_rights=message_rights,
        health=health,
        moderation=moderation,
        rate=RateLimit(settings=guild_settings),
        spending=spending,
        usage=UsageDesk(spending=spending, painter=MatplotlibPainter.open),
        tuning=tuning,
        tuning_watch=TuningWatch(desk=tuning),
        promoting=promoting,
        checking=DatasetChecking(
            versions=dataset.versions,
            files=tuning.files,
            jobs=tuning.store,
            log=turns,
            counter_of=ToktokCounter,
            embedder=models.embedder,
            examples=promoting.trials.automatic.examples,
        ),
        adviser=Adviser(
            tuning=tuning,
            comparisons=promoting.trials.store,
            versions=dataset.versions.store,
        ),
        loss_charts=LossCharts(open_painter=MatplotlibPainter.open),
        warm_up=_warm_up(foundation, manners),
    )


def _inquiries(
    foundation: Foundation, desk: LibraryDesk, search: Search, moderation: Moderation
) -> Inquiries:
    database = foundation.database
    return Inquiries(
        log=SqliteTurns(database),
        store=SqliteInquiries(database),
        library=desk,
        search=search,
        settings=foundation.spending.settings,
        keeping=Keeping(
            library=desk, examples=SqliteExamples(database), words=SqliteEntryWords(database)
        ),
        moderation=moderation,
    )


def _search(
    settings: Settings, foundation: Foundation, ingest: Ingest, stack: AsyncExitStack
) -> Search:
    models = foundation.models
    return Search(
        library=ingest.library,
        index=ingest.index,
        embedder=models.embedder,
        min_similarity=MIN_SIMILARITY.get(models.embedder.space.model, 0.0),
        samples=Samples(library=ingest.library),
        reranker=_reranker(settings, foundation, stack),
        health=ingest.health,
        metrics=foundation.metrics,
    )


def _reranker(settings: Settings, foundation: Foundation, stack: AsyncExitStack) -> Reranker | None:
    reranker = open_reranker(settings, foundation.models.chat, stack)
    if reranker is None:
        return None
    by_chat = settings.rerank_model == RERANK_BY_CHAT
    return MeteredReranker(
        reranker,
        settings.rerank_model or "",
        foundation.metrics,
        None if by_chat else foundation.spending,
        foundation.models.counter,
    )


def _dataset(settings: Settings, database: Database, personas: Personas) -> DatasetDesk:
    export = Export(
        log=SqliteTurns(database),
        examples=SqliteExamples(database),
        writer=ExportWriter(ledger=SqliteExports(database)),
        personas=personas,
        discord_permission=settings.discord_training_permission,
    )
    versions = Versions(
        store=SqliteVersions(database),
        reviews=SqliteReviews(database),
        preferences=SqliteComparisons(database),
        export=export,
        seed_file=SEED_FILE,
        golden_file=GOLDEN_FILE,
    )
    return DatasetDesk(
        export=export,
        votes=SqliteVotes(database),
        blocked=SqliteBlocked(database),
        versions=versions,
        reviewing=Reviewing(
            queue=SqliteReviewQueue(database),
            store=SqliteReviews(database),
            log=SqliteTurns(database),
        ),
        directory=settings.exports_dir,
    )


def _tuning(
    settings: Settings, foundation: Foundation, versions: Versions, stack: AsyncExitStack
) -> TuningDesk:
    files = TrainingFiles(
        versions=versions.store, directory=settings.handover_dir, counter_of=ToktokCounter
    )
    files.sweep()
    return TuningDesk(
        trainers=open_trainers(settings, stack),
        store=SqliteTuningJobs(foundation.database),
        versions=versions,
        files=files,
        spending=foundation.spending,
        default_model=settings.default_tuning_model,
        missing="set OPENAI_API_KEY, or MARV_TUNING_BASE_URL and MARV_TUNING_API_KEY",
    )


def _cast(settings: Settings, foundation: Foundation, tuning: TuningDesk, baseline: Role) -> Cast:
    def meter(chat: ChatModel) -> ChatModel:
        return MeteredChat(chat, foundation.metrics, foundation.spending, foundation.models.counter)

    opener = RoleOpener(
        settings=settings,
        embedder=foundation.models.embedder,
        tuned=open_local_models(settings),
        jobs=tuning.store,
        versions=tuning.versions.store,
        meter=meter,
    )
    return Cast(
        baseline=baseline, store=SqlitePromotions(foundation.database), open_role=opener.open
    )


def _promoting(
    foundation: Foundation, cast: Cast, tuning: TuningDesk, manners: Manners
) -> Promoting:
    trials = Trials(
        store=SqliteComparisons(foundation.database),
        cast=cast,
        tuning=tuning,
        automatic=AutomaticComparison(
            embedder=foundation.models.embedder,
            trainer=LogisticTrainer(),
            prices=foundation.spending.prices,
            examples=tuple(read_seed(SEED_FILE)),
        ),
        manners=manners,
        golden_file=GOLDEN_FILE,
    )
    return Promoting(cast=cast, trials=trials)


def _moderation(settings: Settings, desk: SettingsDesk, stack: AsyncExitStack) -> Moderation:
    return Moderation(
        rules=RuleModerator.load(),
        settings=desk,
        endpoint=open_moderator(settings, stack),
        on=settings.moderation != "off",
    )


def _manners(
    settings: Settings, models: Models, desk: SettingsDesk, stack: AsyncExitStack
) -> Manners:
    embedder: Embedder | None = models.embedder
    if models.embedder.space.model != CALIBRATED_EMBEDDER:  # the classifier knows no other vectors
        embedder = open_use(stack)
    return Manners(
        personas=models.personas,
        settings=desk,
        seriousness=Seriousness(embedder=embedder),
        help=load_help(settings.help_path),
    )


def _memory(database: Database, models: Models) -> Memory:
    summariser: Summariser = ExtractiveSummariser()
    if models.chat.grounded:
        summariser = ModelSummariser(chat=models.chat)
    return Memory(log=SqliteConversations(database), counter=models.counter, summariser=summariser)


def _privacy(settings: Settings, database: Database, desk: SettingsDesk) -> Privacy:
    return Privacy(
        consents=SqliteConsents(database),
        texts=SqliteTurns(database),
        settings=desk,
        retention=timedelta(hours=settings.retention_hours),
    )


def _shelf(server: ChromaServer | None, index: chroma.LateIndex) -> IndexShelf:
    """Return where the index lies: with a Chroma of our own, or with somebody's."""
    if server is None:
        return ForeignChromaShelf(index=index)
    return OwnChromaShelf(server=server, index=index)


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
    if chat.name == DEFAULT_LOCAL_CHAT:
        seeds = read_seed(SEED_FILE)
        vocabulary = remark_vocabulary((seed.reply, seed.facts) for seed in seeds)
        wrapper = embedded_wrapper(chat, vocabulary)
    else:
        wrapper = Wrapper(chat=chat)
    return (
        QuoteAnswerer(quoter=quoter, wrapper=wrapper),
        QuoteTalker(quoter=quoter, wrapper=wrapper),
    )


async def _purge_forever(privacy: Privacy, spending: Spending) -> None:
    while True:
        dropped = await privacy.purge()
        if dropped:
            log.info("Dropped the texts of %d turns whose time was up", dropped)
        if folded := await spending.forget_members():
            log.info("Dropped the members of %d lines of usage whose time was up", folded)
        await asyncio.sleep(PURGE_SECONDS)


async def _erase_forever(erasing: Erasing) -> None:
    """Finish erasures that a kill or a failure cut off; what fails again is tried again."""
    while True:
        try:
            for receipt in await erasing.resume():
                log.info("Erased a member: receipt %s", receipt.id)
        except MarvError as error:
            log.warning("An erasure is not finished yet: %s", error)
        await asyncio.sleep(ERASE_AGAIN_SECONDS)


async def _refresh_forever(web: WebSources, every: timedelta) -> None:
    """Read again what was last read too long ago; what fails is tried again at the next look."""
    while True:
        await asyncio.sleep(min(REFRESH_LOOK_SECONDS, every.total_seconds()))
        try:
            report = await web.refresh_due(before=datetime.now(UTC) - every)
        except MarvError as error:
            log.warning("The pages of the web were not all read again: %s", error)
        else:
            if counts := report.counts():
                log.info("Pages of the web read again: %s", dict(counts))


def _start(name: str, work: Coroutine[object, object, None], stack: AsyncExitStack) -> None:
    """Run something beside Marv until the stack closes; what ends it is logged."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_failure)
    stack.callback(task.cancel)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("%s ended", task.get_name(), exc_info=error)
