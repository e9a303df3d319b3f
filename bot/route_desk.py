"""Wires routes: those of a running Marv, and what the command line and the doctor read of them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.sqlite.database import Database, open_database
from bot.adapters.sqlite.routes import SqliteRoutes
from bot.errors import StoreFailed
from bot.models import EmbeddingSpace
from bot.opening import Models, open_embedder
from bot.ports.metrics import Metrics
from bot.routing import Routes
from bot.services.routing import Routing
from bot.settings import Settings


def open_routing(database: Database, models: Models, metrics: Metrics) -> Routing:
    """Return what keeps and applies the routes of a running Marv."""
    return Routing(
        store=SqliteRoutes(database),
        embedder=models.embedder,
        personas=models.personas,
        metrics=metrics,
    )


async def stored_routes(settings: Settings, guild_id: int) -> tuple[Routes | None, bool]:
    """Return a server's routes beside a running Marv, and whether they are paused.

    Raises StoreFailed where there is no database yet.
    """
    if not settings.database_path.exists():
        raise StoreFailed("there is no database yet: run `marv` first")
    async with open_database(settings.database_path) as database:
        routes = await SqliteRoutes(database).load(guild_id)
    if routes is None:
        return None, False
    return routes, not routes.origin.holds_in(await _space(settings))


async def paused_servers(settings: Settings) -> Mapping[int, str]:
    """Return the servers whose routes are paused, each with the space that they were made in."""
    async with open_database(settings.database_path) as database:
        store = SqliteRoutes(database)
        made_in = await store.spaces()
        if not made_in:
            return {}
        space = await _space(settings)
        kept = {guild_id: await store.load(guild_id) for guild_id in made_in}
    return {
        guild_id: made_in[guild_id]
        for guild_id, routes in kept.items()
        if routes is not None and not routes.origin.holds_in(space)
    }


async def _space(settings: Settings) -> EmbeddingSpace:
    embedder = await open_embedder(settings)
    try:
        return embedder.space
    finally:
        await embedder.close()
