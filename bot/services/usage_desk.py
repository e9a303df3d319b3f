"""The usage desk: adds up a server's ledger for its staff, and has it drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.ports.usage import UsagePainter
from bot.services.spending import Spending
from bot.services.usage_charts import ChartWords, drawn_by_day, drawn_ranked
from bot.services.usage_report import By, ModelUsed, UsageReport
from bot.usage import MEMBER_DAYS, UsageLine

MOST_DAYS = MEMBER_DAYS


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
                return drawn_by_day(painter, report, words)
            return drawn_ranked(painter, report, by, words, names)

        async with self.drawing:
            return await asyncio.to_thread(draw)

    def _oldest_price(self, lines: Sequence[UsageLine]) -> date | None:
        prices = (self.spending.prices.of(line.model) for line in lines)
        return min((each.checked for each in prices if each and not each.free), default=None)


def _most_first(line: UsageLine) -> tuple[int, int]:
    return -line.used.cost, -(line.used.prompt + line.used.completion)
