"""What model calls use and cost, as values: exact, in billionths of a dollar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bot.models import TokenUsage

NANODOLLARS = 1_000_000_000  # of a dollar: one token of the cheapest model costs several
_NANODOLLARS_A_TOKEN = 1000  # where a million tokens cost a dollar
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
LOCAL_PREFIX = "local:"
MEMBER_DAYS = 90  # for which it is kept who used what; after that only the server's sums are
NOBODY = 0  # the member whom background work, and what a forgotten member used, is charged to


class UsageKind(StrEnum):
    """What a model was called for."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    RERANK = "rerank"
    MODERATION = "moderation"
    TRAINING = "training"


class Scope(StrEnum):
    """Whose budget one is."""

    MEMBER = "member"
    SERVER = "server"
    OPERATOR = "operator"  # of all servers together


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whose account a call goes on; member 0 is nobody in particular."""

    guild_id: int = 0
    member_id: int = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars a million tokens, as a source said on a day."""

    prompt: Decimal
    completion: Decimal
    checked: date
    source: str
    training: Decimal | None = None  # of an epoch; None where the model is not trained for money

    @property
    def free(self) -> bool:
        """Tell whether calls cost nothing."""
        return not self.prompt and not self.completion

    def cost(self, usage: TokenUsage) -> int:
        """Return what tokens cost, in nanodollars."""
        exact = self.prompt * usage.prompt + self.completion * usage.completion
        return int((exact * _NANODOLLARS_A_TOKEN).quantize(Decimal(1), ROUND_HALF_UP))


_FREE = Price(
    prompt=Decimal(0), completion=Decimal(0), checked=date.min, source="runs on this machine"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """What is known of prices, by model.

    A dated model (``gpt-4.1-2025-04-14``) costs what its undated one does, unless
    it is named itself; a fine-tune (``ft:gpt-4.1-2025-04-14:org::id``) costs what
    ``ft:gpt-4.1`` does. Nothing else is guessed.
    """

    prices: Mapping[str, Price] = field(default_factory=dict)

    def of(self, model: str) -> Price | None:
        """Return the price of a model, None where nobody knows it."""
        if model.startswith(LOCAL_PREFIX):
            return _FREE
        names = [model]
        if model.startswith("ft:"):
            names.append("ft:" + model.removeprefix("ft:").partition(":")[0])
        names.append(_DATED.sub("", names[-1]))
        return next((self.prices[name] for name in names if name in self.prices), None)

    def usd(self, model: str, usage: TokenUsage) -> float:
        """Return what a turn's tokens cost, for its log, where an unknown price counts as 0.

        Money is counted by the ledger, which marks such calls.
        """
        price = self.of(model)
        return price.cost(usage) / NANODOLLARS if price else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Calls added up, their tokens, and their cost in nanodollars.

    ``estimated`` calls broke off before the provider counted their tokens, so
    that Marv did. ``unpriced`` calls are of models whose price nobody knows:
    their cost is not in ``cost``.
    """

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    cost: int = 0
    estimated: int = 0
    unpriced: int = 0

    def __add__(self, other: Used) -> Used:
        """Add up two."""
        return Used(
            calls=self.calls + other.calls,
            prompt=self.prompt + other.prompt,
            completion=self.completion + other.completion,
            cost=self.cost + other.cost,
            estimated=self.estimated + other.estimated,
            unpriced=self.unpriced + other.unpriced,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """A line of the ledger: who used which model for what on which day (UTC), and how much."""

    day: date
    payer: Payer
    model: str
    kind: UsageKind
    used: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNotice:
    """A budget of a server, or the operator's, is spent by ``percent``; in nanodollars."""

    guild_id: int
    scope: Scope
    percent: int
    spent: int
    budget: int
    resets_at: datetime


def nanodollars(dollars: float | Decimal) -> int:
    """Return an amount in nanodollars, as it was typed."""
    return int(Decimal(str(dollars)) * NANODOLLARS)


def dollars(amount: int) -> str:
    """Return nanodollars as people read them: cents, and more places for what is less."""
    exact = Decimal(amount) / NANODOLLARS
    if exact and abs(exact) < Decimal("0.1"):
        places = Decimal("0.0001") if abs(exact) >= Decimal("0.0001") else Decimal("0.000001")
        return f"${exact.quantize(places, ROUND_HALF_UP)}"
    return f"${exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def next_day(day: date, like: datetime) -> datetime:
    """Return when the day after ``day`` begins, in the zone of ``like``."""
    return datetime.combine(day + timedelta(days=1), time.min, like.tzinfo)
