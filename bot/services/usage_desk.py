"""What a server used: the figures that staff and operators see, and their chart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from bot.ports.usage import UsagePainter
from bot.services.spending import Spending
from bot.usage import (
    MEMBER_DAYS,
    NANODOLLARS,
    NOBODY,
    Scope,
    UsageKind,
    UsageLine,
    Used,
    dollars,
)

By = Literal["day", "member", "model"]
MOST_DAYS = MEMBER_DAYS
MOST_SERIES = 6  # models in a chart; the rest is one series
MOST_BARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsed:
    """What one model was used for."""

    model: str
    kind: UsageKind
    used: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """What a server used in some days up to today (UTC).

    ``daily`` has a line a day and model, ``members`` and ``models`` what each
    used, the most first; member 0 is nobody in particular. ``budgets`` holds
    what is spent of today's, and the budget, in nanodollars. ``priced`` is the
    day of the oldest price that was reckoned with.
    """

    days: tuple[date, ...]
    daily: tuple[UsageLine, ...]
    members: tuple[tuple[int, Used], ...]
    models: tuple[ModelUsed, ...]
    budgets: Mapping[Scope, tuple[int, int]]
    priced: date | None

    @property
    def total(self) -> Used:
        """Return everything together."""
        return sum((line.used for line in self.daily), start=Used())

    @property
    def today(self) -> Used:
        """Return what was used today."""
        return sum((line.used for line in self.daily if line.day == self.days[-1]), start=Used())

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Return the models whose price nobody knows."""
        return tuple(dict.fromkeys(each.model for each in self.models if each.used.unpriced))

    @property
    def costs(self) -> bool:
        """Tell whether anything cost something; if not, tokens say more than dollars."""
        return self.total.cost > 0

    def amount_of(self, used: Used) -> float:
        """Return what a chart shows of a usage: dollars, or tokens where nothing cost anything."""
        return used.cost / NANODOLLARS if self.costs else float(used.prompt + used.completion)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "first": self.days[0].isoformat(),
            "last": self.days[-1].isoformat(),
            "total": _json(self.total),
            "today": _json(self.today),
            "days": [
                {"day": line.day.isoformat(), "model": line.model, **_json(line.used)}
                for line in self.daily
            ],
            "members": [{"member": str(id_), **_json(used)} for id_, used in self.members],
            "models": [
                {"model": each.model, "kind": each.kind, **_json(each.used)} for each in self.models
            ],
            "budgets": {
                scope: {"spent_usd": spent / NANODOLLARS, "budget_usd": most / NANODOLLARS}
                for scope, (spent, most) in self.budgets.items()
            },
            "unknown_prices": list(self.unpriced),
            "prices_checked": self.priced.isoformat() if self.priced else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """What stands in a chart, in the reader's language."""

    title: str
    money: str
    tokens: str
    others: str
    budget: str
    unknown: str
    day: str  # how a day is written, for strftime


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDesk:
    """Adds up a server's ledger, and has it drawn."""

    spending: Spending
    painter: Callable[[], UsagePainter]
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def report(self, guild_id: int, *, days: int) -> UsageReport:
        """Return what a guild used in the last ``days`` days, today being one."""
        spending = self.spending
        await spending.written()
        last = spending.clock().date()
        covered = tuple(last - timedelta(days=back) for back in range(days - 1, -1, -1))
        first, ledger = covered[0], spending.ledger
        models = await ledger.totals(guild_id, first, last, by=("model", "kind"))
        members = await ledger.totals(guild_id, first, last, by=("member_id",))
        return UsageReport(
            days=covered,
            daily=tuple(await ledger.totals(guild_id, first, last, by=("day", "model"))),
            members=tuple(
                (line.payer.member_id, line.used) for line in sorted(members, key=_most_first)
            ),
            models=tuple(
                ModelUsed(model=line.model, kind=line.kind, used=line.used)
                for line in sorted(models, key=_most_first)
            ),
            budgets=await spending.left(guild_id),
            priced=self._oldest_price(models),
        )

    async def chart(
        self, report: UsageReport, by: By, words: ChartWords, *, names: Mapping[int, str]
    ) -> bytes:
        """Return a report's chart as PNG, drawn in a thread; ``names`` are the members'."""

        def draw() -> bytes:
            painter = self.painter()
            if by == "day":
                return _by_day(painter, report, words)
            return _ranked(painter, report, by, words, names)

        async with self.drawing:
            return await asyncio.to_thread(draw)

    def _oldest_price(self, lines: Sequence[UsageLine]) -> date | None:
        prices = (self.spending.prices.of(line.model) for line in lines)
        return min((each.checked for each in prices if each and not each.free), default=None)


def ranking(report: UsageReport, by: By) -> dict[str | int, Used]:
    """Return what each member or model used, the most first, cut to what a chart can show."""
    found: dict[str | int, Used] = {}
    if by == "member":
        found.update({id_: used for id_, used in report.members if id_ != NOBODY})
    else:
        for each in report.models:
            found[each.model] = found.get(each.model, Used()) + each.used
    return dict(list(found.items())[:MOST_BARS])


def _by_day(painter: UsagePainter, report: UsageReport, words: ChartWords) -> bytes:
    place = {day: number for number, day in enumerate(report.days)}
    shown = list(dict.fromkeys(each.model for each in report.models))
    if len(shown) > MOST_SERIES:
        shown = shown[: MOST_SERIES - 1]
    series: dict[str, list[float]] = {}
    for model in shown:
        series[model] = [0.0] * len(place)
    for line in report.daily:
        name = line.model if line.model in series else words.others
        values = series.setdefault(name, [0.0] * len(place))
        values[place[line.day]] += report.amount_of(line.used)
    budget = report.budgets.get(Scope.SERVER)
    limit = (words.budget, budget[1] / NANODOLLARS) if budget and report.costs else None
    return painter.stacked(
        title=words.title,
        groups=[day.strftime(words.day) for day in report.days],
        series={name: values for name, values in series.items() if any(values)},
        axis=words.money if report.costs else words.tokens,
        limit=limit,
        amount=_written(report),
    )


def _ranked(
    painter: UsagePainter, report: UsageReport, by: By, words: ChartWords, names: Mapping[int, str]
) -> bytes:
    values: dict[str, float] = {}
    labels: list[str] = []
    amount = _written(report)
    for key, used in ranking(report, by).items():
        name = names.get(key, str(key)) if isinstance(key, int) else key
        while name in values:
            name += "'"  # two members may have one name
        values[name] = report.amount_of(used)
        unknown = report.costs and used.unpriced and not used.cost
        labels.append(words.unknown if unknown else amount(values[name]))
    return painter.ranked(
        title=words.title,
        values=values,
        labels=labels,
        axis=words.money if report.costs else words.tokens,
        amount=amount,
    )


def _written(report: UsageReport) -> Callable[[float], str]:
    if report.costs:
        return lambda value: dollars(round(value * NANODOLLARS))
    return lambda value: f"{value:,.0f}"


def _most_first(line: UsageLine) -> tuple[int, int]:
    return -line.used.cost, -(line.used.prompt + line.used.completion)


def _json(used: Used) -> dict[str, Any]:
    return {
        "calls": used.calls,
        "prompt_tokens": used.prompt,
        "completion_tokens": used.completion,
        "cost_usd": used.cost / NANODOLLARS,
        "estimated_calls": used.estimated,
        "unpriced_calls": used.unpriced,
    }
