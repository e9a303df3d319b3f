"""The figures that a monitor reads, where the operator wants them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.adapters.prometheus import PrometheusMetrics, served
from bot.adapters.sqlite import Database
from bot.client import Marv
from bot.ports import Library
from bot.ports.metrics import Metrics
from bot.services.metering import NoMetrics
from bot.settings import Settings
from bot.tracing import Request
from bot.wiring.chores import start

COUNT_SECONDS = 60.0  # between two looks at the size of the libraries


async def open_metrics(settings: Settings, stack: AsyncExitStack) -> Metrics:
    """Return what counts, served at the configured port; what counts nothing without one."""
    if settings.metrics_port is None:
        return NoMetrics()
    metrics = PrometheusMetrics()
    await stack.enter_async_context(
        served(metrics, host=settings.metrics_host, port=settings.metrics_port)
    )
    return metrics


def watch(metrics: Metrics, marv: Marv, database: Database, stack: AsyncExitStack) -> None:
    """Show what is asked anew each time: the gateway, the queues, what is away, the library."""
    if not isinstance(metrics, PrometheusMetrics):
        return  # nobody looks

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
    start("library-size", size.follow(marv.services.library.library), stack)


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
