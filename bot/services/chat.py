"""Chat: conversation in persona, with the reply chain as its memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from bot import language
from bot.models import ChatMessage, TurnId, TurnKind
from bot.ports import TokenCounter, TurnLog
from bot.services.answering import AnswerUpdate, Talker
from bot.services.search import Search
from bot.services.turns import Asker, Progress, Recorder, checked

MEMORY_TURNS = 12
MEMORY_TOKENS = 1500
REFERENCES = 3  # passages a chat may draw on


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Talks with members."""

    search: Search
    talker: Talker
    log: TurnLog
    counter: TokenCounter
    recorder: Recorder

    def reply(
        self, asker: Asker, message: str, *, parent_id: TurnId | None = None
    ) -> AsyncGenerator[Progress, None]:
        """Yield the reply as it grows; the last one is logged and final.

        ``parent_id`` is the turn that the message replies to. Raises what
        ``Ask.ask`` raises.
        """
        message = checked(message)
        updates = self._updates(asker, message, parent_id)
        return self.recorder.follow(
            updates, asker, message, kind=TurnKind.CHAT, parent_id=parent_id
        )

    async def turn_of(self, message_id: int) -> TurnId | None:
        """Return the turn that a message of Marv's showed, if it is one."""
        turn = await self.log.by_message(message_id)
        return turn.id if turn else None

    async def _updates(
        self, asker: Asker, message: str, parent_id: TurnId | None
    ) -> AsyncGenerator[AnswerUpdate, None]:
        spoken = language.detect(message, otherwise=asker.locale)
        history = await self._memory(asker, parent_id)
        passages = await self.search.passages(
            asker.guild_id, message, viewer=asker.viewer, limit=REFERENCES
        )
        async with aclosing(
            self.talker.stream(message, passages, history=history, language=spoken)
        ) as updates:
            async for update in updates:
                yield update

    async def _memory(self, asker: Asker, parent_id: TurnId | None) -> list[ChatMessage]:
        """Return what was said before, the newest turns that fit into the budget of tokens."""
        if parent_id is None:
            return []
        turns = await self.log.conversation(parent_id, limit=MEMORY_TURNS)
        kept: list[ChatMessage] = []
        budget = MEMORY_TOKENS
        for turn in reversed(turns):
            if turn.guild_id != asker.guild_id or turn.question is None or turn.answer is None:
                break
            budget -= self.counter.count(turn.question) + self.counter.count(turn.answer)
            if budget < 0:
                break
            kept.append(ChatMessage(role="assistant", content=turn.answer))
            kept.append(ChatMessage(role="user", content=turn.question))
        return kept[::-1]
