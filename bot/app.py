"""The composition root: opens Marv on what ``bot.wiring`` puts together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.client import Marv
from bot.opening import Models
from bot.ports import WebFetcher
from bot.services.recovery import Recovery
from bot.settings import Settings
from bot.wiring.chores import start_chores
from bot.wiring.foundation import open_foundation
from bot.wiring.metrics import watch
from bot.wiring.services import open_services
from bot.wiring.summary import summary


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
        foundation = await open_foundation(settings, stack, models=models, fetcher=fetcher)
        services = await open_services(foundation, stack)
        recovery = Recovery(health=services.health, ingest=services.library.ingest)
        await recovery.attempt()
        start_chores(settings, services, recovery, stack)
        marv = Marv(
            services,
            summary=summary(settings, foundation.models),
            sync_guild=settings.sync_guild,
            sync_everywhere=settings.discord_token is None,  # then Discord is a simulated one
            message_content=settings.message_content,
        )
        watch(foundation.metrics, marv, foundation.database, stack)
        yield marv
