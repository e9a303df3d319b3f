"""What a server used, on the command line, also while Marv runs."""

from __future__ import annotations

from rich.table import Table

from bot.adapters.charts import MatplotlibPainter
from bot.adapters.prices import load_prices
from bot.adapters.sqlite import SqliteSettings, SqliteUsage
from bot.adapters.sqlite.database import open_database
from bot.errors import StoreFailed
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.services.usage_desk import UsageDesk
from bot.services.usage_report import UsageReport
from bot.settings import PRICE_FILE, Settings
from bot.usage import Used, dollars, nanodollars


async def usage_report(settings: Settings, *, guild: int, days: int) -> UsageReport:
    """Read a server's usage off the ledger.

    Raises StoreFailed when there is no database yet, ConfigurationError for a wrong price table.
    """
    if not settings.database_path.exists():
        raise StoreFailed("there is no database yet: run Marv or `marv ingest` first")
    budget = settings.daily_budget_usd
    async with open_database(settings.database_path) as database:
        spending = Spending(
            ledger=SqliteUsage(database),
            prices=load_prices(PRICE_FILE, settings.price_override),
            settings=SettingsDesk(store=SqliteSettings(database)),
            operator_budget=None if budget is None else nanodollars(budget),
        )
        desk = UsageDesk(spending=spending, painter=MatplotlibPainter.open)
        return await desk.report(guild, days=days)


def usage_table(report: UsageReport) -> Table:
    """Return the figures as a table: the days, then the models, then everything."""
    table = Table("", "calls", "tokens", "cost", title=f"{report.days[0]} to {report.days[-1]}")
    daily: dict[str, Used] = {}
    for line in report.daily:
        day = line.day.isoformat()
        daily[day] = daily.get(day, Used()) + line.used
    for day, used in daily.items():
        table.add_row(day, *_cells(used))
    table.add_section()
    for each in report.models:
        table.add_row(f"{each.model} ({each.kind})", *_cells(each.used))
    table.add_section()
    table.add_row("total", *_cells(report.total))
    return table


def usage_notes(report: UsageReport) -> list[str]:
    """Return what must be known to read the figures."""
    notes = [
        f"{scope} budget today: {dollars(spent)} of {dollars(most)}"
        for scope, (spent, most) in report.budgets.items()
    ]
    if report.unpriced:
        notes.append(
            f"unknown prices: {', '.join(report.unpriced)}; add them to prices.yaml in the data"
            " directory (data/prices.yaml shows the form)"
        )
    if report.priced is not None:
        notes.append(f"list prices, checked {report.priced} or later; days are in UTC")
    return notes


def _cells(used: Used) -> tuple[str, str, str]:
    cost = dollars(used.cost) + (" and unknown" if used.unpriced else "")
    return f"{used.calls:,}", f"{used.prompt + used.completion:,}", cost
