"""Leaving: whose traces go because they, or Marv, are no longer on the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from bot.erasure import ErasureReason, Receipt
from bot.leaving import Absentee
from bot.ports.leaving import MembershipStore
from bot.services.erasing import Erasing
from bot.services.settings_desk import SettingsDesk

CHECK_EVERY = timedelta(days=7)  # of one member
CHECKS_AT_ONCE = 100  # an hour, which Discord hardly notices


class Found(Enum):
    """What Discord says of a member."""

    THERE = "there"
    GONE = "gone"
    DELETED = "deleted"  # the account is
    UNKNOWN = "unknown"  # Discord did not say

    @property
    def reason(self) -> ErasureReason:
        """Return why somebody is erased of whom this was found."""
        return ErasureReason.ACCOUNT_DELETED if self is Found.DELETED else ErasureReason.LEFT


Look = Callable[[int, int], Awaitable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Starts an erasure some time after a departure; a return cancels it."""

    store: MembershipStore
    erasing: Erasing
    settings: SettingsDesk

    async def came(self, guild_id: int, user_id: int) -> None:
        """Note that a member is there."""
        await self.store.present(guild_id, user_id)

    async def went(self, guild_id: int, user_id: int, found: Found = Found.GONE) -> None:
        """Note that a member is gone, if anything of theirs is stored."""
        await self.store.absent(guild_id, user_id, found.reason)

    async def server_left(self, guild_id: int) -> int:
        """Note that Marv was removed from a server; return whose time runs now."""
        return await self.store.guild_left(guild_id)

    async def server_joined(self, guild_id: int) -> None:
        """Note that Marv is on a server, again or still."""
        await self.store.guild_joined(guild_id)

    async def look(self, look: Look, *, servers: frozenset[int]) -> int:
        """Ask Discord about the members of whom nothing was heard for longest; return how many.

        On ``servers`` Marv is; what of others is stored begins to run out.
        """
        for guild_id in await self.store.guilds() - servers:
            await self.store.guild_left(guild_id)
        looked = 0
        waiting = await self.store.to_check(
            before=datetime.now(UTC) - CHECK_EVERY, limit=CHECKS_AT_ONCE
        )
        for guild_id, user_id in waiting:
            if guild_id in servers:
                await self._note(guild_id, user_id, await look(guild_id, user_id))
                looked += 1
        return looked

    async def erase_due(self, look: Look, *, servers: frozenset[int]) -> tuple[Receipt, ...]:
        """Erase whose time is over, after Discord was asked once more whether they are back."""
        now, due = datetime.now(UTC), 0
        for absentee in await self.store.absentees():
            days = (await self.settings.show(absentee.guild_id)).erase_after_days
            if absentee.since + timedelta(days=days) > now:
                continue
            if await self._still_gone(absentee, look, servers):
                await self.erasing.begin(absentee.guild_id, absentee.user_id, absentee.reason)
                due += 1
        return await self.erasing.resume() if due else ()

    async def _still_gone(self, absentee: Absentee, look: Look, servers: frozenset[int]) -> bool:
        if absentee.guild_id not in servers:
            return True
        found = await look(absentee.guild_id, absentee.user_id)
        await self._note(absentee.guild_id, absentee.user_id, found)
        return found in (Found.GONE, Found.DELETED)

    async def _note(self, guild_id: int, user_id: int, found: Found) -> None:
        if found is Found.THERE:
            await self.store.present(guild_id, user_id)
        elif found is not Found.UNKNOWN:
            await self.store.absent(guild_id, user_id, found.reason)
