"""How passages become an answer: by a model that can, or by quoting them."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import MarvError
from bot.faults.moderation import WordsBlocked
from bot.models import Answer, ChatMessage, Citation, Language, Passage, TokenUsage
from bot.services.manners import Manner

log = logging.getLogger(__name__)

NEAREST = 3  # sources shown when the documents do not say


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUpdate:
    """A piece of progress: the text so far, and at the end the answer.

    ``manner`` is the one that it is spoken in, where it was chosen on the way.
    """

    text: str
    answer: Answer | None = None
    manner: Manner | None = None

    def found(
        self, manner: Manner, *, words_only: bool, elsewhere: int | None = None
    ) -> AnswerUpdate:
        """Return the update with how its passages were found, and where to find help and more."""
        if self.answer is None:
            return replace(self, manner=manner)
        answer = replace(
            self.answer,
            words_only=words_only,
            help=manner.help.get(self.answer.language, ""),
            topic=manner.topic,
            elsewhere=elsewhere,
        )
        return replace(self, answer=answer, manner=manner)


class Answerer(Protocol):
    """Answers a question from passages, or says that they do not."""

    def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language, manner: Manner
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
        manner: Manner,
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


async def in_any_case(
    updates: AsyncGenerator[AnswerUpdate, None],
    manner: Manner,
    *,
    question: str,
    language: Language,
) -> AsyncGenerator[AnswerUpdate, None]:
    """Yield updates; where they fail and it is serious, an answer that leads to help all the same.

    Somebody in need must not be told that an index is catching its breath.
    """
    try:
        async with aclosing(updates):
            async for update in updates:
                yield update
    except MarvError as error:
        if manner.topic is None or isinstance(error, WordsBlocked):
            raise
        log.warning("No answer to something serious, only where to find help: %s", error)
        text = manner.dont_know(language, seed=question)
        answer = abstention(text, (), language=language, model="")
        yield AnswerUpdate(text=text, answer=answer).found(manner, words_only=False)
