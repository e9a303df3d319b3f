"""Members who left, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.erasure import ErasureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Absentee:
    """A member with stored data who is gone."""

    guild_id: int
    user_id: int
    reason: ErasureReason
    since: datetime
