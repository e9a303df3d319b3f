"""Privacy: what members allow, what they are told, and the clock that runs without consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.consent import Door, PrivacyStatus, Scope
from bot.ports.privacy import ConsentStore, TextStore
from bot.services.settings_desk import SettingsDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Keeps Marv's promises about what members typed.

    ``retention`` is how long a text stays without consent.
    """

    consents: ConsentStore
    texts: TextStore
    settings: SettingsDesk
    retention: timedelta

    async def status(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what is kept about a member."""
        return await self.consents.status(guild_id, user_id)

    async def decide(
        self, guild_id: int, user_id: int, scope: Scope, *, door: Door
    ) -> PrivacyStatus:
        """Record a decision and return what is kept now.

        One that takes keeping back takes the texts over the retention at once.
        """
        await self.consents.decide(guild_id, user_id, scope, door=door)
        if not scope.keep:
            await self.purge()
        return await self.consents.status(guild_id, user_id)

    async def owes_notice(self, guild_id: int, user_id: int) -> bool:
        """Tell, once a member and version of the notice, that they are to be shown it."""
        return await self.consents.claim_notice(guild_id, user_id)

    async def longest(self, guild_id: int) -> timedelta | None:
        """Return how long a server keeps even what members allow to be kept."""
        days = (await self.settings.show(guild_id)).retention_days
        return timedelta(days=days) if days else None

    async def purge(self) -> int:
        """Remove texts that nobody allowed to keep, or that their server keeps no longer."""
        now = datetime.now(UTC)
        dropped = await self.texts.drop_texts(before=now - self.retention)
        for guild_id in await self.texts.guilds_with_texts():
            if longest := await self.longest(guild_id):
                dropped += await self.texts.drop_kept_texts(guild_id, before=now - longest)
        return dropped
