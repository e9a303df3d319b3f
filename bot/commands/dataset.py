"""`marv dataset check`: what is wrong with any training file, before money is spent on it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot.commands.console import AsJson, operator_settings, output, print_json, run_to_end
from bot.errors import ConfigurationError
from bot.settings import LOCAL_PREFIX

if TYPE_CHECKING:
    from bot.findings import Report
    from bot.ports import Embedder
    from bot.services.checks.checker import Question

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
SHOWN = 50  # findings in a terminal; --json has more


def check(
    file: Annotated[Path, typer.Argument(help="Any file of JSON lines.")],
    validation: Annotated[
        Path | None, typer.Option(help="Nothing of it may be trained on.")
    ] = None,
    golden: Annotated[Path | None, typer.Option(help="What models are judged by.")] = None,
    model: Annotated[
        str, typer.Option(help="What is to be trained: decides limit and price.")
    ] = "gpt-4.1-mini",
    epochs: Annotated[int | None, typer.Option(min=1, max=50)] = None,
    meaning: Annotated[
        bool | None,
        typer.Option(
            help="Compare meanings too; by itself only where the embedder is on this machine."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a training file: its bytes, form, size, doubles, balance and privacy."""
    from bot.services.checks.checker import Question

    for path in (file, validation, golden):
        if path is not None and not path.is_file():
            raise ConfigurationError(f"there is no file {path}")
    question = Question(path=file, validation=validation, golden=golden, model=model, epochs=epochs)
    report = run_to_end(_check(question, meaning=meaning))
    if as_json:
        print_json(report.as_json())
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(1)


async def _check(question: Question, *, meaning: bool | None) -> Report:
    from bot.adapters.tokens import ToktokCounter
    from bot.services.checks.checker import DatasetCheck

    async with AsyncExitStack() as stack:
        embedder = _embedder(stack, meaning=meaning)
        return await DatasetCheck(counter_of=ToktokCounter, embedder=embedder).check(question)


def _embedder(stack: AsyncExitStack, *, meaning: bool | None) -> Embedder | None:
    """Return what compares meanings; a provider is only asked when the operator said so."""
    from bot.opening import prepare_embedder

    settings = operator_settings()
    local = settings.resolved_embedding_model.startswith(LOCAL_PREFIX)
    if meaning is False or (meaning is None and not local):
        return None
    embedder = prepare_embedder(settings)
    stack.push_async_callback(embedder.close)
    return embedder


def _show(report: Report) -> None:
    table = Table("", "line", "column", "id", "finding", "what to do")
    for finding in report.gravest(SHOWN):
        colour = _COLOURS[finding.severity.value]
        table.add_row(
            f"[{colour}]{finding.severity.value}[/]",
            str(finding.line or ""),
            str(finding.column or ""),
            *map(_plain, (finding.id, finding.message, finding.remedy)),
        )
    output.print(table)
    for family, figures in report.statistics.items():
        output.print(_plain(f"{family}: {_told(figures)}"))


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _told(figures: object) -> str:
    if not isinstance(figures, dict):
        return str(figures)
    named: dict[str, Any] = figures
    return ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)
