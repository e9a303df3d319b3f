"""The command line of fine-tuning: what can be tuned, jobs, and following one to its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands.console import (
    OPERATOR,
    AsJson,
    Guild,
    JobNumber,
    errors,
    output,
    print_json,
    with_marv,
)
from bot.commands.jobs import job_json, model_row, offer_json, print_job
from bot.errors import ConfigurationError
from bot.models import Language
from bot.tuning import JobId, LossPoint, Method, TuningJob, TuningOptions
from bot.usage import dollars

if TYPE_CHECKING:
    from bot.client import Marv
    from bot.services.tuning.desk import Preview

tune = typer.Typer(help="Fine-tuning, from a frozen version to a model that speaks.")
LOOK_SECONDS = 2.0


@tune.command()
def models(as_json: AsJson = False) -> None:
    """Show what can be tuned, where, and for how much."""
    offers = with_marv(lambda marv: marv.services.tuning.offers())
    if as_json:
        print_json({"trainers": [offer_json(offer) for offer in offers]})
        return
    table = Table("trainer", "model", "methods", "$ per 1M tokens", "prices of", "shut down")
    for offer in offers:
        if offer.fault is not None:
            table.add_row(offer.trainer, escape(offer.fault.user_message(Language.ENGLISH)))
        for model in offer.models:
            table.add_row(offer.trainer, *model_row(model))
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
            job_json(job, ()) | {"forgotten_rows": forgotten.get(job.version_id, 0)}
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
    job: JobNumber,
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
    print_job(found, losses, as_json=as_json)


@tune.command()
def events(job: JobNumber, guild: Guild = 0, as_json: AsJson = False) -> None:
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
def checkpoints(job: JobNumber, guild: Guild = 0, as_json: AsJson = False) -> None:
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
def cancel(job: JobNumber, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Stop a job for good."""
    found = with_marv(lambda marv: marv.services.tuning.cancel(guild, JobId(job)))
    print_job(found, (), as_json=as_json)


@tune.command()
def pause(job: JobNumber, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Stop a job that is to go on later."""
    found = with_marv(lambda marv: marv.services.tuning.pause(guild, JobId(job)))
    print_job(found, (), as_json=as_json)


@tune.command()
def resume(
    job: JobNumber,
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
    print_job(job, losses, as_json=as_json)
    if job.status in ("failed", "cancelled"):
        raise typer.Exit(1)
