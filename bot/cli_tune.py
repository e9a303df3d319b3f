"""The command line of fine-tuning: what can be tuned, jobs, and following one to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bot.cli_console import (
    AsJson,
    Guild,
    errors,
    output,
    print_json,
    with_marv,
)
from bot.errors import ConfigurationError
from bot.models import Language
from bot.tuning import JobId, LossPoint, Method, TunableModel, TuningJob, TuningOptions
from bot.usage import dollars

if TYPE_CHECKING:
    from bot.client import Marv
    from bot.comparison import Comparison
    from bot.promotion import Promotion
    from bot.services.tuning.desk import Offer, Preview

tune = typer.Typer(help="Fine-tuning, from a frozen version to a model that speaks.")
Number = Annotated[int, typer.Argument(help="The job's number.")]
OPERATOR = 0
LOOK_SECONDS = 2.0


@tune.command()
def models(as_json: AsJson = False) -> None:
    """Show what can be tuned, where, and for how much."""
    offers = with_marv(lambda marv: marv.services.tuning.offers())
    if as_json:
        print_json({"trainers": [_offer_json(offer) for offer in offers]})
        return
    table = Table("trainer", "model", "methods", "$ per 1M tokens", "prices of", "shut down")
    for offer in offers:
        if offer.fault is not None:
            table.add_row(offer.trainer, escape(offer.fault.user_message(Language.ENGLISH)))
        for model in offer.models:
            table.add_row(offer.trainer, *_model_row(model))
    output.print(table)


@tune.command()
def start(
    version: Annotated[str, typer.Argument(help="The frozen version to learn from.")],
    model: Annotated[str | None, typer.Option(help="The model to tune.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, max=50)] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="A multiple of the trainer's usual rate.")
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, max=256)] = None,
    method: Annotated[Method, typer.Option()] = Method.SUPERVISED,
    suffix: Annotated[str | None, typer.Option(help="A word in the new model's name.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1)] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask what it may cost.")] = False,
    wait: Annotated[bool, typer.Option(help="Follow the job to its end.")] = True,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Train a model on a frozen version. A job of this machine runs only while it is followed."""

    async def work(marv: Marv) -> tuple[TuningJob, tuple[LossPoint, ...]]:
        desk = marv.services.tuning
        options = TuningOptions(
            model=model or desk.default_model,
            method=method,
            epochs=epochs,
            learning_rate=learning_rate,
            batch=batch,
            suffix=suffix,
            seed=seed,
        )
        preview = await desk.preview(guild, version, options)
        await asyncio.to_thread(_confirm, preview, yes=yes, asking=not as_json)
        job = await desk.start(guild, version, options, by=OPERATOR)
        return await _followed(marv, job) if wait else (job, await desk.losses(job.id))

    _end(*with_marv(work), as_json=as_json)


@tune.command(name="list")
def jobs(guild: Guild = 0, as_json: AsJson = False) -> None:
    """List the jobs, the newest first."""

    async def work(marv: Marv) -> list[dict[str, Any]]:
        desk = marv.services.tuning
        forgotten = await desk.forgotten(guild)
        return [
            _job_json(job, ()) | {"forgotten_rows": forgotten.get(job.version_id, 0)}
            for job in await desk.jobs(guild)
        ]

    found = with_marv(work)
    if as_json:
        print_json({"jobs": found})
        return
    table = Table("job", "version", "model", "status", "result", "rows forgotten since")
    for job in found:
        names = ("id", "version", "model", "status", "fine_tuned_model", "forgotten_rows")
        table.add_row(*(escape(str(job[name] or "")) for name in names))
    output.print(table if found else "No job yet: marv tune start VERSION")


