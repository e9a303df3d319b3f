"""Fine-tuning: who trains, and where jobs are written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.ports.models import ChatModel
from bot.tuning import (
    JobId,
    TrainerJob,
    TunableModel,
    TuningCheckpoint,
    TuningEvent,
    TuningJob,
    TuningRequest,
)


class Tuner(Protocol):
    """Makes fine-tuned models.

    Every method raises a child of TuningFailed: TrainerUnreachable when trying again
    may help, TrainerRefused when it will not.
    """

    @property
    def name(self) -> str:
        """Return the trainer's short name, ``local`` or ``openai``."""
        ...

    async def models(self) -> tuple[TunableModel, ...]:
        """Return what can be tuned here."""
        ...

    async def start(self, request: TuningRequest) -> TrainerJob:
        """Make the job, or return the one that was made for this key before."""
        ...

    async def find(self, key: str) -> TrainerJob | None:
        """Return the job that was made for a key, if there is one."""
        ...

    async def job(self, job_id: str) -> TrainerJob:
        """Return a job as it is now; raises JobGone for one that is not there."""
        ...

    async def events(self, job_id: str) -> tuple[TuningEvent, ...]:
        """Return what the job told so far, the oldest first."""
        ...

    async def checkpoints(self, job_id: str) -> tuple[TuningCheckpoint, ...]:
        """Return the models that it kept underway, the newest first."""
        ...

    async def cancel(self, job_id: str) -> TrainerJob:
        """Stop a job for good; one that has ended stays as it is."""
        ...

    async def pause(self, job_id: str) -> TrainerJob:
        """Stop a job that is to go on later."""
        ...

    async def resume(self, job_id: str, request: TuningRequest) -> TrainerJob:
        """Let a paused or interrupted job go on, from its last checkpoint.

        The files of ``request`` hold what may be learnt from now: a trainer that kept no copy
        reads them again.
        """
        ...

    async def close(self) -> None:
        """Free what the trainer holds; a job that runs on this machine is interrupted."""
        ...


class TunedModels(Protocol):
    """Opens models by the names that trainers give them."""

    def open(self, name: str) -> ChatModel:
        """Return the model, not yet loaded; raises ModelGone for a name that nothing is behind."""
        ...


class TuningJobStore(Protocol):
    """What is known about jobs, on disk."""

    async def add(self, job: TuningJob) -> TuningJob:
        """Write a new job down (its ``id`` is ignored), or return the one that has its key."""
        ...

    async def save(self, job: TuningJob) -> None:
        """Write what changed about a job."""
        ...

    async def job(self, guild_id: int, job_id: JobId) -> TuningJob | None:
        """Return a guild's job."""
        ...

    async def jobs(self, guild_id: int) -> tuple[TuningJob, ...]:
        """Return a guild's jobs, the newest first."""
        ...

    async def unended(self) -> tuple[TuningJob, ...]:
        """Return every guild's jobs that may still change, and those nobody was told the end of."""
        ...

    async def shown(self, job_id: JobId, message_id: int) -> None:
        """Remember the message that shows a job's progress."""
        ...

    async def told(self, job_id: JobId, at: datetime) -> None:
        """Remember that the end of a job was announced."""
        ...

    async def keep_events(self, job_id: JobId, events: Sequence[TuningEvent]) -> int:
        """Keep events that are not kept yet, by their ids; return how many were new."""
        ...

    async def events(self, job_id: JobId) -> tuple[TuningEvent, ...]:
        """Return the kept events, the oldest first."""
        ...


class LossPainter(Protocol):
    """Draws losses as PNG."""

    def losses(
        self,
        *,
        title: str,
        steps: str,
        axis: str,
        curves: Mapping[str, Sequence[tuple[int, float]]],
    ) -> bytes:
        """Return a line a curve over the steps; a curve has at least one point."""
        ...
