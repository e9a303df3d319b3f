"""Marv on the real Discord: connect with patience, stop in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress

import aiohttp
import discord
from rich.console import Console
from tenacity import (
    AsyncRetrying,
    before_sleep_log,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
)

from bot.app import open_marv
from bot.client import Marv
from bot.errors import ConfigurationError, MarvError
from bot.opening import Models
from bot.settings import Settings

log = logging.getLogger(__name__)

CONNECT_ATTEMPTS = 8  # Discord allows 1,000 identifies a day
CLOSE_SECONDS = 5.0  # discord.py would wait 30 for Discord's goodbye; Docker kills after 10
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
BAD_TOKEN = 4004  # the gateway's close code


async def run_on_discord(settings: Settings, *, models: Models | None = None) -> None:
    """Connect to Discord and stay until a signal; then close everything in order.

    ``models`` stand in for the configured ones. Raises ConfigurationError when
    Discord refuses the token, an intent or the server to sync to, and MarvError
    when Discord stays out of reach.
    """
    token = _token(settings)
    async with open_marv(settings, models=models) as marv:
        Console(stderr=True).print(marv.summary, highlight=False, markup=False)
        with stopped_by_signal(marv, patience_seconds=settings.stop_seconds) as stopped:
            await _until(stopped, _serve(marv, token))


async def sync_everywhere(settings: Settings, *, models: Models | None = None) -> int:
    """Register the commands for every server; return how many there are.

    Raises what ``run_on_discord`` raises.
    """
    token = _token(settings)
    async with open_marv(settings, models=models) as marv:
        marv.sync_guild, marv.sync_everywhere = None, True
        with _explained():
            async with marv:
                await marv.login(token)
                return len(marv.tree.get_commands())


@contextmanager
def stopped_by_signal(marv: Marv, *, patience_seconds: float) -> Iterator[asyncio.Event]:
    """Close the connection on SIGTERM and Ctrl-C, where the platform has them.

    What is in flight then gets ``patience_seconds`` to end; a second signal
    does not wait for it. Yields the event that is set when the waiting is over.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    closing: list[asyncio.Task[None]] = []

    async def close() -> None:
        try:
            await marv.requests.drained(seconds=patience_seconds)
        finally:
            stopped.set()
            await marv.close()

    def stop() -> None:
        log.info("Stopping")
        if closing:
            closing[0].cancel()
        else:
            closing.append(asyncio.create_task(close()))

    with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop)
    try:
        yield stopped
    finally:
        with suppress(NotImplementedError):
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)


async def _until(stopped: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work until it ends or a signal comes, which must not wait for a back-off."""
    working = asyncio.create_task(work, name="discord")
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        waiting.cancel()
        working.cancel()
        await asyncio.wait({working, waiting}, timeout=CLOSE_SECONDS)


async def _serve(marv: Marv, token: str) -> None:
    await marv.services.warm_up()
    retrying = AsyncRetrying(
        retry=retry_if_exception(_passes),
        stop=stop_after_attempt(CONNECT_ATTEMPTS),
        wait=wait_exponential(multiplier=1, max=60),
        before_sleep=before_sleep_log(log, logging.WARNING),
        reraise=True,
    )
    with _explained():
        await retrying(_stay_connected, marv, token)


async def _stay_connected(marv: Marv, token: str) -> None:
    """Log in and stay; each call starts afresh.

    Raises GatewayNotFound when the gateway could not be reached even once:
    discord.py 2.7.1 then looks for a sequence number on the socket that it
    never had, so that one 503 would end the process.
    """
    async with marv:
        marv.clear()
        try:
            await marv.start(token)
        except AttributeError as error:
            if marv.ws is not None:
                raise
            raise discord.GatewayNotFound from error


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what Discord refuses into what the operator can do about it."""
    try:
        yield
    except discord.LoginFailure as error:
        raise ConfigurationError("DISCORD_TOKEN: Discord refuses it.") from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigurationError(
            "Discord refuses an intent: enable it in the Developer Portal, under Bot"
            " (MARV_MESSAGE_CONTENT asks for the message content intent)."
        ) from error
    except discord.ConnectionClosed as error:
        if error.code == BAD_TOKEN:
            raise ConfigurationError("DISCORD_TOKEN: Discord refuses it.") from error
        raise MarvError(f"Discord closed the connection for good (code {error.code}).") from error
    except discord.HTTPException as error:
        raise MarvError(f"Discord answers with an error (status {error.status}).") from error
    except (discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
        raise MarvError(f"Discord cannot be reached ({type(error).__name__}).") from error


def _passes(error: BaseException) -> bool:
    """Tell whether an error of the first connect may pass by itself."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500
    return isinstance(error, discord.GatewayNotFound | aiohttp.ClientError | OSError)


def _token(settings: Settings) -> str:
    if settings.discord_token is None:
        raise ConfigurationError("DISCORD_TOKEN is not set.")
    return settings.discord_token.get_secret_value()
