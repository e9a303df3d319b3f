"""Conversation by a model that can hold one, streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.models import Answer, ChatMessage, Language, Passage
from bot.ports import ChatModel
from bot.prompts import prompt
from bot.services.answer_by_model import Reply
from bot.services.answering import AnswerUpdate
from bot.services.checking import Fault, Proofreader, says_nothing, without
from bot.services.grounding import LANGUAGE_NAMES, cited, passages_block, presentable
from bot.services.manners import Manner
from bot.services.quarantine import quarantined

MAX_REPLY_TOKENS = 400
TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTalker:
    """Has any capable model talk: persona, examples, references, history; fulfils ``Talker``."""

    chat: ChatModel

    async def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage],
        language: Language,
        manner: Manner,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield the reply as it grows, then the answer."""
        reply = Reply()
        passages = [quarantined(passage) for passage in passages]
        system = prompt("conversation").format(
            persona=manner.system(language),
            language=LANGUAGE_NAMES[language],
            passages=passages_block(passages),
        )
        messages = [
            ChatMessage(role="system", content=system),
            *manner.few_shot(language),
            *history,
            ChatMessage(role="user", content=message),
        ]
        async with aclosing(
            self.chat.stream(messages, max_tokens=MAX_REPLY_TOKENS, temperature=TEMPERATURE)
        ) as deltas:
            async for delta in deltas:
                reply.add(delta)
                yield AnswerUpdate(text=presentable(reply.text, passages))
        text, citations = cited(_standing(reply.text, passages), passages)
        answer = Answer(
            text=text or manner.small_talk(language, seed=message),
            answered=bool(text),
            language=language,
            citations=citations,
            facts="\n".join(f"{c.passage.text} [{c.n}]" for c in citations),
            model=self.chat.name,
            finish_reason=reply.outcome if text else "empty",
            usage=reply.usage,
        )
        yield AnswerUpdate(text=answer.text, answer=answer)


def _standing(text: str, passages: Sequence[Passage]) -> str:
    """Return what of a reply may be said: conversation needs no source, what names one does."""
    if says_nothing(text, prompt("conversation")):
        return ""
    faulty = [
        each for each in Proofreader(passages).findings(text) if each.fault is not Fault.NO_SOURCE
    ]
    return without(text, faulty)
