"""Jobs for the local trainer, and what to wait for and look at in them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.adapters.local_tuner import LocalTuner
from bot.adapters.tuning_folder import BASE_MODEL
from bot.tuning import TrainerJob, TuningOptions, TuningRequest

CANARY = "zanzibar-canary"
KEY, OTHER = "a" * 32, "b" * 32
PATIENCE_SECONDS = 30.0


def rows(count: int = 4) -> str:
    lines = []
    for number in range(count):
        messages = [
            {"role": "system", "content": "Be dry."},
            {"role": "user", "content": f"What about {number}?"},
            {"role": "assistant", "content": f"The {CANARY} of {number} is here."},
        ]
        lines.append(json.dumps({"messages": messages}) + "\n")
    return "".join(lines)


def asked(folder: Path, key: str = KEY, *, count: int = 4, epochs: int = 2) -> TuningRequest:
    """Return a request with files that are deleted when ``start`` has returned."""
    training, validation = folder / f"{key}-train.jsonl", folder / f"{key}-validation.jsonl"
    training.write_text(rows(count))
    validation.write_text(rows(1))
    options = TuningOptions(model=BASE_MODEL, epochs=epochs)
    return TuningRequest(key=key, options=options, training=training, validation=validation)


@asynccontextmanager
async def tuning(folder: Path, python: Path) -> AsyncIterator[LocalTuner]:
    tuner = LocalTuner.open(
        directory=folder / "tuning", models_directory=folder / "models", python=python
    )
    try:
        yield tuner
    finally:
        await tuner.close()


async def until(
    tuner: LocalTuner, key: str, wanted: Callable[[TrainerJob], bool | Awaitable[bool]]
) -> TrainerJob:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            job = await tuner.job(key)
            found = wanted(job)
            if found if isinstance(found, bool) else await found:
                return job
            await asyncio.sleep(0.02)


async def ended(tuner: LocalTuner, key: str = KEY) -> TrainerJob:
    return await until(tuner, key, lambda job: job.ended)


async def in_the_middle(tuner: LocalTuner, key: str = KEY) -> TrainerJob:
    return await until(tuner, key, lambda job: bool(job.trained_tokens))


def child_pid(tuner: LocalTuner, key: str = KEY) -> int:
    return int(json.loads((tuner.directory / key / "child.json").read_text())["pid"])


def copies_of_rows(tuner: LocalTuner) -> list[str]:
    """Return every file of the jobs that holds a word of the rows."""
    return [
        str(path)
        for path in tuner.directory.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
