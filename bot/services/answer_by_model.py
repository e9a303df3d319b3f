"""Answers written by a model that can read passages itself, streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.errors import ChatFailed
from bot.models import Answer, ChatDelta, ChatMessage, Language, Passage, Persona, TokenUsage
from bot.ports import ChatModel
from bot.prompts import prompt
from bot.services.answering import AnswerUpdate, abstention
from bot.services.grounding import (
    LANGUAGE_NAMES,
    SENTINEL,
    cited,
    passages_block,
    presentable,
)
from bot.services.replies import DONT_KNOW, choose

MAX_ANSWER_TOKENS = 900
TEMPERATURE = 0.3


@dataclass(slots=True)
class Reply:
    """A model's reply as it grows."""

    text: str = ""
    finish_reason: str | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)

    def add(self, delta: ChatDelta) -> None:
        """Take in one more piece."""
        self.text += delta.text
        self.finish_reason = delta.finish_reason or self.finish_reason
        self.usage = delta.usage or self.usage

    @property
    def outcome(self) -> str:
        """Return the finish reason, ``cut`` where the stream ended without one."""
        return self.finish_reason or "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswerer:
    """Has a capable model answer in persona and cite; fulfils ``Answerer``."""

    chat: ChatModel
    persona: Persona

    async def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield the text as it grows, then the answer.

        An answer that cites nothing that exists counts as none: nobody could
        check it. Raises ChatFailed for one that was cut before its first
        citation: the documents may well have said.
        """
        reply = Reply()
        messages = self._messages(question, passages, language)
        async with aclosing(
            self.chat.stream(messages, max_tokens=MAX_ANSWER_TOKENS, temperature=TEMPERATURE)
        ) as deltas:
            async for delta in deltas:
                reply.add(delta)
                if delta.text and (shown := presentable(reply.text, passages)):
                    yield AnswerUpdate(text=shown)
        answer = self._answer(question, reply, passages, language)
        yield AnswerUpdate(text=answer.text, answer=answer)

    def _messages(
        self, question: str, passages: Sequence[Passage], language: Language
    ) -> list[ChatMessage]:
        system = prompt("grounded").format(
            persona=self.persona.system_prompt[language],
            sentinel=SENTINEL,
            language=LANGUAGE_NAMES[language],
            passages=passages_block(passages),
        )
        return [
            ChatMessage(role="system", content=system),
            ChatMessage(role="user", content=question),
        ]

    def _answer(
        self, question: str, reply: Reply, passages: Sequence[Passage], language: Language
    ) -> Answer:
        text, citations = cited(reply.text, passages)
        if reply.outcome == "cut" and not citations:
            raise ChatFailed(f"{self.chat.name} broke off before it cited anything")
        if SENTINEL in text or not citations:
            return abstention(
                choose(DONT_KNOW, language, seed=question),
                passages,
                language=language,
                model=self.chat.name,
                usage=reply.usage,
            )
        return Answer(
            text=text,
            answered=True,
            language=language,
            citations=citations,
            facts="\n".join(f"{c.passage.text} [{c.n}]" for c in citations),
            model=self.chat.name,
            finish_reason=reply.outcome,
            usage=reply.usage,
        )
