"""Answers for small models: the documents' own sentences, voiced by the persona."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from bot.models import Answer, Language, Passage
from bot.services.answering import AnswerUpdate, Quotation, Quoter, abstention
from bot.services.manners import Manner
from bot.services.wrapping import Wrapper


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAnswerer:
    """Quotes the passages and has the persona wrap the quotation; fulfils ``Answerer``."""

    quoter: Quoter
    wrapper: Wrapper

    async def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language, manner: Manner
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield the plain quotation, then the answer in persona."""
        model = self.wrapper.chat.name
        quotation = await self.quoter.quote(question, passages)
        if quotation is None:
            text = manner.dont_know(language, seed=question)
            answer = abstention(text, passages, language=language, model=model)
        else:
            yield AnswerUpdate(text=quotation.facts)
            answer = await voiced(
                self.wrapper, quotation, question=question, language=language, manner=manner
            )
        yield AnswerUpdate(text=answer.text, answer=answer)


async def voiced(
    wrapper: Wrapper,
    quotation: Quotation,
    *,
    question: str,
    language: Language,
    manner: Manner,
) -> Answer:
    """Return a quotation as the persona says it."""
    wrapped = await wrapper.wrap(
        question=question, facts=quotation.facts, language=language, manner=manner
    )
    return Answer(
        text=wrapped.text,
        answered=True,
        language=language,
        citations=quotation.citations,
        facts=quotation.facts,
        quoted=True,
        model=wrapper.chat.name,
        usage=wrapped.usage,
    )
