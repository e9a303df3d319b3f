"""Wires explorations: the desk of a running Marv, and the command line's bench beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.charts_explore import MatplotlibMaps
from bot.adapters.exploring import SklearnAnalyst
from bot.adapters.exploring.results import FiledResults, RecentResults
from bot.adapters.prices import load_prices
from bot.adapters.sqlite import (
    Database,
    SqliteLibrary,
    SqliteSettings,
    SqliteTurns,
    SqliteUsage,
    SqliteVotes,
)
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.vector_cache import SqliteVectorCache
from bot.adapters.tokens import ToktokCounter
from bot.adapters.workers import ProcessWorker
from bot.audience import sees_everything
from bot.errors import ConfigurationError, EmptyQuestion, NothingFound, StoreFailed
from bot.exploring import Item
from bot.faults.exploring import TableRefused, TooFewLabels
from bot.opening import Models, open_chat, open_embedder
from bot.ports import Embedder
from bot.ports.dataset import VersionReader
from bot.ports.exploring import Worker
from bot.services.exploring.by_name import sorted_by_name
from bot.services.exploring.desk import ExploreDesk
from bot.services.exploring.explorer import Explorer, Looked, enough_labelled
from bot.services.exploring.naming import TopicNamer
from bot.services.exploring.recommend import Similar, recommended
from bot.services.exploring.reports import ClassifyReport
from bot.services.exploring.sources import DatasetSource, LibrarySource, QuestionSource
from bot.services.exploring.tables import Columns, read_table
from bot.services.exploring.vectors import Tell, TextVectors
from bot.services.freezing.near import normalised
from bot.services.metering import MeteredChat, MeteredEmbedder, NoMetrics
from bot.services.search import Search
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.settings import LOCAL_PREFIX, PRICE_FILE, Settings
from bot.usage import nanodollars

# Cosine of texts that have nothing to do with each other, by model (FACTS: it differs widely).
MIN_SIMILARITY = {"use-multilingual": 0.12, "text-embedding-3-small": 0.2}
SENTENCE_MODELS = frozenset({"use-multilingual"})
MOST_NAMES = 50  # labels that are told apart by their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An explorer, what embeds, and the settings that say where the library is."""

    settings: Settings
    explorer: Explorer
    vectors: TextVectors

    async def look_at(
        self, file: Path | None, columns: Mapping[str, str | None], guild: int, tell: Tell
    ) -> Looked:
        """Return a table's rows, or without one the library's passages, with their vectors.

        Raises TableRefused for a table that cannot be read, or for columns without a table.
        """
        if file is None:
            if named := [name for name, column in columns.items() if column is not None]:
                raise TableRefused(f"--{named[0]} names a column: name the table too")
            return await self._library(guild)
        text = columns.get("text")
        tell(f"reading {file.name}")
        table = read_table(file)
        if text is None:
            raise TableRefused(f"--text: name the column; there are {', '.join(table.columns)}")
        wanted = Columns(
            text=text,
            label=columns.get("label"),
            when=columns.get("when"),
            id=columns.get("id"),
        )
        items = table.items(wanted)
        if not items.items:
            raise TableRefused(f"{file.name} has no row with a text in the column {text!r}")
        return Looked(items=items, vectors=await self.vectors.of(items.texts, tell=tell))

    async def classify(
        self, looked: Looked, names: str | None, *, confidence: float, tell: Tell
    ) -> ClassifyReport:
        """Label items: by names where these are given, or where too few rows are labelled."""
        chosen = [each.strip() for each in (names or "").split(",") if each.strip()]
        if not chosen and not enough_labelled(looked.items):
            chosen = sorted({item.label for item in looked.items.items if item.label})
        if not chosen:
            return await self.explorer.classify(looked, confidence=confidence, tell=tell)
        if len(set(chosen)) < 2:
            raise TooFewLabels("it takes two labels at least, separated by commas")
        if len(chosen) > MOST_NAMES:
            raise TableRefused(
                f"{len(chosen)} labels on {len(looked.items.items)} rows: name a column with few,"
                " each on several rows"
            )
        given = tuple(dict.fromkeys(chosen))
        return await sorted_by_name(
            self.explorer, self.vectors, looked, given, confidence=confidence, tell=tell
        )

    async def similar(
        self,
        looked: Looked,
        texts: Sequence[str],
        *,
        limit: int,
        diversity: float,
        seen: frozenset[str],
    ) -> list[tuple[Item, float]]:
        """Return items like some texts with their cosine to these, best first.

        Raises EmptyQuestion for a blank text, and NothingFound.
        """
        if not all(text.strip() for text in texts):
            raise EmptyQuestion("a blank text is like nothing: write a few words")
        itself = {normalised(text) for text in texts}
        rows = [
            row
            for row, item in enumerate(looked.items.items)
            if item.id not in seen and normalised(item.text) not in itself
        ]
        liked = await self.vectors.of(texts)
        least = MIN_SIMILARITY.get(self.vectors.embedder.space.model, 0.0)
        found = await asyncio.to_thread(
            recommended, looked.vectors[rows], liked, limit=limit, diversity=diversity, least=least
        )
        if not found:
            raise NothingFound("nothing is like that")
        return [(looked.items.items[rows[row]], alike) for row, alike in found]

    async def _library(self, guild: int) -> Looked:
        path = self.settings.database_path
        if not path.exists():
            raise StoreFailed("there is no database yet: name a table, or run `marv ingest` first")
        async with open_database(path) as database:
            source = LibrarySource(library=SqliteLibrary(database), embedder=self.vectors.embedder)
            return await source.passages(guild, viewer=sees_everything)


