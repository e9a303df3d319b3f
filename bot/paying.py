"""Whose account a model call goes on: set where a request begins, read where a call is made."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from typing import TypeVar

from bot.usage import Payer

T = TypeVar("T")

_NOBODY = Payer()
_CURRENT: ContextVar[Payer | None] = ContextVar("payer", default=None)


def current() -> Payer:
    """Return who pays for what this code does."""
    return _CURRENT.get() or _NOBODY


@contextmanager
def paying(payer: Payer) -> Iterator[None]:
    """Have what the block does go on somebody's account.

    A generator must not yield within the block: its caller's calls would too.
    """
    token = _CURRENT.set(payer)
    try:
        yield
    finally:
        _CURRENT.reset(token)


async def charged(steps: AsyncGenerator[T, None], payer: Payer) -> AsyncGenerator[T, None]:
    """Yield what ``steps`` yields, and have each step of it go on somebody's account."""
    async with aclosing(steps):
        while True:
            with paying(payer):
                try:
                    step = await anext(steps)
                except StopAsyncIteration:
                    return
            yield step
