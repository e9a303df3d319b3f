"""The log: turns, what members think of them, and the staff's examples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from bot.feedback import Fault, Tally
from bot.inquiry import Example, ExampleDraft, VoteValue
from bot.models import Turn, TurnDraft, TurnId


class TurnLog(Protocol):
    """The log of turns."""

    async def add(self, draft: TurnDraft) -> TurnId:
        """Log a turn and return its id once it is durable."""
        ...

    async def set_message(self, turn_id: TurnId, message_id: int) -> None:
        """Remember which Discord message carries the answer."""
        ...

    async def by_message(self, message_id: int) -> Turn | None:
        """Return the turn that a message of Marv's answered."""
        ...

    async def by_id(self, guild_id: int, turn_id: TurnId) -> Turn | None:
        """Return a guild's turn."""
        ...

    def turns(self, guild_id: int) -> AsyncIterator[Turn]:
        """Yield the guild's turns by id; ``consented`` says that training is allowed now."""
        ...


class VoteStore(Protocol):
    """What members think of answers, one vote a member and turn."""

    async def set_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Set or change a member's vote."""
        ...

    async def remove_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Remove a member's vote if it is this one."""
        ...

    async def set_fault(
        self, turn_id: TurnId, user_id: int, fault: Fault, words: str | None
    ) -> None:
        """Say what a member who voted against an answer finds wrong with it."""
        ...

    async def tally(self, guild_id: int) -> Tally:
        """Return a server's votes."""
        ...

    async def scores(self, guild_id: int) -> Mapping[int, int]:
        """Return the sum of votes of each turn that has one, by its id."""
        ...


class ExampleStore(Protocol):
    """The exchanges that staff keep for training."""

    async def add(self, draft: ExampleDraft) -> None:
        """Keep an exchange; one of the same inquiry or turn is replaced."""
        ...

    async def add_all(self, drafts: Sequence[ExampleDraft]) -> None:
        """Keep many exchanges of the staff's own, all of them or none."""
        ...

    async def repaired(self, guild_id: int) -> frozenset[TurnId]:
        """Return the turns that staff wrote a better answer to."""
        ...

    def examples(self, guild_id: int) -> AsyncIterator[Example]:
        """Yield a guild's examples by id; ``consented`` is the decision of now."""
        ...