@asynccontextmanager
async def open_bench(
    settings: Settings, *, own_table: bool, written: bool = False
) -> AsyncIterator[Bench]:
    """Yield what explores; of an operator's own table, vectors and results are kept in files.

    With ``written`` the chat model names topics; raises ConfigurationError for one too small.
    """
    async with AsyncExitStack() as stack:
        embedder = await open_embedder(settings)
        stack.push_async_callback(embedder.close)
        namer = await _namer(settings, stack) if written else None
        if not settings.resolved_embedding_model.startswith(LOCAL_PREFIX):
            counter = ToktokCounter(embedder.space.model)
            spending = await _spending(settings, stack)
            embedder = MeteredEmbedder(embedder, NoMetrics(), spending, counter)
        worker = ProcessWorker()
        stack.push_async_callback(worker.close)
        kept = settings.explore_dir
        yield Bench(
            settings=settings,
            explorer=Explorer(
                worker=worker,
                analyst=SklearnAnalyst(),
                painter=MatplotlibMaps(),
                results=FiledResults(kept / "results") if own_table else RecentResults(),
                namer=namer,
            ),
            vectors=TextVectors(
                embedder=embedder,
                cache=SqliteVectorCache(kept / "vectors.sqlite3") if own_table else None,
                sentence_wise=reads_by_sentence(embedder),
            ),
        )


async def _namer(settings: Settings, stack: AsyncExitStack) -> TopicNamer:
    """Return what has the chat model name topics, on the ledger."""
    chat = open_chat(settings)
    stack.push_async_callback(chat.close)
    if not chat.grounded:
        raise ConfigurationError(
            f"--written: {chat.name} is too small to name topics; set MARV_CHAT_MODEL"
        )
    counter = ToktokCounter(settings.resolved_chat_model)
    spending = await _spending(settings, stack)
    return TopicNamer(chat=MeteredChat(chat, NoMetrics(), spending, counter))


async def _spending(settings: Settings, stack: AsyncExitStack) -> Spending:
    """Return the ledger that a provider's calls go into, and the budget that they count against."""
    database = await stack.enter_async_context(open_database(settings.database_path))
    budget = settings.daily_budget_usd
    spending = Spending(
        ledger=SqliteUsage(database),
        prices=load_prices(PRICE_FILE, settings.price_override),
        settings=SettingsDesk(store=SqliteSettings(database)),
        operator_budget=None if budget is None else nanodollars(budget),
    )
    stack.push_async_callback(spending.written)
    return spending


def open_desk(
    database: Database, models: Models, versions: VersionReader, worker: Worker
) -> ExploreDesk:
    """Return the desk of a running Marv, which keeps results for minutes and no vectors."""
    embedder = models.embedder
    return ExploreDesk(
        explorer=Explorer(
            worker=worker,
            analyst=SklearnAnalyst(),
            painter=MatplotlibMaps(),
            results=RecentResults(),
        ),
        vectors=TextVectors(embedder=embedder, sentence_wise=reads_by_sentence(embedder)),
        library=LibrarySource(library=SqliteLibrary(database), embedder=embedder),
        questions=QuestionSource(log=SqliteTurns(database), votes=SqliteVotes(database)),
        dataset=DatasetSource(versions=versions),
        chat=models.chat,
    )


def reads_by_sentence(embedder: Embedder) -> bool:
    """Tell whether the mean of sentences says more of a text than its own vector does.

    Of the embedded model, which was made for sentences, it is known: the AUC of reviews by
    the names of their sentiment rises from .81 to .86. A provider's model reads whole texts.
    """
    return embedder.space.model in SENTENCE_MODELS


def open_similar(search: Search) -> Similar:
    """Return what recommends, over what search searches."""
    return Similar(
        library=search.library,
        index=search.index,
        embedder=search.embedder,
        min_similarity=search.min_similarity,
    )
