"""Reviewing: staff look at what could be learnt from, the most telling first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dataset import Decision
from bot.errors import QuestionGone
from bot.models import Language, Turn, TurnId
from bot.ports import TurnLog
from bot.ports.dataset import ReviewQueue, ReviewStore
from bot.review import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """Walks staff through the turns that may be used, and keeps what they decide."""

    queue: ReviewQueue
    store: ReviewStore
    log: TurnLog

    async def next(
        self, guild_id: int, *, offset: int = 0, only: Language | None = None
    ) -> tuple[Candidate | None, int]:
        """Return a turn that nobody decided about, and how many there are.

        The repaired come first, then what members liked, then what they found
        wrong, then the newest; ``offset`` counts those that were paged over.
        A private turn is nobody's to read but its author's, so it never comes. With
        ``only``, turns in one language.
        """
        return await self.queue.next(guild_id, offset=offset, only=only)

    async def before(self, candidate: Candidate) -> Turn | None:
        """Return the turn that a candidate continues, if its words are still there."""
        if candidate.parent_id is None:
            return None
        return await self.log.by_id(candidate.guild_id, candidate.parent_id)

    async def turn(self, guild_id: int, turn_id: TurnId) -> Turn:
        """Return a candidate's turn; raises QuestionGone."""
        turn = await self.log.by_id(guild_id, turn_id)
        if turn is None or turn.private:
            raise QuestionGone(f"turn {turn_id}")
        return turn

    async def decide(self, guild_id: int, turn_id: TurnId, decision: Decision, *, by: int) -> None:
        """Keep, reject or put off a turn; raises QuestionGone for one that is not there."""
        await self.turn(guild_id, turn_id)
        await self.store.decide(guild_id, f"turn:{turn_id}", decision, by=by)
