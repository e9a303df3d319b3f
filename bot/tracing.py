"""Which request a line of the log belongs to: made at the door, carried down to the model call."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

log = logging.getLogger(__name__)

Door = Literal["command", "autocomplete", "button", "form", "event"]
FINE = "ok"
BROKEN = "broken"  # the outcome of an error that nobody foresaw


@dataclass(slots=True, kw_only=True)
class Request:
    """One command, button, form or event, while Marv is at it.

    ``outcome`` is ``ok`` or the name of the error; ``worked`` says that an
    event led to a reply, which most messages in a channel do not.
    """

    door: Door
    name: str
    guild_id: int | None = None
    channel_id: int | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    started: float = field(default_factory=time.perf_counter)
    outcome: str = FINE
    worked: bool = True


Finished = Callable[[Request, float], None]

_CURRENT: ContextVar[Request | None] = ContextVar("request", default=None)


def current() -> Request | None:
    """Return the request that this code runs for."""
    return _CURRENT.get()


def note_work() -> None:
    """Remember that the current request, if any, led to a reply."""
    if (request := current()) is not None:
        request.worked = True


@dataclass(slots=True, kw_only=True)
class Requests:
    """The requests in flight."""

    finished: list[Finished] = field(default_factory=list)
    closing: bool = False
    _active: list[Request] = field(default_factory=list)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._idle.set()

    def __len__(self) -> int:
        return len(self._active)

    @contextmanager
    def entered(self, request: Request) -> Iterator[Request]:
        """Run the block as ``request``, and log how it ended."""
        token = _CURRENT.set(request)
        self._active.append(request)
        self._idle.clear()
        try:
            yield request
        except BaseException as error:
            request.outcome = type(error).__name__
            raise
        finally:
            self._leave(request)
            _CURRENT.reset(token)

    async def drained(self, *, seconds: float) -> bool:
        """Let nothing new in; wait until nothing is in flight, at most ``seconds``."""
        self.closing = True
        if self._active:
            log.info("Waiting for %d requests in flight", len(self._active))
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("%d requests did not end within %g s", len(self._active), seconds)
            return False
        return True

    def _leave(self, request: Request) -> None:
        self._active.remove(request)
        if not self._active:
            self._idle.set()
        if not request.worked and request.outcome == FINE:
            return
        seconds = time.perf_counter() - request.started
        level = logging.DEBUG if request.door == "autocomplete" else logging.INFO
        log.log(level, "%s %s: %s in %.2f s", request.door, request.name, request.outcome, seconds)
        for tell in self.finished:
            tell(request, seconds)
