"""What a server used in some days, as figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.usage import NANODOLLARS, Scope, UsageKind, UsageLine, Used

By = Literal["day", "member", "model"]


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


def _json(used: Used) -> dict[str, Any]:
    return {
        "calls": used.calls,
        "prompt_tokens": used.prompt,
        "completion_tokens": used.completion,
        "cost_usd": used.cost / NANODOLLARS,
        "estimated_calls": used.estimated,
        "unpriced_calls": used.unpriced,
    }
