"""Votes: what members think of answers, one vote a member and answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import NotYours, QuestionGone
from bot.feedback import MAX_WORDS_CHARACTERS, Fault
from bot.inquiry import VoteValue
from bot.models import Turn, TurnId
from bot.moderation import FINISH_REASON
from bot.ports import TurnLog, VoteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """Counts votes on Marv's answers, by button and by reaction."""

    log: TurnLog
    store: VoteStore

    async def cast(self, message_id: int, user_id: int, value: VoteValue) -> TurnId | None:
        """Set or change the vote on a message; None where it shows no answer, or a refusal."""
        turn = await self.log.by_message(message_id)
        if turn is None or turn.finish_reason == FINISH_REASON:
            return None
        await self.store.set_vote(turn.id, user_id, value)
        return turn.id

    async def withdraw(self, message_id: int, user_id: int, value: VoteValue) -> TurnId | None:
        """Take a member's vote back, if it is still this one."""
        turn = await self.log.by_message(message_id)
        if turn is None:
            return None
        await self.store.remove_vote(turn.id, user_id, value)
        return turn.id

    async def vote(self, guild_id: int, turn_id: TurnId, *, by: int, value: VoteValue) -> Turn:
        """Set or change a member's vote on a turn.

        Raises QuestionGone, and NotYours for what another member asked privately.
        """
        turn = await self.votable(guild_id, turn_id, by=by)
        await self.store.set_vote(turn.id, by, value)
        return turn

    async def explain(
        self, guild_id: int, turn_id: TurnId, *, by: int, fault: Fault, words: str
    ) -> None:
        """Vote against an answer and say why; raises what ``vote`` raises."""
        await self.vote(guild_id, turn_id, by=by, value=VoteValue.DOWN)
        told = words.strip()[:MAX_WORDS_CHARACTERS] or None
        await self.store.set_fault(turn_id, by, fault, told)

    async def votable(self, guild_id: int, turn_id: TurnId, *, by: int) -> Turn:
        """Return a turn that a member may judge; raises QuestionGone and NotYours."""
        turn = await self.log.by_id(guild_id, turn_id)
        if turn is None or turn.finish_reason == FINISH_REASON:
            raise QuestionGone(f"turn {turn_id}")
        if turn.private and turn.author_id != by:
            raise NotYours
        return turn
