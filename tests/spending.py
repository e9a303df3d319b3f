"""Spending for tests: prices that are easy to reckon with, and a ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.ports.usage import UsageColumn
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.usage import Payer, Price, PriceTable, UsageLine, Used

CHAT, EMBEDDER = "fake-chat", "fake-bigrams"  # the models of tests/fakes.py


def price(prompt: str, completion: str = "0") -> Price:
    return Price(
        prompt=Decimal(prompt),
        completion=Decimal(completion),
        checked=date(2026, 11, 24),
        source="a test",
    )


# a word costs a cent, a prompt nothing; comparing meaning costs something
DEAR = PriceTable(prices={CHAT: price("0", "10000"), EMBEDDER: price("1")})
FREE = PriceTable(prices={CHAT: price("0"), EMBEDDER: price("0")})


@dataclass(slots=True)
class FakeLedger:
    """Fulfils ``UsageLedger`` in memory; ``faults`` are raised first, one a write."""

    lines: dict[tuple[object, ...], UsageLine] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    async def add(self, lines: Sequence[UsageLine]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        for line in lines:
            key = (line.day, line.payer, line.model, line.kind)
            known = self.lines.get(key)
            used = known.used + line.used if known else line.used
            self.lines[key] = UsageLine(
                day=line.day, payer=line.payer, model=line.model, kind=line.kind, used=used
            )

    async def spent(self, day: date) -> Mapping[Payer, int]:
        found: dict[Payer, int] = {}
        for line in self.lines.values():
            if line.day == day:
                found[line.payer] = found.get(line.payer, 0) + line.used.cost
        return found

    async def fold(self, before: date) -> int:
        raise NotImplementedError("only the real ledger forgets")

    async def totals(
        self, guild_id: int, first: date, last: date, *, by: Sequence[UsageColumn]
    ) -> Sequence[UsageLine]:
        raise NotImplementedError("only the real ledger adds up by columns")

    @property
    def used(self) -> Used:
        return sum((line.used for line in self.lines.values()), start=Used())


@dataclass(slots=True)
class FakeSettings:
    """Fulfils ``SettingsStore`` with what one server has set."""

    values: dict[str, object] = field(default_factory=dict)

    async def layers(
        self, guild_id: int, channel_id: int | None
    ) -> Mapping[int, Mapping[str, object]]:
        return {0: dict(self.values)}

    async def channels(self, guild_id: int) -> tuple[int, ...]:
        return ()

    async def set_values(
        self, guild_id: int, channel_id: int, values: Mapping[str, object], *, changed_by: int
    ) -> None:
        self.values |= values

    async def clear_value(self, guild_id: int, channel_id: int, key: str) -> None:
        self.values.pop(key, None)


def spending(
    *, prices: PriceTable = FREE, ledger: FakeLedger | None = None, **preferences: object
) -> Spending:
    """Return spending in memory, of a server with these settings."""
    return Spending(
        ledger=ledger or FakeLedger(),
        prices=prices,
        settings=SettingsDesk(store=FakeSettings(dict(preferences))),
    )
