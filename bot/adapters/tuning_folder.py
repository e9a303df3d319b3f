"""The folder of a local training job: what the bot and the child that trains say to each other.

``job.json`` is written by the bot while no child runs, and by the child while it
does; it and every other file appear whole. ``events.jsonl`` only grows.
``training.jsonl`` and ``validation.jsonl`` lie there until the child has read them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.tuning import (
    ENDED,
    Method,
    TrainerJob,
    TuningCheckpoint,
    TuningEvent,
    TuningOptions,
)

BASE_MODEL = "local:gemma3-270m"
TUNED_PREFIX = "local:tuned-"
LEARNING_RATE = 6e-4  # what a multiplier of 1 means


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What a run is made with, besides its examples."""

    rank: int = 16
    alpha: int = 32
    learning_rate: float = LEARNING_RATE
    epochs: int = 3
    batch: int = 8
    warmup: float = 0.1
    random_seed: int = 20260101

    @classmethod
    def of(cls, options: TuningOptions) -> Hyperparameters:
        """Return what the options ask for, ours where they leave it open."""
        default = cls()
        return replace(
            default,
            learning_rate=default.learning_rate * (options.learning_rate or 1.0),
            epochs=options.epochs or default.epochs,
            batch=options.batch or default.batch,
            random_seed=default.random_seed if options.seed is None else options.seed,
        )

    def as_told(self) -> dict[str, object]:
        """Return them by OpenAI's names, where it has one."""
        return {
            "n_epochs": self.epochs,
            "batch_size": self.batch,
            "learning_rate_multiplier": round(self.learning_rate / LEARNING_RATE, 6),
            "rank": self.rank,
            "seed": self.random_seed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A job: what it was asked for, and how far it is."""

    key: str
    status: str
    model: str
    method: Method
    suffix: str | None
    hyperparameters: Hyperparameters
    created_at: datetime
    finished_at: datetime | None = None
    error: str | None = None
    step: int = 0
    trained_tokens: int = 0

    @property
    def ended(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.status in ENDED

    def as_json(self) -> dict[str, object]:
        """Return the state as ``job.json`` holds it."""
        finished = self.finished_at.isoformat() if self.finished_at else None
        return asdict(self) | {"created_at": self.created_at.isoformat(), "finished_at": finished}

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> JobState:
        """Return the state that ``job.json`` holds."""
        finished = found["finished_at"]
        return cls(
            **{
                **found,
                "method": Method(found["method"]),
                "hyperparameters": Hyperparameters(**found["hyperparameters"]),
                "created_at": datetime.fromisoformat(found["created_at"]),
                "finished_at": datetime.fromisoformat(finished) if finished else None,
            }
        )

    def told(self) -> TrainerJob:
        """Return the job as the port tells of it."""
        return TrainerJob(
            id=self.key,
            status=self.status,
            model=self.model,
            created_at=self.created_at,
            finished_at=self.finished_at,
            fine_tuned_model=tuned_name(self.key) if self.status == "succeeded" else None,
            error=self.error,
            trained_tokens=self.trained_tokens or None,
            hyperparameters=self.hyperparameters.as_told(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFolder:
    """Where a job lives."""

    path: Path

    @property
    def training(self) -> Path:
        """Return where the copy of the training rows lies until it is read."""
        return self.path / "training.jsonl"

    @property
    def validation(self) -> Path:
        """Return where the copy of the validation rows lies until it is read."""
        return self.path / "validation.jsonl"

    @property
    def adapter(self) -> Path:
        """Return where the result will be."""
        return self.path / "adapter.gguf"

    @property
    def resume_point(self) -> Path:
        """Return where weights and optimiser wait for going on; gone when the job has ended."""
        return self.path / "resume.pt"

    @property
    def log(self) -> Path:
        """Return where the child's own output goes."""
        return self.path / "trainer.log"

    @property
    def claim(self) -> Path:
        """Return where it is written which process trains."""
        return self.path / "child.json"

    def checkpoint(self, step: int) -> Path:
        """Return where the adapter of a step is."""
        return self.path / "checkpoints" / f"step-{step}.gguf"

    def exists(self) -> bool:
        """Tell whether a job was written down here."""
        return (self.path / "job.json").is_file()

    def state(self) -> JobState:
        """Return the job as it was last written down."""
        return JobState.read(json.loads((self.path / "job.json").read_text("utf-8")))

    def save(self, state: JobState) -> JobState:
        """Write the job down; one that has ended keeps no resume point."""
        if state.ended and state.finished_at is None:
            state = replace(state, finished_at=datetime.now(UTC))
        write_whole(self.path / "job.json", json.dumps(state.as_json(), indent=1).encode())
        if state.ended:
            for kept in self.path.glob("resume.*"):
                kept.unlink()
        return state

    def drop_copies(self) -> int:
        """Delete the copies of rows, whole or not, and return how many files there were."""
        copies = [*self.path.glob("training.jsonl*"), *self.path.glob("validation.jsonl*")]
        for copy in copies:
            copy.unlink(missing_ok=True)
        return len(copies)

    def say(self, message: str, *, level: str = "info", data: Mapping[str, object] = {}) -> None:
        """Append an event."""
        path = self.path / "events.jsonl"
        _drop_torn_line(path)
        number = sum(1 for _ in _lines(path)) + 1
        line = {
            "id": f"{self.path.name[:12]}-{number}",
            "at": datetime.now(UTC).isoformat(),
            "level": level,
            "message": message,
            "data": dict(data),
        }
        with path.open("ab") as file:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def events(self) -> tuple[TuningEvent, ...]:
        """Return what was told so far, the oldest first."""
        return tuple(
            TuningEvent(**event | {"at": datetime.fromisoformat(event["at"])})
            for event in map(json.loads, _lines(self.path / "events.jsonl"))
        )

    def note_checkpoint(self, step: int, metrics: Mapping[str, float]) -> None:
        """Write down that the adapter of a step is whole, and how good it is."""
        note = {"step": step, "at": datetime.now(UTC).isoformat(), "metrics": dict(metrics)}
        write_whole(self.checkpoint(step).with_suffix(".json"), json.dumps(note).encode())

    def checkpoints(self) -> tuple[TuningCheckpoint, ...]:
        """Return the adapters that were kept underway, the newest first."""
        notes = [json.loads(path.read_text()) for path in self.path.glob("checkpoints/step-*.json")]
        return tuple(
            TuningCheckpoint(
                id=f"{self.path.name}:step-{note['step']}",
                step=note["step"],
                model=tuned_name(self.path.name, step=note["step"]),
                at=datetime.fromisoformat(note["at"]),
                metrics=note["metrics"],
            )
            for note in sorted(notes, key=lambda note: -note["step"])
        )


@dataclass(slots=True)
class Progress:
    """A job that a child works on: every change is written down at once."""

    folder: JobFolder
    state: JobState = field(init=False)

    def __post_init__(self) -> None:
        self.state = self.folder.state()

    def to(self, status: str, *, error: str | None = None) -> None:
        """Take the job to another status."""
        self.state = self.folder.save(replace(self.state, status=status, error=error))

    def at(self, step: int, *, tokens: int) -> None:
        """Note how many steps are done and how many tokens they read."""
        self.state = self.folder.save(replace(self.state, step=step, trained_tokens=tokens))


def tuned_name(key: str, *, step: int | None = None) -> str:
    """Return the name of a job's model, or of one of its checkpoints."""
    return f"{TUNED_PREFIX}{key}" if step is None else f"{TUNED_PREFIX}{key}:step-{step}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is either there with all of it or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the whole lines; a kill may have cut the last one short."""
    if path.exists():
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))


def _drop_torn_line(path: Path) -> None:
    whole = sum(map(len, _lines(path)))
    if path.exists() and path.stat().st_size > whole:
        os.truncate(path, whole)
