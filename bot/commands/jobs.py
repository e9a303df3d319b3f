"""How the command line shows tuning jobs, and the models that can be tuned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from bot.commands.console import output, print_json
from bot.models import Language
from bot.tuning import LossPoint, TunableModel, TuningJob

if TYPE_CHECKING:
    from bot.services.tuning.desk import Offer


def print_job(job: TuningJob, losses: tuple[LossPoint, ...], *, as_json: bool) -> None:
    """Print a job with its losses, a line a figure, or as JSON."""
    told = job_json(job, losses)
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        if value not in (None, [], {}):
            output.print(f"{name}: {escape(str(value))}", highlight=False)


def job_json(job: TuningJob, losses: tuple[LossPoint, ...]) -> dict[str, Any]:
    """Return a job with its losses, as ``--json`` prints it."""
    train = [point.train for point in losses if point.train is not None]
    valid = [point.valid for point in losses if point.valid is not None]
    return {
        "id": job.id,
        "trainer": job.trainer,
        "version": job.version,
        "model": job.options.model,
        "status": job.status,
        "fine_tuned_model": job.fine_tuned_model,
        "error": job.error,
        "trained_tokens": job.trained_tokens,
        "train_loss": _ends(train),
        "valid_loss": _ends(valid),
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


def _ends(values: list[float]) -> dict[str, float] | None:
    return {"first": round(values[0], 4), "last": round(values[-1], 4)} if values else None


def offer_json(offer: Offer) -> dict[str, Any]:
    """Return what a trainer can tune, or why it cannot say, as ``--json`` prints it."""
    fault = None if offer.fault is None else offer.fault.user_message(Language.ENGLISH)
    return {
        "trainer": offer.trainer,
        "error": fault,
        "models": [
            {
                "name": model.name,
                "methods": [method.value for method in model.methods],
                "training_usd_per_million": model.training_usd,
                "prices_from": model.prices_from.isoformat() if model.prices_from else None,
                "shutdown": model.shutdown.isoformat() if model.shutdown else None,
                "note": model.note,
            }
            for model in offer.models
        ],
    }


def model_row(model: TunableModel) -> tuple[str, ...]:
    """Return a model that can be tuned as a row of the table, after its trainer."""
    return (
        escape(model.name),
        ", ".join(model.methods),
        "" if model.training_usd is None else f"{model.training_usd:.2f}",
        str(model.prices_from or ""),
        str(model.shutdown or ""),
    )
