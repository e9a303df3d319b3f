"""Follows jobs to their end, over restarts, and tells who listens."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.errors import MarvError
from bot.services.tuning.desk import LOCAL, MILLION, TuningDesk
from bot.tuning import PAUSED, SUCCEEDED, LossPoint, TuningJob
from bot.usage import Payer, UsageKind, nanodollars

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
MOST_RESUMED = 3  # times that a job which was interrupted is taken up again by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningNews:
    """What changed about a job, with all that it told of its losses."""

    job: TuningJob
    losses: tuple[LossPoint, ...]

    @property
    def ended(self) -> bool:
        """Tell whether this is the last of it."""
        return self.job.ended


Listener = Callable[[TuningNews], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class TuningWatch:
    """Looks at every job that may still change.

    A listener that fails hears the end again at the next look: an end counts as told only
    once every listener has taken it.
    """

    desk: TuningDesk
    every_seconds: float = LOOK_SECONDS
    listeners: list[Listener] = field(default_factory=list)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _resumed: Counter[int] = field(default_factory=Counter)
    _heard: dict[int, tuple[str, int]] = field(default_factory=dict)

    async def follow(self) -> None:
        """Look for ever, from when it is wanted: now and then while there are jobs.

        A command line that only reads must not let interrupted jobs go on.
        """
        await self.wanted.wait()
        while True:
            self.desk.news.clear()
            if await self.look():
                await asyncio.sleep(self.every_seconds)
            else:
                await self.desk.news.wait()

    async def look(self) -> int:
        """Look at each job once, and return how many there were.

        One that cannot be asked is asked again at the next look.
        """
        async with self._looking:
            jobs = await self.desk.store.unended()
            for job in jobs:
                try:
                    await self._look_at(job)
                except MarvError as error:
                    log.warning("Job %d cannot be followed now: %s", job.id, error)
        return len(jobs)

    async def _look_at(self, job: TuningJob) -> None:
        now = await self.desk.refresh(job)
        if now.status == PAUSED and job.status != PAUSED:  # nobody paused it: a restart did
            now = await self._go_on(job)
        losses = await self.desk.losses(job.id)
        state = (now.status, len(losses))
        if self._heard.get(job.id) == state and not now.ended:
            return
        self._heard[job.id] = state
        news = TuningNews(job=now, losses=losses)
        for listener in self.listeners:
            await listener(news)
        if now.ended:
            await self._close(now)

    async def _go_on(self, job: TuningJob) -> TuningJob:
        """Let an interrupted job go on, a few times: one that runs out of memory would for ever."""
        self._resumed[job.id] += 1
        if self._resumed[job.id] > MOST_RESUMED:
            log.error("Job %d was interrupted too often: it is left paused", job.id)
            return await self.desk.pause(job.guild_id, job.id)
        log.info("Job %d was interrupted and goes on", job.id)
        return await self.desk.go_on(job)

    async def _close(self, job: TuningJob) -> None:
        """Charge a job that is over, and remember that its end was told."""
        await self.desk.store.told(job.id, datetime.now(UTC))
        self._heard.pop(job.id, None)
        if job.status != SUCCEEDED or job.trainer == LOCAL:
            return
        tokens, model = job.trained_tokens or 0, job.options.model
        price = self.desk.training_price(model)
        cost = None if price is None else nanodollars(price * tokens / MILLION)
        await self.desk.spending.charge(
            Payer(guild_id=job.guild_id, member_id=job.started_by),
            UsageKind.TRAINING,
            model,
            tokens,
            cost,
        )
