"""Pages of the web at the command line, reported as a table or as JSON."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from bot.app import open_marv
from bot.audience import sees_everything
from bot.faults.web import WebFault
from bot.models import Language
from bot.services.ingest import Batch
from bot.services.sitemap_walk import PageError
from bot.services.web_pages import PageOutcome, WebReport
from bot.settings import Settings


async def add_address(settings: Settings, url: str, *, pages: int, guild: int) -> WebReport:
    """Read an address into the library."""
    async with open_marv(settings) as marv:
        return await marv.services.web.add(Batch(guild_id=guild), url, pages=pages)


async def refresh_sources(settings: Settings, source: str, *, guild: int) -> WebReport:
    """Read a guild's sources again, or one of them."""
    async with open_marv(settings) as marv:
        return await marv.services.web.refresh(guild, source, viewer=sees_everything)


def web_json(report: WebReport) -> dict[str, Any]:
    """Return the report as the command line's contract names it."""
    counts = report.counts()
    return {
        "pages": {outcome.value: counts[outcome] for outcome in PageOutcome},
        "chunks": report.chunks,
        "embedded": report.embedded,
        "more": report.more,
        "seconds": round(report.seconds, 3),
        "problems": [
            *(
                {"address": result.address, **_problem(result.error)}
                for result in report.results
                if result.error
            ),
            *({"address": _address(fault), **_problem(fault)} for fault in report.faults),
        ],
    }


def web_table(report: WebReport) -> Table:
    """Return the report for people."""
    table = Table("", "pages", title=f"Read in {report.seconds:.1f} s")
    counts = report.counts()
    for outcome in PageOutcome:
        table.add_row(outcome.value, str(counts[outcome]))
    table.add_row("new passages", str(report.chunks))
    table.add_row("embedded", str(report.embedded))
    if report.more:
        table.add_row("", "the limit left pages out (--pages)")
    problems = [result.error for result in report.results if result.error] + report.faults
    for error in problems:
        table.add_row("", escape(error.user_message(Language.ENGLISH)))
    return table


def _problem(error: PageError) -> dict[str, str]:
    return {
        "reason": error.code if isinstance(error, WebFault) else error.reason.value,
        "detail": error.user_message(Language.ENGLISH),
    }


def _address(error: PageError) -> str:
    return error.url if isinstance(error, WebFault) else error.source