@tune.command()
def status(
    job: Number,
    chart: Annotated[Path | None, typer.Option(help="Write the losses as a PNG.")] = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Show how a job is, with its losses."""

    async def work(marv: Marv) -> tuple[TuningJob, tuple[LossPoint, ...]]:
        found = await marv.services.tuning.job(guild, JobId(job))
        losses = await marv.services.tuning.losses(found.id)
        if chart is not None:
            await _draw(marv, losses, chart, job)
        return found, losses

    found, losses = with_marv(work)
    _print_job(found, losses, as_json=as_json)


@tune.command()
def events(job: Number, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show what a job told, the oldest first."""
    found = with_marv(lambda marv: marv.services.tuning.events(guild, JobId(job)))
    if as_json:
        print_json(
            {
                "job": job,
                "events": [
                    {
                        "id": each.id,
                        "at": each.at.isoformat(),
                        "level": each.level,
                        "message": each.message,
                        "data": dict(each.data),
                    }
                    for each in found
                ],
            }
        )
        return
    for each in found:
        output.print(f"{each.at:%H:%M:%S} {escape(each.message)}", highlight=False)


@tune.command()
def checkpoints(job: Number, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show the models that a job kept underway, the newest first."""
    found = with_marv(lambda marv: marv.services.tuning.checkpoints(guild, JobId(job)))
    if as_json:
        rows = [
            {"id": each.id, "step": each.step, "model": each.model, "metrics": dict(each.metrics)}
            for each in found
        ]
        print_json({"job": job, "checkpoints": rows})
        return
    for each in found:
        output.print(f"step {each.step}: {escape(each.model)}", highlight=False)


@tune.command()
def cancel(job: Number, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Stop a job for good."""
    found = with_marv(lambda marv: marv.services.tuning.cancel(guild, JobId(job)))
    _print_job(found, (), as_json=as_json)


@tune.command()
def pause(job: Number, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Stop a job that is to go on later."""
    found = with_marv(lambda marv: marv.services.tuning.pause(guild, JobId(job)))
    _print_job(found, (), as_json=as_json)


@tune.command()
def resume(
    job: Number,
    wait: Annotated[bool, typer.Option(help="Follow the job to its end.")] = True,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Let a paused or interrupted job go on."""

    async def work(marv: Marv) -> tuple[TuningJob, tuple[LossPoint, ...]]:
        desk = marv.services.tuning
        found = await desk.resume(guild, JobId(job))
        return await _followed(marv, found) if wait else (found, await desk.losses(found.id))

    _end(*with_marv(work), as_json=as_json)


@tune.command()
def compare(
    a: Annotated[str, typer.Argument(help="The one to beat: baseline, a job, or a model.")],
    b: Annotated[str, typer.Argument(help="The one on trial.")],
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Compare two models by figures on questions held back; the blind vote is Discord's."""

    async def work(marv: Marv) -> Comparison:
        with errors.status("comparing") as shown:

            async def tell(what: str) -> None:
                shown.update(escape(what))

            return await marv.services.promoting.trials.compare(guild, a, b, by=OPERATOR, tell=tell)

    comparison = with_marv(work)
    if as_json:
        told = {"id": comparison.id, "models": {"a": comparison.a, "b": comparison.b}}
        print_json(told | comparison.automatic.as_json())
        return
    table = Table("", "figure", escape(comparison.a), escape(comparison.b))
    measured = comparison.automatic
    for part, figures in measured.a.items():
        other = measured.b[part].as_json()
        for name, value in figures.as_json().items():
            table.add_row(part, name, _figure(value), _figure(other[name]))
    output.print(table)


@tune.command()
def promote(
    model: Annotated[str, typer.Argument(help="A job's number, or a model.")],
    reason: Annotated[
        str, typer.Option(help="Why, where it has not won; it is written down.")
    ] = "",
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Have a model speak from now on."""
    done = with_marv(
        lambda marv: marv.services.promoting.promote(guild, model, by=OPERATOR, reason=reason)
    )
    _print_promotions([done], as_json=as_json)


@tune.command()
def rollback(
    reason: Annotated[str, typer.Option(help="Why; it is written down.")] = "",
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Have the model speak again that spoke before."""
    done = with_marv(
        lambda marv: marv.services.promoting.rollback(guild, by=OPERATOR, reason=reason)
    )
    _print_promotions([done], as_json=as_json)


@tune.command()
def promotions(guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show who spoke when, and why; the newest first."""
    found = with_marv(lambda marv: marv.services.promoting.cast.store.history(guild))
    _print_promotions(found, as_json=as_json)


@tune.command()
def report(job: Number, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Say what the next data set needs, in numbers."""
    found = with_marv(lambda marv: marv.services.adviser.report(guild, JobId(job))).as_json()
    if as_json:
        print_json(found)
        return
    for line in found["advice"]:
        output.print(escape(", ".join(f"{name}: {value}" for name, value in line.items() if value)))


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['mean']} ({value['low']} to {value['high']})"
    return "" if value is None else str(value)


def _print_promotions(found: Sequence[Promotion], *, as_json: bool) -> None:
    rows = [
        {
            "at": each.at.isoformat(),
            "change": each.change.value,
            "model": each.model,
            "previous": each.previous,
            "reason": each.reason,
            "by": each.by,
        }
        for each in found
    ]
    if as_json:
        print_json({"promotions": rows})
        return
    table = Table("when", "change", "speaks", "instead of", "why")
    for row in rows:
        names = ("at", "change", "model", "previous", "reason")
        table.add_row(*(escape(str(row[name])) for name in names))
    output.print(table if rows else "The configured model speaks, and always did.")


async def _followed(marv: Marv, job: TuningJob) -> tuple[TuningJob, tuple[LossPoint, ...]]:
    """Return a job once it has ended or paused, its events told on the way."""
    desk, told = marv.services.tuning, 0
    while True:
        job = await desk.refresh(job)
        heard = await desk.store.events(job.id)
        for each in heard[told:]:
            errors.print(f"{each.at:%H:%M:%S} {escape(each.message)}", highlight=False)
        told = len(heard)
        if job.ended or job.status == "paused":
            return job, await desk.losses(job.id)
        await asyncio.sleep(LOOK_SECONDS)


async def _draw(marv: Marv, losses: tuple[LossPoint, ...], path: Path, job: int) -> None:
    from bot.services.tuning.charts import LossWords

    words = LossWords(
        title=f"Job #{job}: loss",
        steps="step",
        axis="loss (nats a token)",
        train="training",
        valid="validation",
    )
    png = await marv.services.loss_charts.drawn(losses, words)
    if png is None:
        raise ConfigurationError(f"job {job} told no losses yet: there is nothing to draw")
    await asyncio.to_thread(path.write_bytes, png)


def _confirm(preview: Preview, *, yes: bool, asking: bool) -> None:
    """Say what a job would be, and ask before money is spent."""
    cost = "unknown" if preview.cost is None else dollars(preview.cost)
    errors.print(
        f"{preview.options.model} on {preview.version.name}: {preview.rows} rows,"
        f" {preview.tokens:,} tokens an epoch, {preview.epochs} epochs, cost {cost}",
        highlight=False,
    )
    if preview.shutdown is not None:
        errors.print(f"What comes of it stops answering on {preview.shutdown}.", highlight=False)
    if yes or preview.cost == 0:
        return
    if not asking:
        raise ConfigurationError(f"this may cost {cost}: say --yes as well")
    if not typer.confirm("Train?", err=True):
        raise typer.Abort


def _end(job: TuningJob, losses: tuple[LossPoint, ...], *, as_json: bool) -> None:
    _print_job(job, losses, as_json=as_json)
    if job.status in ("failed", "cancelled"):
        raise typer.Exit(1)


def _print_job(job: TuningJob, losses: tuple[LossPoint, ...], *, as_json: bool) -> None:
    told = _job_json(job, losses)
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        if value not in (None, [], {}):
            output.print(f"{name}: {escape(str(value))}", highlight=False)


def _job_json(job: TuningJob, losses: tuple[LossPoint, ...]) -> dict[str, Any]:
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


def _offer_json(offer: Offer) -> dict[str, Any]:
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


def _model_row(model: TunableModel) -> tuple[str, ...]:
    return (
        escape(model.name),
        ", ".join(model.methods),
        "" if model.training_usd is None else f"{model.training_usd:.2f}",
        str(model.prices_from or ""),
        str(model.shutdown or ""),
    )
