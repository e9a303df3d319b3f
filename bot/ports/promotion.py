"""Which model speaks, and how models are compared, on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.comparison import Comparison, ComparisonId, Item, ItemId, Side, Standing
from bot.promotion import Promotion


class PromotionStore(Protocol):
    """The audit of which model speaks."""

    async def add(self, promotion: Promotion) -> None:
        """Write a change down."""
        ...

    async def history(self, guild_id: int) -> tuple[Promotion, ...]:
        """Return a guild's changes, the newest first."""
        ...

    async def speaking(self) -> Mapping[int, str]:
        """Return the model that speaks in each guild where one was ever promoted."""
        ...

    async def warned(self, guild_id: int, model: str, days: int) -> bool:
        """Remember a warning; tell whether it is new."""
        ...


class Preferences(Protocol):
    """What members chose."""

    async def preferences(self, guild_id: int) -> tuple[tuple[Item, Side, str, str], ...]:
        """Return, by item, whom most of those voted for who allow training, with the models.

        An item without such a vote, or with as many for either, is not returned.
        """
        ...


class ComparisonStore(Preferences, Protocol):
    """Comparisons, their items and votes."""

    async def add(self, comparison: Comparison, items: Sequence[Item]) -> Comparison:
        """Write a comparison with its items (their ids are ignored), and return it."""
        ...

    async def comparison(self, guild_id: int, comparison_id: ComparisonId) -> Comparison | None:
        """Return a guild's comparison."""
        ...

    async def comparisons(self, guild_id: int) -> tuple[Comparison, ...]:
        """Return a guild's comparisons, the newest first."""
        ...

    async def items(self, comparison_id: ComparisonId) -> tuple[Item, ...]:
        """Return the items in order."""
        ...

    async def item(self, guild_id: int, item_id: ItemId) -> Item | None:
        """Return an item of one of a guild's comparisons."""
        ...

    async def shown(self, item_id: ItemId, message_id: int) -> None:
        """Remember the message that shows an item."""
        ...

    async def vote(self, item_id: ItemId, user_id: int, side: Side, *, horizon: int) -> bool:
        """Count a member's one vote on an item.

        False where they have voted on it, or the comparison has all its votes.
        """
        ...

    async def standing(self, comparison_id: ComparisonId, horizon: int) -> Standing:
        """Return the votes."""
        ...

    async def close(self, comparison_id: ComparisonId, at: datetime) -> bool:
        """End a comparison; False where it had ended."""
        ...
