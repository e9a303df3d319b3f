"""Spending: what calls of models cost, whom they are charged to, and budgets kept."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from bot import paying
from bot.faults.money import BudgetSpent, TooExpensive
from bot.models import TokenUsage
from bot.ports.usage import UsageLedger
from bot.services.ledger_writer import LedgerWriter
from bot.services.settings_desk import SettingsDesk
from bot.usage import (
    MEMBER_DAYS,
    NOBODY,
    BudgetNotice,
    Payer,
    Price,
    PriceTable,
    Scope,
    UsageKind,
    UsageLine,
    Used,
    nanodollars,
    next_day,
)

log = logging.getLogger(__name__)

TOLD_PERCENTS = (80, 100)  # of a budget, at which the staff are told


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class _Account(NamedTuple):
    """What one budget of one day is for."""

    day: date
    scope: Scope
    guild_id: int = 0
    member_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call under way; ``held`` nanodollars are kept back for it until it is settled."""

    kind: UsageKind
    model: str
    payer: Payer
    day: date
    price: Price | None
    held: int
    budgets: Mapping[_Account, int]


@dataclass(slots=True, kw_only=True)
class Spending:
    """Keeps the ledger and the budgets: a call begins here and is settled here.

    A member's call begins while what was spent, and what calls under way may
    yet cost, leave something of each budget; so a budget is overshot by less
    than one call's estimate, however many come at once. What nobody asked for
    (an ingest, a summary) is charged to its server and never refused: half a
    library would cost more than it saves. A day is a day in UTC.
    """

    ledger: UsageLedger
    prices: PriceTable
    settings: SettingsDesk
    operator_budget: int | None = None  # nanodollars a day, of all servers together
    clock: Callable[[], datetime] = now_utc
    listeners: list[Callable[[BudgetNotice], None]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # models whose price nobody knows
    _spent: Counter[_Account] = field(default_factory=Counter)
    _held: Counter[_Account] = field(default_factory=Counter)
    _opened: set[date] = field(default_factory=set)
    _told: set[tuple[_Account, int]] = field(default_factory=set)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writer: LedgerWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = LedgerWriter(ledger=self.ledger)

    async def begin(self, kind: UsageKind, model: str, estimate: TokenUsage) -> Call:
        """Let a call begin, and keep back what it may cost.

        Raises BudgetSpent for a member's call that may cost something, once one
        of their budgets is spent or promised.
        """
        payer, price, day = paying.current(), self.prices.of(model), self.clock().date()
        budgets = await self._checked(day, payer, model)
        held = price.cost(estimate) if price else 0
        for account in _accounts(day, payer):
            self._held[account] += held
        return Call(
            kind=kind,
            model=model,
            payer=payer,
            day=day,
            price=price,
            held=held,
            budgets=budgets,
        )

    async def check(self, payer: Payer, model: str) -> None:
        """Raise BudgetSpent where a member's call of a model would be refused now."""
        await self._checked(self.clock().date(), payer, model)

    async def afford(self, payer: Payer, cost: int) -> None:
        """Raise TooExpensive where nanodollars are more than a budget of the day has left."""
        day = self.clock().date()
        await self._open(day)
        for account, most in (await self._budgets(day, payer)).items():
            left = most - self._spent[account] - self._held[account]
            if cost > left:
                raise TooExpensive(account.scope, cost, left)

    async def charge(
        self, payer: Payer, kind: UsageKind, model: str, tokens: int, cost: int | None
    ) -> None:
        """Charge what was not a call: its tokens, and its cost in nanodollars where it is known."""
        day = self.clock().date()
        await self._open(day)
        budgets = await self._budgets(day, payer)
        for account in _accounts(day, payer):
            self._spent[account] += cost or 0
        used = Used(calls=1, prompt=tokens, cost=cost or 0, unpriced=int(cost is None))
        self._writer.add(UsageLine(day=day, payer=payer, model=model, kind=kind, used=used))
        self._tell(budgets, payer.guild_id)

    def settle(self, call: Call, usage: TokenUsage, *, estimated: bool = False) -> None:
        """Charge a call that is over; it is written in the background, soon."""
        cost = call.price.cost(usage) if call.price else 0
        for account in _accounts(call.day, call.payer):
            self._held[account] -= call.held
            self._spent[account] += cost
        used = Used(
            calls=1,
            prompt=usage.prompt,
            completion=usage.completion,
            cost=cost,
            estimated=int(estimated),
            unpriced=int(call.price is None),
        )
        self._writer.add(
            UsageLine(day=call.day, payer=call.payer, model=call.model, kind=call.kind, used=used)
        )
        self._tell(call.budgets, call.payer.guild_id)

    async def left(self, guild_id: int) -> Mapping[Scope, tuple[int, int]]:
        """Return what was spent today and the budget, for the server and the operator."""
        day = self.clock().date()
        await self._open(day)
        budgets = await self._budgets(day, Payer(guild_id=guild_id))
        return {account.scope: (self._spent[account], most) for account, most in budgets.items()}

    async def forget_members(self) -> int:
        """Keep of days long gone what their servers used, and not who; return how many lines."""
        return await self.ledger.fold(self.clock().date() - timedelta(days=MEMBER_DAYS))

    async def written(self) -> None:
        """Wait until everything that was charged is in the ledger, or cannot be written."""
        await self._writer.written()

    async def _open(self, day: date) -> None:
        """Take over what the ledger has of a day, once; forget older days but the last."""
        if day in self._opened:
            return
        async with self._opening:
            if day in self._opened:
                return
            for payer, spent in (await self.ledger.spent(day)).items():
                for account in _accounts(day, payer):
                    self._spent[account] += spent
            self._opened.add(day)
            self._forget_before(day)

    def _forget_before(self, day: date) -> None:
        """Drop what is known of days that no call under way can belong to."""
        kept = {*sorted(each for each in self._opened if each < day)[-1:], day}
        self._opened &= kept
        for counter in (self._spent, self._held):
            for account in [each for each in counter if each.day not in kept]:
                del counter[account]
        self._told = {(account, percent) for account, percent in self._told if account.day in kept}

    async def _budgets(self, day: date, payer: Payer) -> dict[_Account, int]:
        """Return the budgets that a payer's calls count against, in nanodollars."""
        preferences = await self.settings.show(payer.guild_id)
        budgets: dict[_Account, int] = {}
        for account in _accounts(day, payer):
            most = {
                Scope.OPERATOR: self.operator_budget,
                Scope.SERVER: _nano(preferences.server_budget_usd),
                Scope.MEMBER: _nano(preferences.member_budget_usd),
            }[account.scope]
            if most is not None:
                budgets[account] = most
        return budgets

    async def _checked(self, day: date, payer: Payer, model: str) -> Mapping[_Account, int]:
        """Return the budgets that a call counts against; raises BudgetSpent."""
        price = self.prices.of(model)
        if price is None:
            self._note_unknown(model)
        elif price.free:
            return {}
        await self._open(day)
        budgets = await self._budgets(day, payer)
        self._check(budgets, payer)
        return budgets

    def _check(self, budgets: Mapping[_Account, int], payer: Payer) -> None:
        if payer.member_id == NOBODY:
            return
        for account, most in budgets.items():
            if self._spent[account] + self._held[account] >= most:
                self._tell(budgets, payer.guild_id)
                raise BudgetSpent(account.scope, next_day(account.day, self.clock()))

    def _tell(self, budgets: Mapping[_Account, int], guild_id: int) -> None:
        """Say once a day that a server's budget, or the operator's, is nearly or wholly spent."""
        for account, most in budgets.items():
            spent = self._spent[account]
            reached = [each for each in TOLD_PERCENTS if spent * 100 >= most * each]
            news = [each for each in reached if (account, each) not in self._told]
            self._told |= {(account, each) for each in reached}
            if not news or account.scope is Scope.MEMBER:
                continue
            notice = BudgetNotice(
                guild_id=guild_id,
                scope=account.scope,
                percent=news[-1],
                spent=spent,
                budget=most,
                resets_at=next_day(account.day, self.clock()),
            )
            log.warning("%d %% of the %s's budget of the day is spent", news[-1], account.scope)
            for tell in self.listeners:
                tell(notice)

    def _note_unknown(self, model: str) -> None:
        if model not in self.unknown:
            self.unknown.add(model)
            log.warning(
                "Nobody knows what %s costs: its calls count against no budget until"
                " prices.yaml in the data directory says",
                model,
            )


def _accounts(day: date, payer: Payer) -> tuple[_Account, ...]:
    """Return what a payer's calls count against, the narrowest first."""
    wide = (_Account(day, Scope.SERVER, payer.guild_id), _Account(day, Scope.OPERATOR))
    if payer.member_id == NOBODY:
        return wide
    return (_Account(day, Scope.MEMBER, payer.guild_id, payer.member_id), *wide)


def _nano(dollars: float | None) -> int | None:
    return None if dollars is None else nanodollars(dollars)
