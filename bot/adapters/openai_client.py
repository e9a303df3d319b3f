"""OpenAI and every server that speaks its protocol: the client, its errors and its retries."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    before_sleep_log,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from bot import tracing
from bot.errors import ChatFailed, KeyRefused, ModelError, QuotaSpent
from bot.faults.model import ModelGone

if TYPE_CHECKING:
    from httpx2 import Request
    from openai import APIError, AsyncOpenAI

log = logging.getLogger(__name__)
T = TypeVar("T")

REQUEST_ID_HEADER = "X-Client-Request-Id"
OFFICIAL_URL = "https://api.openai.com/v1"
GONE = frozenset({404, 410})
RETRIED_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is waited for.

    ``read_seconds`` is the time between two pieces of an answer,
    ``try_again_seconds`` the time after which no further try begins,
    ``longest_wait_seconds`` the most that ``Retry-After`` may ask for, and
    ``answer_seconds`` the time after which a streamed answer is cut.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 25.0  # twice, for embeddings and chat, is under a minute
    attempts: int = 3
    try_again_seconds: float = 10.0  # who hung once is not asked again
    longest_wait_seconds: float = 8.0
    answer_seconds: float = 300.0


PATIENCE = Patience()


def open_client(
    base_url: str | None, api_key: str | None, *, patience: Patience = PATIENCE
) -> AsyncOpenAI:
    """Return a client without retries of its own: it would retry a spent quota."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    timeout = httpx2.Timeout(patience.read_seconds, connect=patience.connect_seconds)
    return AsyncOpenAI(
        base_url=base_url or OFFICIAL_URL,  # else the client reads the environment itself
        api_key=api_key or "none",  # local servers want none; the client insists on one
        max_retries=0,
        timeout=timeout,
        http_client=DefaultAsyncHttpxClient(
            timeout=timeout, event_hooks={"request": [_name_request]}
        ),
    )


async def _name_request(request: Request) -> None:
    """Tell the server which of our requests this belongs to, for its log and ours."""
    if (ours := tracing.current()) is not None:
        request.headers[REQUEST_ID_HEADER] = ours.id


async def with_retries(call: Callable[[], Awaitable[T]], *, patience: Patience = PATIENCE) -> T:
    """Await ``call()``, again when a later try may succeed.

    Connection errors, time-outs, 408, 409, 429 and 5xx are tried again within
    the bounds of ``patience``, at the time that ``Retry-After`` asks for where
    it does; a spent quota, a refused key and a bad request are not.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception(_worth_another_try),
        stop=stop_after_attempt(patience.attempts) | stop_after_delay(patience.try_again_seconds),
        wait=_wait(patience.longest_wait_seconds),
        before_sleep=before_sleep_log(log, logging.WARNING),
        reraise=True,
    )

    async def once() -> T:  # a plain function that returns an awaitable would not be awaited
        return await call()

    return await retrying(once)


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Spares an account that has no money left: one request, then a rest.

    While it rests, calls fail at once with QuotaSpent; the operator is told at
    most once in ``tell_seconds``.
    """

    rest_seconds: float = 300.0
    tell_seconds: float = 3600.0
    clock: Callable[[], float] = time.monotonic
    _rests_until: float = 0.0
    _told_at: float = float("-inf")

    def check(self) -> None:
        """Raise QuotaSpent while the account rests."""
        if self.clock() < self._rests_until:
            raise QuotaSpent("the quota was spent at the last try; no request was made")

    def trip(self) -> None:
        """Begin a rest, and tell the operator unless that was done within the hour."""
        now = self.clock()
        self._rests_until = now + self.rest_seconds
        if now - self._told_at >= self.tell_seconds:
            self._told_at = now
            log.error(
                "The model's account has no money left; it is asked again in %.0f s",
                self.rest_seconds,
            )


@contextmanager
def translated(otherwise: type[ModelError], breaker: Breaker) -> Iterator[None]:
    """Turn the client's errors into ours: KeyRefused, QuotaSpent, or ``otherwise``.

    Raises QuotaSpent before anything is sent while ``breaker`` rests.
    """
    from openai import APIError, AuthenticationError, OpenAIError, PermissionDeniedError

    breaker.check()
    try:
        yield
    except (AuthenticationError, PermissionDeniedError) as error:
        raise KeyRefused(f"status {error.status_code}: {error.code or 'key refused'}") from error
    except APIError as error:
        if otherwise is ChatFailed and getattr(error, "status_code", None) in GONE:
            raise ModelGone(_described(error)) from error
        if _quota_is_spent(error):
            breaker.trip()
            raise QuotaSpent(_described(error)) from error
        raise otherwise(_described(error)) from error
    except (OpenAIError, OSError, ValueError) as error:
        raise otherwise(type(error).__name__) from error


def is_official(base_url: str | None) -> bool:
    """Tell whether a base URL is OpenAI's own."""
    return urlsplit(base_url or OFFICIAL_URL).hostname == urlsplit(OFFICIAL_URL).hostname


def _described(error: APIError) -> str:
    """Say what went wrong without the message, which may hold a part of the key."""
    status = getattr(error, "status_code", None)
    what = f"status {status}" if status else type(error).__name__
    return f"{what}: {error.code or error.type or 'no code'}"


def _worth_another_try(error: BaseException) -> bool:
    from openai import APIConnectionError, APIStatusError

    if isinstance(error, APIStatusError):
        return error.status_code in RETRIED_STATUSES and not _quota_is_spent(error)
    return isinstance(error, APIConnectionError)


def _quota_is_spent(error: BaseException) -> bool:
    return "insufficient_quota" in (getattr(error, "code", None), getattr(error, "type", None))


def _wait(longest_seconds: float) -> Callable[[RetryCallState], float]:
    backoff = wait_random_exponential(multiplier=0.3, max=longest_seconds)

    def seconds(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = _retry_after(error)
        return float(backoff(state)) if asked is None else min(asked, longest_seconds)

    return seconds


def _retry_after(error: BaseException | None) -> float | None:
    """Return the pause that a server asks for in seconds; a date is not understood."""
    from openai import APIStatusError

    if not isinstance(error, APIStatusError):
        return None
    try:
        return max(0.0, float(error.response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None
