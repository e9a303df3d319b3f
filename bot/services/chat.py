"""Chat: conversation in persona, with the reply chain as its memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from bot import language
from bot.models import (
    Answer,
    ChatMessage,
    Language,
    Passage,
    Persona,
    TurnId,
    TurnKind,
)
from bot.ports import ChatModel, TokenCounter, TurnLog
from bot.prompts import prompt
from bot.services.answer_by_model import Reply
from bot.services.answer_by_quote import voiced
from bot.services.answering import AnswerUpdate, Quoter
from bot.services.grounding import LANGUAGE_NAMES, cited, passages_block, presentable
from bot.services.replies import SMALL_TALK, choose
from bot.services.search import Search
from bot.services.turns import Asker, Progress, Recorder, checked
from bot.services.wrapping import Wrapper, chat_messages, claims_nothing

MEMORY_TURNS = 12
MEMORY_TOKENS = 1500
REFERENCES = 3  # passages a chat may draw on
MAX_REPLY_TOKENS = 400
TEMPERATURE = 0.8


class Talker(Protocol):
    """Replies to a message, given what was said before."""

    def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage],
        language: Language,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield updates; the last one, and only that, carries the answer."""
        ...


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
        passages = await self.search.passages(asker.guild_id, message, limit=REFERENCES)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTalker:
    """Has any capable model talk: persona, examples, references, history; fulfils ``Talker``."""

    chat: ChatModel
    persona: Persona

    async def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage],
        language: Language,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield the reply as it grows, then the answer."""
        reply = Reply()
        system = prompt("conversation").format(
            persona=self.persona.system_prompt[language],
            language=LANGUAGE_NAMES[language],
            passages=passages_block(passages),
        )
        messages = [
            ChatMessage(role="system", content=system),
            *self.persona.few_shot(language),
            *history,
            ChatMessage(role="user", content=message),
        ]
        async with aclosing(
            self.chat.stream(messages, max_tokens=MAX_REPLY_TOKENS, temperature=TEMPERATURE)
        ) as deltas:
            async for delta in deltas:
                reply.add(delta)
                yield AnswerUpdate(text=presentable(reply.text, passages))
        text, citations = cited(reply.text, passages)
        answer = Answer(
            text=text or choose(SMALL_TALK, language, seed=message),
            answered=bool(text),
            language=language,
            citations=citations,
            facts="\n".join(f"{c.passage.text} [{c.n}]" for c in citations),
            model=self.chat.name,
            finish_reason=reply.outcome if text else "empty",
            usage=reply.usage,
        )
        yield AnswerUpdate(text=answer.text, answer=answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTalker:
    """Quotes when the library has something, else makes conversation and claims nothing."""

    quoter: Quoter
    wrapper: Wrapper

    async def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage],
        language: Language,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield one update, the answer: a small model is done before anyone could watch."""
        quotation = await self.quoter.quote(message, passages) if passages else None
        if quotation is None:
            answer = await self._small_talk(message, history, language)
        else:
            answer = await voiced(self.wrapper, quotation, question=message, language=language)
        yield AnswerUpdate(text=answer.text, answer=answer)

    async def _small_talk(
        self, message: str, history: Sequence[ChatMessage], language: Language
    ) -> Answer:
        reply = Reply()
        chat = self.wrapper.chat
        messages = chat_messages(
            message=message, system_prompt=self.wrapper.voice[language], history=history
        )
        async with aclosing(chat.stream(messages, max_tokens=80, temperature=0.7)) as deltas:
            async for delta in deltas:
                reply.add(delta)
        text = reply.text.strip()
        sound = claims_nothing(text, message) and self.wrapper.speaks_plainly(text)
        if not text or reply.outcome != "stop" or not sound:
            text = choose(SMALL_TALK, language, seed=message)
        return Answer(
            text=text, answered=True, language=language, model=chat.name, usage=reply.usage
        )
