"""Marv on the real Discord: connect with patience, stop in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

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
from bot.errors import ConfigurationError
from bot.settings import Settings

log = logging.getLogger(__name__)

CONNECT_ATTEMPTS = 8  # Discord allows 1,000 identifies a day
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def run_on_discord(settings: Settings) -> None:
    """Connect to Discord and stay until a signal; then close everything in order.

    Raises ConfigurationError when Discord refuses the token or an intent.
    """
    if settings.discord_token is None:
        raise ConfigurationError("DISCORD_TOKEN is not set.")
    async with open_marv(settings) as marv:
        Console(stderr=True).print(marv.summary, highlight=False, markup=False)
        await marv.services.warm_up()
        with stopped_by_signal(marv):
            await _connect(marv, settings.discord_token.get_secret_value())


async def sync_everywhere(settings: Settings) -> int:
    """Register the commands for every server; return how many there are."""
    if settings.discord_token is None:
        raise ConfigurationError("DISCORD_TOKEN is not set.")
    async with open_marv(settings) as marv:
        marv.sync_guild, marv.sync_everywhere = None, True
        async with marv:
            await marv.login(settings.discord_token.get_secret_value())
            return len(marv.tree.get_commands())


@contextmanager
def stopped_by_signal(marv: Marv) -> Iterator[None]:
    """Close the connection on SIGTERM and Ctrl-C, where the platform has them."""
    loop = asyncio.get_running_loop()
    closing: set[asyncio.Task[None]] = set()

    def stop() -> None:
        log.info("Stopping")
        closing.add(asyncio.create_task(marv.close()))

    try:
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop)
    except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
        log.debug("no signal handlers on this platform")
    try:
        yield
    finally:
        for number in STOP_SIGNALS:
            if hasattr(loop, "remove_signal_handler"):
                loop.remove_signal_handler(number)


async def _connect(marv: Marv, token: str) -> None:
    """Start the client; one 503 at the first connect would otherwise end the process."""
    retrying = AsyncRetrying(
        retry=retry_if_exception(_passes),
        stop=stop_after_attempt(CONNECT_ATTEMPTS),
        wait=wait_exponential(multiplier=1, max=60),
        before_sleep=before_sleep_log(log, logging.WARNING),
        reraise=True,
    )
    try:
        async with marv:
            await retrying(marv.start, token)
    except discord.LoginFailure as error:
        raise ConfigurationError("DISCORD_TOKEN: Discord refuses it.") from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigurationError(
            "Discord refuses an intent: enable it in the Developer Portal, under Bot."
        ) from error


def _passes(error: BaseException) -> bool:
    """Tell whether an error of the first connect may pass by itself."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500
    return isinstance(
        error, discord.GatewayNotFound | discord.ConnectionClosed | aiohttp.ClientError | OSError
    )
