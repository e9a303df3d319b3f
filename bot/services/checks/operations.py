"""Checks whether the model can still be trained, and whether it was, on this very file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from bot.findings import Finding
from bot.services.checks.rules import found
from bot.services.checks.training import NO_NEW_JOBS, trainable

SOON = timedelta(days=90)


class TrainedBefore(Protocol):
    """Knows what was trained on."""

    async def job(self, sha256: str) -> str | None:
        """Return the job that trained on a file of this digest."""
        ...


def model_findings(model: str, today: date) -> Iterator[Finding]:
    """Yield what is known of a model's end."""
    if not model:
        return
    known = trainable(model)
    if known is None:
        yield found("operations.unknown-model", "{model}", model=model)
        return
    if today >= NO_NEW_JOBS or (known.shutdown and today >= known.shutdown):
        template = "{model}: no jobs since {since}"
        yield found("operations.gone", template, model=model, since=NO_NEW_JOBS)
    elif known.shutdown and known.shutdown - today <= SOON:
        yield found(
            "operations.shutdown",
            "{model}: {day}; no jobs from {since}",
            model=model,
            day=known.shutdown,
            since=NO_NEW_JOBS,
        )


async def trained_findings(sha256: str, before: TrainedBefore | None) -> list[Finding]:
    """Return whether a file was trained on."""
    job = None if before is None else await before.job(sha256)
    return [] if job is None else [found("operations.trained", "{job}", job=job)]
