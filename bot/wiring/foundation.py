"""What every service stands on: the database, the models, the web, the meters and the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from bot.adapters.lockfile import exclusive
from bot.adapters.prices import load_prices
from bot.adapters.sqlite import Database, SqliteSettings, SqliteUsage
from bot.adapters.tokens import ToktokCounter
from bot.adapters.web import AiohttpFetcher
from bot.opening import Models, open_models
from bot.ports import WebFetcher
from bot.ports.metrics import Metrics
from bot.services.metering import MeteredChat, MeteredEmbedder
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.settings import PRICE_FILE, Settings
from bot.usage import nanodollars
from bot.wiring.metrics import open_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What the services stand on."""

    settings: Settings
    database: Database
    models: Models
    fetcher: WebFetcher
    metrics: Metrics
    spending: Spending
    warm_up: Callable[[], Awaitable[None]]  # of the models beneath their meters


async def open_foundation(
    settings: Settings,
    stack: AsyncExitStack,
    *,
    models: Models | None = None,
    fetcher: WebFetcher | None = None,
) -> Foundation:
    """Lock the data directory and open what everything else needs; ``stack`` closes it.

    ``models`` and ``fetcher`` stand in for the configured ones; whoever made them closes them.
    Raises AlreadyRunning, ConfigurationError or StoreFailed.
    """
    stack.enter_context(exclusive(settings.data_dir))
    database = Database(settings.database_path)
    stack.push_async_callback(database.close)
    await database.open()
    models = models or await open_models(settings, stack)
    if fetcher is None:
        fetcher = AiohttpFetcher()
        stack.push_async_callback(fetcher.close)
    metrics = await open_metrics(settings, stack)
    spending = _spending(settings, database, models, stack)
    return Foundation(
        settings=settings,
        database=database,
        models=_metered(models, metrics, spending),
        fetcher=fetcher,
        metrics=metrics,
        spending=spending,
        warm_up=models.warm_up,
    )


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
