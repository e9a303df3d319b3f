"""Answers written by a model that can read passages itself, streamed."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot.errors import ChatFailed
from bot.faults.money import BudgetSpent
from bot.models import Answer, ChatDelta, ChatMessage, Language, Passage, TokenUsage
from bot.ports import ChatModel
from bot.prompts import prompt
from bot.services.answering import AnswerUpdate, abstention
from bot.services.checking import Finding, Proofreader, says_nothing, without
from bot.services.grounding import (
    LANGUAGE_NAMES,
    SENTINEL,
    cited,
    passages_block,
    presentable,
)
from bot.services.manners import Manner
from bot.services.quarantine import quarantined

log = logging.getLogger(__name__)

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

    async def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language, manner: Manner
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield the sentences that stand as they come, then the answer.

        Each sentence is compared with what it cites first (``checking``). An
        answer that cites nothing that exists counts as none: nobody could
        check it. Raises ChatFailed for one that was cut before its first
        citation: the documents may well have said.
        """
        passages = [quarantined(passage) for passage in passages]
        messages = _messages(question, passages, language, manner)
        reply, proofreader = Reply(), Proofreader(passages)
        async with aclosing(self._deltas(messages)) as deltas:
            async for delta in deltas:
                reply.add(delta)
                if shown := presentable(proofreader.settled(reply.text), passages):
                    yield AnswerUpdate(text=shown)
        if reply.outcome == "cut" and not cited(reply.text, passages)[1]:
            raise ChatFailed(f"{self.chat.name} broke off before it cited anything")
        checked = await self._checked(reply, messages, proofreader)
        answer = self._answer(question, checked, passages, language, manner)
        yield AnswerUpdate(text=answer.text, answer=answer)

    def _deltas(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[ChatDelta, None]:
        return self.chat.stream(messages, max_tokens=MAX_ANSWER_TOKENS, temperature=TEMPERATURE)

    async def _checked(
        self, reply: Reply, messages: Sequence[ChatMessage], proofreader: Proofreader
    ) -> Reply:
        """Return a reply that stands up against the passages, empty when nothing of it does.

        What fails is written again once, with the complaint; what fails then is withdrawn.
        """
        rules = prompt("grounded")
        if says_nothing(reply.text, rules):
            return replace(reply, text="")
        faulty = proofreader.findings(reply.text)
        if faulty and reply.outcome == "stop":
            reply = await self._again(reply, messages, faulty)
            if says_nothing(reply.text, rules):
                return replace(reply, text="")
            faulty = proofreader.findings(reply.text)
        if faulty:
            log.info("Withdrew from an answer: %s", ", ".join(each.fault for each in faulty))
        return replace(reply, text=without(reply.text, faulty))

    async def _again(
        self, reply: Reply, messages: Sequence[ChatMessage], faulty: Sequence[Finding]
    ) -> Reply:
        """Have a reply written again; a model that fails, or costs too much, leaves the first."""
        complaint = prompt("complaint").format(
            complaints="\n".join(each.complaint() for each in faulty), sentinel=SENTINEL
        )
        second = Reply()
        told = [
            *messages,
            ChatMessage(role="assistant", content=reply.text),
            ChatMessage(role="user", content=complaint),
        ]
        try:
            async with aclosing(self._deltas(told)) as deltas:
                async for delta in deltas:
                    second.add(delta)
        except (ChatFailed, BudgetSpent):
            log.warning("The second try failed; the first answer is cut down", exc_info=True)
            return reply
        return replace(second, usage=reply.usage + second.usage)

    def _answer(
        self,
        question: str,
        reply: Reply,
        passages: Sequence[Passage],
        language: Language,
        manner: Manner,
    ) -> Answer:
        text, citations = cited(reply.text, passages)
        if not citations:
            return abstention(
                manner.dont_know(language, seed=question),
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


def _messages(
    question: str, passages: Sequence[Passage], language: Language, manner: Manner
) -> list[ChatMessage]:
    system = prompt("grounded").format(
        persona=manner.system(language),
        sentinel=SENTINEL,
        language=LANGUAGE_NAMES[language],
        passages=passages_block(passages),
    )
    return [ChatMessage(role="system", content=system), ChatMessage(role="user", content=question)]
