"""The ledger of what model calls used, and who draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

from bot.usage import Payer, UsageLine

UsageColumn = Literal["day", "member_id", "model", "kind"]


class UsageLedger(Protocol):
    """Adds up what was used, a line a day, payer, model and kind."""

    async def add(self, lines: Sequence[UsageLine]) -> None:
        """Add to what the lines hold, all of it or nothing; return once it is durable."""
        ...

    async def spent(self, day: date) -> Mapping[Payer, int]:
        """Return what each payer spent on a day, in nanodollars."""
        ...

    async def fold(self, before: date) -> int:
        """Make every member's lines of days before one nobody's; return how many there were."""
        ...

    async def totals(
        self, guild_id: int, first: date, last: date, *, by: Sequence[UsageColumn]
    ) -> Sequence[UsageLine]:
        """Return a guild's lines of some days added up by some columns, in their order.

        A column that is not asked for holds its first value of those added up.
        """
        ...


class UsagePainter(Protocol):
    """Draws what was used as PNG; ``amount`` writes a value as people read it."""

    def stacked(
        self,
        *,
        title: str,
        groups: Sequence[str],
        series: Mapping[str, Sequence[float]],
        axis: str,
        limit: tuple[str, float] | None = None,
        amount: Callable[[float], str],
    ) -> bytes:
        """Return bars of each group with the series on top of each other, and a line at a limit."""
        ...

    def ranked(
        self,
        *,
        title: str,
        values: Mapping[str, float],
        labels: Sequence[str],
        axis: str,
        amount: Callable[[float], str],
    ) -> bytes:
        """Return a bar for each name, the first one on top, its label beside it."""
        ...
