"""Votes: what members think of answers, one vote a member and answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.inquiry import VoteValue
from bot.models import TurnId
from bot.ports import TurnLog, VoteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """Counts votes on the messages that show Marv's answers."""

    log: TurnLog
    store: VoteStore

    async def cast(self, message_id: int, user_id: int, value: VoteValue) -> TurnId | None:
        """Set or change a member's vote; None where the message shows no answer."""
        turn = await self.log.by_message(message_id)
        if turn is None:
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
