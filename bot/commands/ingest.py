"""Ingest at the command line: a progress bar, and a report as table or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.app import open_marv
from bot.errors import MarvError
from bot.models import Language
from bot.services.folders import roots, source_files
from bot.services.ingest import Batch, IngestReport
from bot.settings import Settings


class NoSuchPath(MarvError):
    """A path on the command line does not exist."""


async def ingest_paths(
    settings: Settings, paths: Sequence[Path], *, guild: int, console: Console
) -> IngestReport:
    """Ingest files and folders with a progress bar on ``console``.

    Raises NoSuchPath before anything is read.
    """
    try:
        files = list(source_files(paths))
    except FileNotFoundError as error:
        raise NoSuchPath(f"there is no file or folder {error.args[0]}") from error
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} files"),
        TimeElapsedColumn(),
    )
    async with open_marv(settings) as marv:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("Reading", total=len(files))

            def progress(done: int, total: int, report: IngestReport) -> None:
                bar.update(task, completed=done, description=f"{report.chunks} passages")

            return await marv.services.library.ingest.files(
                Batch(guild_id=guild), files, roots=roots(paths), progress=progress
            )


def report_json(report: IngestReport) -> dict[str, Any]:
    """Return the report as the command line's contract names it."""
    return {
        "documents": {
            "added": report.added,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "refused": len(report.refusals),
        },
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
        "refusals": [
            {
                "source": refusal.source,
                "reason": refusal.error.reason.value,
                "detail": refusal.error.user_message(Language.ENGLISH),
            }
            for refusal in report.refusals
        ],
    }


def report_table(report: IngestReport) -> Table:
    """Return the report for people."""
    table = Table("", "documents", title=f"Ingested in {report.seconds:.1f} s")
    for name in ("added", "changed", "unchanged", "removed"):
        table.add_row(name, str(getattr(report, name)))
    table.add_row("refused", str(len(report.refusals)))
    table.add_row("new passages", str(report.chunks))
    table.add_row("embedded", str(report.embedded))
    for refusal in report.refusals:
        table.add_row("", refusal.error.user_message(Language.ENGLISH))
    return table
