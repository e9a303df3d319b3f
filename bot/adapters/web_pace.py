"""How fast one host is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.adapters.web_http import AT_ONCE_A_HOST

MAX_KEPT_HOSTS = 500


@dataclass(slots=True)
class _Host:
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_A_HOST))
    free_at: float = 0.0
    users: int = 0


class Pace:
    """Lets at most two requests at once to a host, and time pass between its pages."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, *, delay_seconds: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn; with a delay, also until the host has rested from its last page."""
        self._forget_idle()
        state = self._hosts.setdefault(host, _Host())
        state.users += 1
        try:
            async with state.gate:
                if delay_seconds:
                    await _rest(state, delay_seconds)
                yield
        finally:
            state.users -= 1

    def _forget_idle(self) -> None:
        if len(self._hosts) < MAX_KEPT_HOSTS:
            return
        now = time.perf_counter()
        for host, state in list(self._hosts.items()):
            if not state.users and state.free_at < now:
                del self._hosts[host]


async def _rest(state: _Host, delay_seconds: float) -> None:
    """Take the host's next free moment and wait for it.

    In a thread and by ``perf_counter``: the playground's simulated Discord
    stops the loop's own clock, but the sites that are read are real.
    """
    now = time.perf_counter()
    start = max(now, state.free_at)
    state.free_at = start + delay_seconds
    if start > now:
        await asyncio.to_thread(time.sleep, start - now)
