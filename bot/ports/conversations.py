"""Conversations: which turn comes last at a place, and what is remembered of older ones."""

from __future__ import annotations

from typing import Protocol

from bot.models import Turn, TurnId


class ConversationLog(Protocol):
    """What a conversation needs of the log of turns."""

    async def latest(self, guild_id: int, channel_id: int, *, member_id: int) -> TurnId | None:
        """Return the last turn of a conversation, None where a new one was asked for since.

        ``member_id`` is whose conversation it is, 0 for one that a whole thread shares.
        """
        ...

    async def begin_anew(self, guild_id: int, channel_id: int, *, member_id: int) -> None:
        """Remember nothing at a place of what was said up to now."""
        ...

    async def chain(self, turn_id: TurnId, *, limit: int) -> tuple[tuple[Turn, str | None], ...]:
        """Return the last ``limit`` turns up to ``turn_id``, oldest first, with their summaries."""
        ...

    async def set_summary(self, turn_id: TurnId, summary: str) -> None:
        """Keep what was said up to and including a turn, unless its words have gone meanwhile."""
        ...

    async def by_asked_message(self, message_id: int) -> Turn | None:
        """Return the newest turn that answers a member's message."""
        ...

    async def has_successor(self, turn_id: TurnId) -> bool:
        """Tell whether the conversation went on after a turn."""
        ...

    async def set_question(self, turn_id: TurnId, question: str) -> None:
        """Replace a question by what its author made of it; summaries that held it go."""
        ...

    async def drop_words(self, turn_id: TurnId) -> None:
        """Take the words of a turn away, and those of the summaries that held them."""
        ...

    async def remove(self, turn_id: TurnId) -> None:
        """Remove a turn that another one replaces."""
        ...
