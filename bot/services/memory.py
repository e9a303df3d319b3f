"""Memory: what a conversation still knows, bounded in tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import ChatMessage, Language, Turn, TurnId
from bot.ports import ConversationLog, TokenCounter
from bot.services.summaries import Summariser

MEMORY_TURNS = 40  # looked back at once
MEMORY_TOKENS = 1500
RESUME = {
    Language.ENGLISH: ("Before this, in short:\n{summary}", "Noted."),
    Language.JAPANESE: ("ここまでのあらすじ：\n{summary}", "承知しました。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a conversation goes on by itself; ``member_id`` 0 is a place that all share."""

    guild_id: int
    channel_id: int
    member_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What is remembered: a summary, the turns after it that fit, and those that did not."""

    summary: str = ""
    kept: tuple[Turn, ...] = ()
    fallen: tuple[Turn, ...] = ()

    def messages(self, language: Language) -> list[ChatMessage]:
        """Return the recollection as messages, oldest first."""
        messages: list[ChatMessage] = []
        if self.summary:
            told, noted = RESUME[language]
            messages.append(ChatMessage(role="user", content=told.format(summary=self.summary)))
            messages.append(ChatMessage(role="assistant", content=noted))
        for turn in self.kept:
            messages.append(ChatMessage(role="user", content=turn.question or ""))
            messages.append(ChatMessage(role="assistant", content=turn.answer or ""))
        return messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Remembers conversations: the chain of turns up to a reply, an older part as a summary."""

    log: ConversationLog
    counter: TokenCounter
    summariser: Summariser

    async def latest(self, place: Place) -> TurnId | None:
        """Return the turn that a message at a place goes on from."""
        return await self.log.latest(place.guild_id, place.channel_id, member_id=place.member_id)

    async def begin_anew(self, place: Place) -> None:
        """Remember nothing at a place of what was said before."""
        await self.log.begin_anew(place.guild_id, place.channel_id, member_id=place.member_id)

    async def recall(self, guild_id: int, parent_id: TurnId | None) -> Recollection:
        """Return what is remembered up to a turn of the guild's.

        A turn whose words have gone is passed over.
        """
        if parent_id is None:
            return Recollection()
        chain = await self.log.chain(parent_id, limit=MEMORY_TURNS)
        summary, since = "", 0
        for position, (_, told) in enumerate(chain):
            if told:
                summary, since = told, position + 1
        turns = [turn for turn, _ in chain[since:] if turn.guild_id == guild_id and turn.question]
        kept = self._fitting(turns, MEMORY_TOKENS - self.counter.count(summary))
        fallen = turns[: len(turns) - len(kept)]
        return Recollection(summary=summary, kept=tuple(kept), fallen=tuple(fallen))

    async def condense(self, recollection: Recollection, *, language: Language) -> None:
        """Summarise what no longer fits, for the next turn; raises what the model raises."""
        if not recollection.fallen:
            return
        summary = await self.summariser.condense(
            recollection.summary, recollection.fallen, language=language
        )
        if summary:
            await self.log.set_summary(recollection.fallen[-1].id, summary)

    def _fitting(self, turns: Sequence[Turn], budget: int) -> list[Turn]:
        """Return the newest turns that fit into so many tokens."""
        kept: list[Turn] = []
        for turn in reversed(turns):
            budget -= self.counter.count(turn.question or "")
            budget -= self.counter.count(turn.answer or "")
            if budget < 0:
                break
            kept.append(turn)
        return kept[::-1]
