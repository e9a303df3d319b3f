"""What a server used, as pictures: laid out here, drawn by whoever can paint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.ports.usage import UsagePainter
from bot.services.usage_report import By, UsageReport
from bot.usage import NANODOLLARS, NOBODY, Scope, Used, dollars

MOST_SERIES = 6  # models in a chart; the rest is one series
MOST_BARS = 8


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


def ranking(report: UsageReport, by: By) -> dict[str | int, Used]:
    """Return what each member or model used, the most first, cut to what a chart can show."""
    found: dict[str | int, Used] = {}
    if by == "member":
        found.update({id_: used for id_, used in report.members if id_ != NOBODY})
    else:
        for each in report.models:
            found[each.model] = found.get(each.model, Used()) + each.used
    return dict(list(found.items())[:MOST_BARS])


def drawn_by_day(painter: UsagePainter, report: UsageReport, words: ChartWords) -> bytes:
    """Return a bar a day, its models on top of each other, and the server's budget as a line."""
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


def drawn_ranked(
    painter: UsagePainter, report: UsageReport, by: By, words: ChartWords, names: Mapping[int, str]
) -> bytes:
    """Return a bar for each member, or each model, the most first."""
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
