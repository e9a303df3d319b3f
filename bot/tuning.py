"""Fine-tuning: what is asked for, the job it becomes, and what the job tells, as values.

The words are those of OpenAI's fine-tuning API, which every trainer here speaks:
https://platform.openai.com/docs/api-reference/fine-tuning
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NewType

from bot.dataset import VersionId

JobId = NewType("JobId", int)

STARTING = "starting"  # ours: written down, and perhaps not yet made at the trainer
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
PAUSED = "paused"
RUNNING = ("validating_files", "queued", "running")
ENDED = frozenset((SUCCEEDED, FAILED, CANCELLED))


class Method(StrEnum):
    """How a model learns from examples."""

    SUPERVISED = "supervised"
    DPO = "dpo"  # from pairs of a preferred and another answer (Rafailov et al. 2023)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningOptions:
    """What staff choose; None leaves a choice to the trainer.

    ``learning_rate`` is a multiplier of the trainer's own rate, as OpenAI's is.
    """

    model: str
    method: Method = Method.SUPERVISED
    epochs: int | None = None
    learning_rate: float | None = None
    batch: int | None = None
    suffix: str | None = None
    seed: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the options as they are hashed and kept."""
        return asdict(self)

    def key(self, *, guild_id: int, trainer: str, sha256: str, attempt: int = 1) -> str:
        """Return what names one try at one data set with these options, in 32 hex digits."""
        told = [guild_id, trainer, sha256, attempt, self.as_json()]
        text = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningRequest:
    """What a trainer is asked to make: once for each ``key``, however often it is asked.

    The files are JSON lines in OpenAI's form for the method, and lie there only
    until ``Tuner.start`` returns.
    """

    key: str
    options: TuningOptions
    training: Path
    validation: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerJob:
    """A job as its trainer tells of it; ``status`` may be a word that we do not know."""

    id: str
    status: str
    model: str
    created_at: datetime
    finished_at: datetime | None = None
    fine_tuned_model: str | None = None
    error: str | None = None
    trained_tokens: int | None = None
    hyperparameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningEvent:
    """Something that a job told; ``data`` has the figures of a step, by OpenAI's names.

    Of those Marv draws ``train_loss``, ``valid_loss`` and ``full_valid_loss``, in nats a token.
    """

    id: str
    at: datetime
    level: str
    message: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningCheckpoint:
    """A model as it was after some steps, which answers as any other does."""

    id: str
    step: int
    model: str
    at: datetime
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TunableModel:
    """A model that a trainer can tune; ``training_usd`` is for a million tokens of an epoch."""

    name: str
    methods: tuple[Method, ...]
    training_usd: float | None = None
    prices_from: date | None = None
    shutdown: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPoint:
    """The losses at a step, in nats a token; None where the trainer told none."""

    step: int
    train: float | None = None
    valid: float | None = None
    accuracy: float | None = None  # share of the reply's tokens guessed right in training


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningJob:
    """A job as Marv keeps it: ``trainer_id`` is None until the trainer has confirmed it."""

    id: JobId
    guild_id: int
    key: str
    trainer: str
    version_id: VersionId
    version: str
    options: TuningOptions
    status: str
    trainer_id: str | None = None
    fine_tuned_model: str | None = None
    error: str | None = None
    trained_tokens: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    started_by: int = 0
    created_at: datetime
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.status in ENDED

    def made(self, model: str) -> bool:
        """Tell whether a model, or a checkpoint, came of this job, by its name."""
        own = self.fine_tuned_model
        return own is not None and (model == own or model.startswith(f"{own}:"))

    def told(self, job: TrainerJob) -> TuningJob:
        """Return the job with what its trainer says now."""
        return replace(
            self,
            trainer_id=job.id,
            status=job.status,
            fine_tuned_model=job.fine_tuned_model,
            error=job.error,
            trained_tokens=job.trained_tokens,
            finished_at=job.finished_at,
        )


def loss_points(events: Mapping[int, Mapping[str, object]]) -> tuple[LossPoint, ...]:
    """Return the losses by step out of the figures that events carried, in order.

    A validation loss is over the whole validation file where the trainer tells such; that
    of a single batch is another thing, and only stands in where there is nothing better.
    """
    whole = any(_number(data.get("full_valid_loss")) is not None for data in events.values())
    name = "full_valid_loss" if whole else "valid_loss"
    return tuple(_point(step, events[step], valid=name) for step in sorted(events))


def _point(step: int, data: Mapping[str, object], *, valid: str) -> LossPoint:
    return LossPoint(
        step=step,
        train=_number(data.get("train_loss")),
        valid=_number(data.get(valid)),
        accuracy=_number(data.get("train_mean_token_accuracy")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value == value else None
