"""How often a member may ask: so many a minute, as the server's staff have it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.faults.money import TooFast
from bot.pacing import Allowance
from bot.services.settings_desk import SettingsDesk

MOST_MEMBERS = 10_000  # remembered at once; whom it forgets has been quiet for the longest
SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class RateLimit:
    """Lets each member of each server ask a few times a minute.

    In memory: after a restart everybody starts afresh. The clock is one that
    also runs in the playground, where the loop's and ``time.monotonic`` stand still.
    """

    settings: SettingsDesk
    clock: Callable[[], float] = time.perf_counter
    most_members: int = MOST_MEMBERS
    _allowances: OrderedDict[tuple[int, int], Allowance] = field(default_factory=OrderedDict)

    async def admit(self, guild_id: int, member_id: int) -> None:
        """Count a question; raises TooFast for one too many, which is not counted."""
        most = (await self.settings.show(guild_id)).questions_per_minute
        if most is None:
            return
        allowance = self._allowance((guild_id, member_id), most)
        if not allowance.take():
            again_at = datetime.now(UTC) + timedelta(seconds=allowance.wait_seconds)
            raise TooFast(most, again_at)

    def _allowance(self, member: tuple[int, int], most: int) -> Allowance:
        known = self._allowances.get(member)
        if known is None or known.burst != most:
            known = Allowance(burst=most, every_seconds=SECONDS / most, clock=self.clock)
            self._allowances[member] = known
        self._allowances.move_to_end(member)
        while len(self._allowances) > self.most_members:
            self._allowances.popitem(last=False)
        return known
