"""Privacy: consent, status, forgetting, and the clock that runs without consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.models import PrivacyStatus
from bot.ports import TurnLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Keeps Marv's promises about what members typed."""

    log: TurnLog
    retention: timedelta

    async def status(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what is kept about a member."""
        return await self.log.privacy(guild_id, user_id)

    async def consent(self, guild_id: int, user_id: int, *, granted: bool) -> PrivacyStatus:
        """Record a decision and return what is kept now.

        A withdrawn consent takes the texts of turns over the retention at once.
        """
        await self.log.set_consent(guild_id, user_id, granted=granted)
        if not granted:
            await self.purge()
        return await self.log.privacy(guild_id, user_id)

    async def forget(self, guild_id: int, user_id: int) -> int:
        """Delete everything a member said in a guild; return how many turns there were."""
        return await self.log.forget(guild_id, user_id)

    async def purge(self) -> int:
        """Remove texts that nobody consented to keep and that have had their time."""
        return await self.log.drop_texts(before=datetime.now(UTC) - self.retention)
