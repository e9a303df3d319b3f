"""The tuning desk: what staff do with jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bot.dataset import Version, VersionId
from bot.faults.dataset import NoPreferences
from bot.faults.tuning import (
    BadTuningOption,
    JobGone,
    JobUnknown,
    ModelNotTunable,
    TooFewExamples,
    TrainerMissing,
    TrainerRefused,
    TuningFailed,
)
from bot.ports.tuning import Tuner, TuningJobStore
from bot.services.freezing.versions import Versions
from bot.services.spending import Spending
from bot.services.tuning.files import TrainingFiles
from bot.services.tuning.models import described
from bot.tuning import (
    CANCELLED,
    FAILED,
    PAUSED,
    STARTING,
    JobId,
    LossPoint,
    Method,
    TrainerJob,
    TunableModel,
    TuningCheckpoint,
    TuningEvent,
    TuningJob,
    TuningOptions,
    TuningRequest,
    loss_points,
)
from bot.usage import LOCAL_PREFIX, Payer, nanodollars

log = logging.getLogger(__name__)

FEWEST_ROWS = 10  # that OpenAI takes; it advises 50
ADVISED_ROWS = 50
USUAL_EPOCHS = 3  # what trainers choose for a small set
MILLION = 1_000_000
LOCAL = "local"
LIMITS: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 50),
    "learning_rate": (0.01, 100),
    "batch": (1, 256),
    "seed": (0, 2**31 - 1),
}
MOST_SUFFIX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a trainer offers, or why it cannot be asked."""

    trainer: str
    models: tuple[TunableModel, ...] = ()
    fault: TuningFailed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a job would be: rows and tokens of an epoch, and nanodollars, None where unknown.

    ``same`` is a job that was made of the same data with the same options already; ``tries``
    counts all of those, the failed and cancelled ones too.
    """

    version: Version
    options: TuningOptions
    trainer: str
    rows: int
    validation_rows: int
    tokens: int
    epochs: int
    cost: int | None
    prices_from: date | None = None
    shutdown: date | None = None
    tries: int = 0
    same: TuningJob | None = None


@dataclass(slots=True, kw_only=True)
class TuningDesk:
    """Makes, shows and stops fine-tuning jobs."""

    trainers: Mapping[str, Tuner]
    store: TuningJobStore
    versions: Versions
    files: TrainingFiles
    spending: Spending
    default_model: str
    missing: str = ""  # what to do so that there is a trainer for models that are not local
    under_way: set[str] = field(default_factory=set)  # keys that are being made just now
    news: asyncio.Event = field(default_factory=asyncio.Event)  # set when a job is made or goes on
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def offers(self) -> tuple[Offer, ...]:
        """Return what each trainer offers."""
        found = []
        for name, trainer in self.trainers.items():
            try:
                found.append(Offer(trainer=name, models=await trainer.models()))
            except TuningFailed as error:
                found.append(Offer(trainer=name, fault=error))
        return tuple(found)

    async def preview(self, guild_id: int, version: str, options: TuningOptions) -> Preview:
        """Return what a job would be and cost.

        Raises VersionUnknown, ModelNotTunable, TooFewExamples, NoPreferences,
        BadTuningOption and TuningFailed.
        """
        _check(options)
        frozen = await self.versions.named(guild_id, version)
        trainer = self._trainer_of(options.model)
        model = await self._tunable(trainer, options)
        measured = await self.files.measure(frozen.id, options.method, options.model)
        if options.method is Method.DPO and not measured.rows:
            raise NoPreferences(version)
        if measured.rows < FEWEST_ROWS:
            raise TooFewExamples(measured.rows, FEWEST_ROWS)
        epochs = options.epochs or USUAL_EPOCHS
        cost, checked = self._cost(model, measured.tokens * epochs)
        tries = await self._tries(guild_id, frozen, options, trainer.name)
        same = tries[0] if tries and tries[0].status not in (FAILED, CANCELLED) else None
        return Preview(
            version=frozen,
            options=options,
            trainer=trainer.name,
            rows=measured.rows,
            validation_rows=measured.validation_rows,
            tokens=measured.tokens,
            epochs=epochs,
            cost=cost,
            prices_from=checked,
            shutdown=model.shutdown,
            tries=len(tries),
            same=same,
        )

    async def start(
        self,
        guild_id: int,
        version: str,
        options: TuningOptions,
        *,
        by: int,
        channel_id: int | None = None,
    ) -> TuningJob:
        """Make a job, or return the one that was made of the same data and options before.

        Only a failed or cancelled one is made again. Raises what ``preview`` raises, and
        TooExpensive.
        """
        async with self._making:
            preview = await self.preview(guild_id, version, options)
            if preview.same is not None and preview.same.status != STARTING:
                return preview.same
            await self.spending.afford(Payer(guild_id=guild_id, member_id=by), preview.cost or 0)
            draft = preview.same or self.draft(preview, guild_id, by, channel_id)
            return await self._make(await self.store.add(draft))

    async def jobs(self, guild_id: int) -> tuple[TuningJob, ...]:
        """Return a guild's jobs as they were last heard of, the newest first."""
        return await self.store.jobs(guild_id)

    async def job(self, guild_id: int, job_id: JobId) -> TuningJob:
        """Return a job as its trainer tells of it now; raises JobUnknown and TuningFailed."""
        return await self.refresh(await self._known(guild_id, job_id))

    async def events(self, guild_id: int, job_id: JobId) -> tuple[TuningEvent, ...]:
        """Return what a job told, the oldest first, as far as it was heard."""
        job = await self._known(guild_id, job_id)
        try:
            await self.refresh(job)
        except TuningFailed as error:
            log.warning("Job %d: only what it told before can be shown: %s", job_id, error)
        return await self.store.events(job_id)

    async def losses(self, job_id: JobId) -> tuple[LossPoint, ...]:
        """Return the losses that a job told, by step."""
        return loss_points(
            {
                step: event.data
                for event in await self.store.events(job_id)
                if isinstance(step := event.data.get("step"), int)
            }
        )

    async def checkpoints(self, guild_id: int, job_id: JobId) -> tuple[TuningCheckpoint, ...]:
        """Return the models that a job kept underway, the newest first."""
        job = await self._known(guild_id, job_id)
        if job.trainer_id is None:
            return ()
        return await self._trainer(job).checkpoints(job.trainer_id)

    async def cancel(self, guild_id: int, job_id: JobId) -> TuningJob:
        """Stop a job for good; one that has ended stays as it is."""
        job = await self._known(guild_id, job_id)
        if job.trainer_id is None:
            job = await self.settle(job)
        if job.trainer_id is None or job.ended:
            return job
        return await self._told(job, await self._trainer(job).cancel(job.trainer_id))

    async def pause(self, guild_id: int, job_id: JobId) -> TuningJob:
        """Stop a job that is to go on later; raises TuningFailed."""
        job = await self._known(guild_id, job_id)
        if job.trainer_id is None or job.ended:
            return job
        return await self._told(job, await self._trainer(job).pause(job.trainer_id))

    async def resume(self, guild_id: int, job_id: JobId) -> TuningJob:
        """Let a job go on; raises TuningFailed."""
        return await self.go_on(await self._known(guild_id, job_id))

    async def go_on(self, job: TuningJob) -> TuningJob:
        """Let a paused or interrupted job go on, with what may be learnt from now."""
        if job.trainer_id is None or job.ended:
            return job
        async with self._request(job) as request:
            told = await self._trainer(job).resume(job.trainer_id, request)
        self.news.set()
        return await self._told(job, told)

    async def forgotten(self, guild_id: int) -> Mapping[VersionId, int]:
        """Return how many rows of a guild's versions went because a member was forgotten."""
        versions = await self.versions.store.versions(guild_id)
        return {each.id: each.erased for each in versions if each.erased}

    async def shown(self, job: TuningJob, message_id: int) -> None:
        """Remember the message that shows a job's progress."""
        await self.store.shown(job.id, message_id)

    async def refresh(self, job: TuningJob) -> TuningJob:
        """Ask the trainer how a job is, and keep what it tells."""
        if job.ended:
            return job
        if job.trainer_id is None:
            return job if job.key in self.under_way else await self.settle(job)
        trainer = self._trainer(job)
        try:
            now = await trainer.job(job.trainer_id)
            await self.store.keep_events(job.id, await trainer.events(job.trainer_id))
        except JobGone as error:
            return await self._failed(job, str(error) or "the trainer does not know the job")
        if job.trainer == LOCAL and now.status == PAUSED and job.status not in (PAUSED, STARTING):
            return replace(job, status=PAUSED)  # interrupted: not written, so that it goes on
        return await self._told(job, now)

    async def settle(self, job: TuningJob) -> TuningJob:
        """Find out whether a job that was never confirmed exists at its trainer."""
        found = await self._trainer(job).find(job.key)
        if found is not None:
            return await self._told(job, found)
        return await self._failed(job, "it was never made: start it again")

    async def _make(self, job: TuningJob) -> TuningJob:
        self.under_way.add(job.key)
        self.news.set()
        try:
            async with self._request(job) as request:
                told = await self._trainer(job).start(request)
        except TrainerRefused as error:
            await self._failed(job, error.reason)
            raise
        finally:
            self.under_way.discard(job.key)
        return await self._told(job, told)

    @asynccontextmanager
    async def _request(self, job: TuningJob) -> AsyncIterator[TuningRequest]:
        async with self.files.written(job.version_id, job.options.method) as (training, validation):
            yield TuningRequest(
                key=job.key, options=job.options, training=training, validation=validation
            )

    def draft(self, preview: Preview, guild_id: int, by: int, channel_id: int | None) -> TuningJob:
        """Return the next try as it is written down before anything is sent."""
        key = preview.options.key(
            guild_id=guild_id,
            trainer=preview.trainer,
            sha256=preview.version.sha256,
            attempt=preview.tries + 1,
        )
        return TuningJob(
            id=JobId(0),
            guild_id=guild_id,
            key=key,
            trainer=preview.trainer,
            version_id=preview.version.id,
            version=preview.version.name,
            options=preview.options,
            status=STARTING,
            channel_id=channel_id,
            started_by=by,
            created_at=datetime.now(UTC),
        )

    async def _tries(
        self, guild_id: int, version: Version, options: TuningOptions, trainer: str
    ) -> list[TuningJob]:
        """Return the jobs of the same data and options, the newest first."""
        return [
            job
            for job in await self.store.jobs(guild_id)
            if (job.version_id, job.options, job.trainer) == (version.id, options, trainer)
        ]

    async def _known(self, guild_id: int, job_id: JobId) -> TuningJob:
        job = await self.store.job(guild_id, job_id)
        if job is None:
            raise JobUnknown(str(job_id))
        return job

    async def _told(self, job: TuningJob, now: TrainerJob) -> TuningJob:
        changed = job.told(now)
        if changed != job:
            await self.store.save(changed)
        return changed

    async def _failed(self, job: TuningJob, reason: str) -> TuningJob:
        failed = replace(job, status=FAILED, error=reason, finished_at=datetime.now(UTC))
        await self.store.save(failed)
        return failed

    def _trainer_of(self, model: str) -> Tuner:
        name = LOCAL if model.startswith(LOCAL_PREFIX) else "openai"
        if name not in self.trainers:
            raise TrainerMissing(self.missing)
        return self.trainers[name]

    def _trainer(self, job: TuningJob) -> Tuner:
        if job.trainer not in self.trainers:
            raise TrainerMissing(self.missing)
        return self.trainers[job.trainer]

    async def _tunable(self, trainer: Tuner, options: TuningOptions) -> TunableModel:
        for model in await trainer.models():
            if model.name == options.model and options.method in model.methods:
                return model
        raise ModelNotTunable(options.model)

    def training_price(self, model: str) -> float | None:
        """Return the dollars for a million tokens, None where nobody knows."""
        return self._price(described(model))[0]

    def _cost(self, model: TunableModel, tokens: int) -> tuple[int | None, date | None]:
        """Return what training on so many tokens costs, and the day of the price."""
        price, checked = self._price(model)
        return (None if price is None else nanodollars(price * tokens / MILLION)), checked

    def _price(self, model: TunableModel) -> tuple[float | None, date | None]:
        """Return the price that the operator's table says, else the trainer's."""
        if model.name.startswith(LOCAL_PREFIX):
            return 0.0, None
        price = self.spending.prices.of(model.name)
        if price is not None and price.training is not None:
            return float(price.training), price.checked
        return model.training_usd, model.prices_from


def _check(options: TuningOptions) -> None:
    for name, (least, most) in LIMITS.items():
        value = getattr(options, name)
        if value is not None and not least <= value <= most:
            raise BadTuningOption(name.replace("_", "-"), least, most)
    if options.suffix is not None and not 0 < len(options.suffix) <= MOST_SUFFIX:
        raise BadTuningOption("suffix", 1, MOST_SUFFIX)
