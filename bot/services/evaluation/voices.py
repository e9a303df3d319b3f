"""How the bot would say given facts: wrapped like a quotation, or answered from passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from bot.models import Answer, ChunkId, DocumentId, Language, Passage, TokenUsage
from bot.services.answer_by_quote import QuoteAnswerer
from bot.services.answering import Answerer, Talker
from bot.services.manners import Manner
from bot.services.wrapping import Wrapper

_PIECE = re.compile(r"(?P<text>.*?)\s*\[(?P<n>\d{1,3})\]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A reply; ``own`` unless the model's was withdrawn for hand-written words or none.

    ``stock`` says that hand-written words stand around facts.
    """

    text: str
    model: str
    own: bool
    stock: bool = False
    verbatim: bool = True  # False where a wrapping model changed the facts, and was withdrawn
    usage: TokenUsage = field(default_factory=TokenUsage)


class Voice(Protocol):
    """Says facts in persona."""

    async def say(self, question: str, facts: str, *, language: Language) -> Spoken:
        """Return the reply to a question whose answer is ``facts``, which may be empty."""
        ...


def voice_of(answerer: Answerer, talker: Talker, manner: Manner) -> Voice:
    """Return the configured voice."""
    if isinstance(answerer, QuoteAnswerer):
        return WrappingVoice(wrapper=answerer.wrapper, talker=talker, manner=manner)
    return AnsweringVoice(answerer=answerer, talker=talker, manner=manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappingVoice:
    """A small model's: the facts are wrapped as a quotation is."""

    wrapper: Wrapper
    talker: Talker
    manner: Manner

    async def say(self, question: str, facts: str, *, language: Language) -> Spoken:
        """Return the wrapped facts, or small talk where there are none."""
        if not facts:
            return await talked(self.talker, question, language=language, manner=self.manner)
        wrapped = await self.wrapper.wrap(
            question=question, facts=facts, language=language, manner=self.manner
        )
        return Spoken(
            text=wrapped.text,
            model=self.wrapper.chat.name,
            own=wrapped.faithful,
            stock=not wrapped.faithful and wrapped.text != facts,
            verbatim=wrapped.verbatim,
            usage=wrapped.usage,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringVoice:
    """A capable model's: it answers from passages that hold the facts."""

    answerer: Answerer
    talker: Talker
    manner: Manner

    async def say(self, question: str, facts: str, *, language: Language) -> Spoken:
        """Return the answer, or small talk where there are no facts."""
        if not facts:
            return await talked(self.talker, question, language=language, manner=self.manner)
        answer: Answer | None = None
        passages = tuple(passages_of(facts))
        stream = self.answerer.stream(question, passages, language=language, manner=self.manner)
        async with aclosing(stream) as updates:
            async for update in updates:
                answer = update.answer
        return _spoken(answer)


async def talked(talker: Talker, message: str, *, language: Language, manner: Manner) -> Spoken:
    """Return small talk about a message."""
    answer: Answer | None = None
    stream = talker.stream(message, (), history=(), language=language, manner=manner)
    async with aclosing(stream) as updates:
        async for update in updates:
            answer = update.answer
    return _spoken(answer)


def passages_of(facts: str) -> Iterator[Passage]:
    """Yield the passages that facts with their ``[n]`` would have come from, one a number."""
    pieces: dict[int, list[str]] = {}
    for piece in _PIECE.finditer(facts):
        pieces.setdefault(int(piece["n"]), []).append(piece["text"].strip())
    for n, texts in sorted((pieces or {1: [facts]}).items()):
        yield Passage(
            chunk_id=ChunkId(n),
            document_id=DocumentId(n),
            title=f"Document {n}",
            heading=(),
            text=" ".join(texts),
            source=f"document-{n}",
            score=1.0,
        )


def _spoken(answer: Answer | None) -> Spoken:
    if answer is None:
        raise AssertionError("the answer ended without its last update")
    return Spoken(text=answer.text, model=answer.model, own=answer.answered, usage=answer.usage)
