"""Routing: where routes are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.routing import Route, Routes


class RouteStore(Protocol):
    """Keeps one sorter a guild, with its routes."""

    async def load(self, guild_id: int) -> Routes | None:
        """Return a guild's routes without the sorter's trials, None where there are none.

        Raises StoreFailed, also for numbers that do not fit each other.
        """
        ...

    async def put(self, guild_id: int, routes: Routes, route: Route) -> None:
        """Keep one route; where the guild's sorter is another one, that goes with its routes."""
        ...

    async def remove(self, guild_id: int, labels: Collection[str]) -> None:
        """Take the routes of some labels away, and with the last one the sorter."""
        ...

    async def spaces(self) -> Mapping[int, str]:
        """Return the key of the space of each guild's sorter."""
        ...
