"""Moderation: who judges texts, and where it is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.moderation import BlockTally, Verdict


class Moderator(Protocol):
    """Judges texts by a model."""

    @property
    def name(self) -> str:
        """Return the model's name."""
        ...

    async def check(self, text: str) -> Verdict:
        """Judge a text; raises ModerationFailed (or KeyRefused, QuotaSpent) without a verdict."""
        ...


class Rules(Protocol):
    """Judges texts at once, by rules."""

    def check(self, text: str) -> Verdict:
        """Judge a text."""
        ...


class BlockLog(Protocol):
    """Knows the turns that were blocked."""

    async def tally(self, guild_id: int, *, since: datetime) -> BlockTally:
        """Count a server's blocked turns since a moment."""
        ...
