"""How passages become an answer: by a model that can, or by quoting them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.models import Answer, ChatMessage, Citation, Language, Passage, TokenUsage

NEAREST = 3  # sources shown when the documents do not say


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUpdate:
    """A piece of progress: the text so far, and at the end the answer."""

    text: str
    answer: Answer | None = None

    def found(self, *, words_only: bool) -> AnswerUpdate:
        """Return the update with how the passages were found written into its answer."""
        if self.answer is None or not words_only:
            return self
        return replace(self, answer=replace(self.answer, words_only=True))


class Answerer(Protocol):
    """Answers a question from passages, or says that they do not."""

    def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield updates; the last one, and only that, carries the answer."""
        ...


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
class Quotation:
    """The best sentences of some passages, word for word, each with its ``[n]``."""

    facts: str
    citations: tuple[Citation, ...]
    confidence: float


class Quoter(Protocol):
    """Picks the sentences that answer a question."""

    async def quote(self, question: str, passages: Sequence[Passage]) -> Quotation | None:
        """Return a quotation, or None when the passages do not seem to answer."""
        ...


def abstention(
    text: str,
    passages: Sequence[Passage],
    *,
    language: Language,
    model: str,
    usage: TokenUsage | None = None,
) -> Answer:
    """Return the answer that admits to not knowing, with what came nearest."""
    return Answer(
        text=text,
        answered=False,
        language=language,
        nearest=tuple(passages[:NEAREST]),
        model=model,
        finish_reason="abstained",
        usage=usage or TokenUsage(),
    )
