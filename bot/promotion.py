"""Which model speaks in a guild: every change of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

WARN_DAYS = (60, 30, 7)  # before a model is shut down


class Change(StrEnum):
    """How a model came to speak."""

    PROMOTED = "promote"
    ROLLED_BACK = "rollback"
    FELL_BACK = "fallback"  # the one before it was gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A row of the audit: ``model`` speaks from now on, instead of ``previous``."""

    guild_id: int
    model: str
    previous: str
    change: Change
    reason: str = ""
    by: int = 0  # 0: Marv itself, or the operator
    at: datetime
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A model that speaks and will be shut down, in so many days."""

    guild_id: int
    model: str
    days: int
