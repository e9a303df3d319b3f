"""Conversation by a small model: quotations where the library has them, small talk elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.models import Answer, ChatMessage, Language, Passage
from bot.services.answer_by_model import Reply
from bot.services.answer_by_quote import voiced
from bot.services.answering import AnswerUpdate, Quoter
from bot.services.manners import Manner
from bot.services.remarks import claims_nothing
from bot.services.wrapping import Wrapper, chat_messages

MAX_REPLY_TOKENS = 80
TEMPERATURE = 0.7


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
        manner: Manner,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield one update, the answer: a small model is done before anyone could watch."""
        quotation = await self.quoter.quote(message, passages) if passages else None
        if quotation is None:
            answer = await self._small_talk(message, history, language, manner)
        else:
            answer = await voiced(
                self.wrapper, quotation, question=message, language=language, manner=manner
            )
        yield AnswerUpdate(text=answer.text, answer=answer)

    async def _small_talk(
        self,
        message: str,
        history: Sequence[ChatMessage],
        language: Language,
        manner: Manner,
    ) -> Answer:
        reply = Reply()
        if self.wrapper.can_voice(manner) and not self.wrapper.is_full:
            system = self.wrapper.system(manner, language)
            async with self.wrapper.waiting_room:
                await self._write(
                    reply, chat_messages(message=message, system_prompt=system, history=history)
                )
        text = reply.text.strip()
        sound = claims_nothing(text, message) and self.wrapper.speaks_plainly(text)
        if not text or reply.outcome != "stop" or not sound:
            text = manner.small_talk(language, seed=message)
        return Answer(
            text=text,
            answered=True,
            language=language,
            model=self.wrapper.chat.name,
            usage=reply.usage,
        )

    async def _write(self, reply: Reply, messages: Sequence[ChatMessage]) -> None:
        stream = self.wrapper.chat.stream(
            messages, max_tokens=MAX_REPLY_TOKENS, temperature=TEMPERATURE
        )
        async with aclosing(stream) as deltas:
            async for delta in deltas:
                reply.add(delta)
