"""Fine-tuning over OpenAI's protocol: files, jobs, events and checkpoints."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.adapters.openai_client import (
    PATIENCE,
    Breaker,
    Patience,
    is_official,
    open_client,
    with_retries,
)
from bot.errors import KeyRefused, QuotaSpent
from bot.faults.tuning import JobGone, NoNewCustomers, TrainerRefused, TrainerUnreachable
from bot.tuning import (
    Method,
    TrainerJob,
    TunableModel,
    TuningCheckpoint,
    TuningEvent,
    TuningOptions,
    TuningRequest,
)

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
    from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint

log = logging.getLogger(__name__)

KEY = "marv_key"  # in a job's metadata: 16 pairs of up to 64 and 512 characters
FILE_SECONDS = 3 * 24 * 3600  # files expire at the provider (3,600 s to 30 days)
MOST_LISTED = 200  # of jobs and files that are looked through for ours
MOST_EVENTS = 5000
_PAGE = 100
_NEW_CUSTOMERS = re.compile(r"new (?:fine-?tuning|customers|organi[sz]ations|users)", re.IGNORECASE)
_KEYS = re.compile(r"sk-[\w*.-]+")
_GONE = frozenset((404, 410))


def _unknown(name: str) -> TunableModel:
    """Describe a model that nothing is known of."""
    return TunableModel(name=name, methods=tuple(Method))


@dataclass(frozen=True, slots=True)
class OpenAITuner:
    """Fulfils ``bot.ports.tuning.Tuner`` on any server that speaks the protocol.

    A job carries its key in its metadata, and its files carry it in their names.
    So whatever was cut off (a kill between upload and creation, a lost reply) is
    found again, and no second job is made for the same key.
    """

    client: AsyncOpenAI
    tunable: tuple[TunableModel, ...] = ()
    describe: Callable[[str], TunableModel] = _unknown
    official: bool = False
    patience: Patience = PATIENCE
    breaker: Breaker = field(default_factory=Breaker)
    name: str = "openai"

    @classmethod
    def open(
        cls,
        *,
        base_url: str | None,
        api_key: str | None,
        tunable: tuple[TunableModel, ...] = (),
        describe: Callable[[str], TunableModel] = _unknown,
        patience: Patience = PATIENCE,
    ) -> OpenAITuner:
        """Return the trainer at ``base_url`` (OpenAI's own by default)."""
        client = open_client(base_url, api_key, patience=patience)
        return cls(client, tunable, describe, official=is_official(base_url), patience=patience)

    async def models(self) -> tuple[TunableModel, ...]:
        """Return what is known to be tunable at OpenAI; elsewhere, what the server serves.

        Servers do not say which of their models can be tuned.
        """
        if self.official:
            return self.tunable
        with _translated(self.breaker):
            served = await with_retries(self.client.models.list, patience=self.patience)
        return tuple(self.describe(model.id) for model in served.data)

    async def start(self, request: TuningRequest) -> TrainerJob:
        """Make the job, or return the one that was made for this key before."""
        if (found := await self.find(request.key)) is not None:
            return found
        training = await self._upload(request.key, "train", request.training)
        validation = None
        if request.validation is not None:
            validation = await self._upload(request.key, "validation", request.validation)
        try:
            return await self._create(request, training, validation)
        except TrainerUnreachable:
            # The answer may be all that was lost: look before anybody tries again.
            if (found := await self.find(request.key)) is not None:
                return found
            raise

    async def find(self, key: str) -> TrainerJob | None:
        """Return the job that was made for a key, among the newest jobs."""
        with _translated(self.breaker):
            async for job in self._jobs():
                if (job.metadata or {}).get(KEY) == key:
                    return _job(job)
        return None

    async def job(self, job_id: str) -> TrainerJob:
        """Return a job as it is now; once it has ended its files are deleted there."""
        with _translated(self.breaker):
            told = await with_retries(
                lambda: self.client.fine_tuning.jobs.retrieve(job_id), patience=self.patience
            )
            job = _job(told)
            if job.ended:
                await self._delete_files(told)
        return job

    async def events(self, job_id: str) -> tuple[TuningEvent, ...]:
        """Return what the job told so far, the oldest first."""
        with _translated(self.breaker):
            pages = self.client.fine_tuning.jobs.list_events(job_id, limit=_PAGE)
            found = [_event(each) async for each in _at_most(MOST_EVENTS, pages)]
        found.reverse()  # they come newest first, several a second; sorting keeps their order
        return tuple(sorted(found, key=lambda each: each.at))

    async def checkpoints(self, job_id: str) -> tuple[TuningCheckpoint, ...]:
        """Return the models that it kept underway, the newest first.

        A server that knows the job, but no checkpoints, has none.
        """
        try:
            with _translated(self.breaker):
                pages = self.client.fine_tuning.jobs.checkpoints.list(job_id, limit=_PAGE)
                found = [_checkpoint(each) async for each in _at_most(_PAGE, pages)]
        except JobGone:
            await self.job(job_id)
            return ()
        return tuple(sorted(found, key=lambda each: -each.step))

    async def cancel(self, job_id: str) -> TrainerJob:
        """Stop a job for good; one that has ended stays as it is."""
        now = await self.job(job_id)
        if now.ended:
            return now
        try:
            with _translated(self.breaker):
                return _job(await self.client.fine_tuning.jobs.cancel(job_id))
        except TrainerRefused:
            if (now := await self.job(job_id)).ended:  # it ended meanwhile
                return now
            raise

    async def pause(self, job_id: str) -> TrainerJob:
        """Stop a job that is to go on later."""
        with _translated(self.breaker):
            return _job(await self.client.fine_tuning.jobs.pause(job_id))

    async def resume(self, job_id: str, request: TuningRequest) -> TrainerJob:
        """Let a paused job go on; the provider still has its files."""
        del request
        with _translated(self.breaker):
            return _job(await self.client.fine_tuning.jobs.resume(job_id))

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _create(
        self, request: TuningRequest, training: str, validation: str | None
    ) -> TrainerJob:
        """Create the job by one request: a second one might make a second job."""
        from openai import omit

        options = request.options
        with _translated(self.breaker):
            job = await self.client.fine_tuning.jobs.create(
                model=options.model,
                training_file=training,
                validation_file=omit if validation is None else validation,
                method=_method(options),  # type: ignore[arg-type] # keys by the method's name
                suffix=omit if options.suffix is None else options.suffix,
                seed=omit if options.seed is None else options.seed,
                metadata={KEY: request.key},
            )
        return _job(job)

    async def _upload(self, key: str, part: str, path: Path) -> str:
        """Upload a file, or return the one of this name that is there already."""
        name = f"marv-{key}-{part}.jsonl"
        with _translated(self.breaker):
            async for file in self._files():
                if file.filename == name:
                    return str(file.id)
            content = await asyncio.to_thread(path.read_bytes)
            uploaded = await with_retries(
                lambda: self.client.files.create(
                    file=(name, content, "application/jsonl"),
                    purpose="fine-tune",
                    expires_after={"anchor": "created_at", "seconds": FILE_SECONDS},
                ),
                patience=self.patience,
            )
        return uploaded.id

    async def _delete_files(self, job: FineTuningJob) -> None:
        """Delete a job's training files, which are members' words; they expire anyway."""
        from openai import APIError

        for file_id in (job.training_file, job.validation_file):
            if file_id is None:
                continue
            try:
                await self.client.files.delete(file_id)
            except APIError as error:
                if getattr(error, "status_code", None) not in _GONE:
                    log.warning(
                        "A training file was not deleted at the provider, where it expires"
                        " after %d days: %s",
                        FILE_SECONDS // 86400,
                        type(error).__name__,
                    )

    def _jobs(self) -> AsyncIterator[FineTuningJob]:
        return _at_most(MOST_LISTED, self.client.fine_tuning.jobs.list(limit=_PAGE))

    def _files(self) -> AsyncIterator[Any]:
        return _at_most(MOST_LISTED, self.client.files.list(purpose="fine-tune", limit=_PAGE))


async def _at_most(most: int, pages: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - the client's pager
    numbers = count(1)
    async for each in pages:
        yield each
        if next(numbers) >= most:
            return


def _method(options: TuningOptions) -> Mapping[str, object]:
    chosen = {
        "n_epochs": options.epochs,
        "learning_rate_multiplier": options.learning_rate,
        "batch_size": options.batch,
    }
    hyperparameters = {name: value for name, value in chosen.items() if value is not None}
    return {
        "type": options.method.value,
        options.method.value: {"hyperparameters": hyperparameters},
    }


@contextmanager
def _translated(breaker: Breaker) -> Iterator[None]:
    """Turn the client's errors into ours; what the provider says is passed on, less keys."""
    from openai import APIConnectionError, APIStatusError, OpenAIError

    breaker.check()
    try:
        yield
    except APIStatusError as error:
        _raise_for(error.status_code, _said(error), str(error.code), error, breaker)
    except APIConnectionError as error:
        raise TrainerUnreachable(type(error).__name__) from error
    except (OpenAIError, ValueError) as error:
        raise TrainerUnreachable(f"not an answer: {type(error).__name__}") from error


def _raise_for(status: int, said: str, code: str, error: Exception, breaker: Breaker) -> None:
    if code == "insufficient_quota":
        breaker.trip()
        raise QuotaSpent(said) from error
    if status == 403 and _NEW_CUSTOMERS.search(said):
        raise NoNewCustomers(said) from error
    if status == 401:
        raise KeyRefused(f"status {status}: {code}") from error
    if status in _GONE:
        raise JobGone(said) from error
    if status == 429 or status >= 500:
        raise TrainerUnreachable(f"status {status}: {code}") from error
    raise TrainerRefused(said) from error


def _said(error: Any) -> str:  # noqa: ANN401 - an APIStatusError, imported late
    body = error.body if isinstance(error.body, dict) else {}
    message = str(body.get("message") or error.code or f"status {error.status_code}")
    return _KEYS.sub("sk-…", message)[:300]


def _job(job: FineTuningJob) -> TrainerJob:
    error = getattr(job, "error", None)
    words = (getattr(error, "code", None), getattr(error, "message", None))
    figures = getattr(job, "hyperparameters", None)
    return TrainerJob(
        id=job.id,
        status=str(job.status),
        model=job.model,
        created_at=_time(job.created_at),
        finished_at=None if job.finished_at is None else _time(job.finished_at),
        fine_tuned_model=job.fine_tuned_model,
        error=": ".join(filter(None, words)) or None,
        trained_tokens=job.trained_tokens,
        hyperparameters=figures.to_dict() if figures is not None else {},
    )


def _event(event: FineTuningJobEvent) -> TuningEvent:
    data = event.data if isinstance(event.data, dict) else {}
    return TuningEvent(
        id=event.id,
        at=_time(event.created_at),
        level=str(event.level),
        message=event.message,
        data=data,
    )


def _checkpoint(each: FineTuningJobCheckpoint) -> TuningCheckpoint:
    metrics = each.metrics.to_dict() if each.metrics is not None else {}
    return TuningCheckpoint(
        id=each.id,
        step=each.step_number,
        model=each.fine_tuned_model_checkpoint,
        at=_time(each.created_at),
        metrics={
            name: float(value) for name, value in metrics.items() if isinstance(value, int | float)
        },
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
