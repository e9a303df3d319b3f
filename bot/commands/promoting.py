"""The command line of what speaks: compare models, promote one, roll back, and see why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

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
from bot.tuning import JobId

if TYPE_CHECKING:
    from bot.client import Marv
    from bot.comparison import Comparison
    from bot.promotion import Promotion


def add_promoting_to(tune: typer.Typer) -> None:
    """Give ``marv tune`` these commands."""
    for command in (compare, promote, rollback, promotions, report):
        tune.command()(command)


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


def promotions(guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show who spoke when, and why; the newest first."""
    found = with_marv(lambda marv: marv.services.promoting.cast.store.history(guild))
    _print_promotions(found, as_json=as_json)


def report(job: JobNumber, guild: Guild = 0, as_json: AsJson = False) -> None:
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
