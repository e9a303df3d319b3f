"""What Marv does beside answering for as long as it is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from bot.client import Services
from bot.errors import MarvError
from bot.services.erasing import Erasing
from bot.services.privacy import Privacy
from bot.services.recovery import Recovery
from bot.services.spending import Spending
from bot.services.web_sources import WebSources
from bot.settings import Settings

log = logging.getLogger(__name__)

PURGE_SECONDS = 3600.0
ERASE_AGAIN_SECONDS = 300.0
REFRESH_LOOK_SECONDS = 900.0  # how often to look whether a page of the web is due


def start_chores(
    settings: Settings, services: Services, recovery: Recovery, stack: AsyncExitStack
) -> None:
    """Start what is always to be done; ``stack`` ends it."""
    start("recovery", recovery.watch(), stack)
    start("purge", _purge_forever(services.privacy, services.spending), stack)
    start("tuning", services.tuning_watch.follow(), stack)
    start("erasures", _erase_forever(services.erasing), stack)
    if settings.refresh_hours:
        every = timedelta(hours=settings.refresh_hours)
        start("refresh", _refresh_forever(services.web, every), stack)


def start(name: str, work: Coroutine[object, object, None], stack: AsyncExitStack) -> None:
    """Run something beside Marv until the stack closes; what ends it is logged."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_failure)
    stack.callback(task.cancel)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("%s ended", task.get_name(), exc_info=error)


async def _purge_forever(privacy: Privacy, spending: Spending) -> None:
    while True:
        dropped = await privacy.purge()
        if dropped:
            log.info("Dropped the texts of %d turns whose time was up", dropped)
        if folded := await spending.forget_members():
            log.info("Dropped the members of %d lines of usage whose time was up", folded)
        await asyncio.sleep(PURGE_SECONDS)


async def _erase_forever(erasing: Erasing) -> None:
    """Finish erasures that a kill or a failure cut off; what fails again is tried again."""
    while True:
        try:
            for receipt in await erasing.resume():
                log.info("Erased a member: receipt %s", receipt.id)
        except MarvError as error:
            log.warning("An erasure is not finished yet: %s", error)
        await asyncio.sleep(ERASE_AGAIN_SECONDS)


async def _refresh_forever(web: WebSources, every: timedelta) -> None:
    """Read again what was last read too long ago; what fails is tried again at the next look."""
    while True:
        await asyncio.sleep(min(REFRESH_LOOK_SECONDS, every.total_seconds()))
        try:
            report = await web.refresh_due(before=datetime.now(UTC) - every)
        except MarvError as error:
            log.warning("The pages of the web were not all read again: %s", error)
        else:
            if counts := report.counts():
                log.info("Pages of the web read again: %s", dict(counts))
