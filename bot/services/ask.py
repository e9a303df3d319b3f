"""Ask: a question in, a grounded answer out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from bot import language
from bot.errors import LibraryEmpty, NothingFoundByWords
from bot.models import Language, TurnKind
from bot.services.answering import Answerer, AnswerUpdate
from bot.services.search import Search
from bot.services.turns import Asker, Progress, Recorder, checked

PASSAGES = 6  # that an answer is made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Answers questions from the library."""

    search: Search
    answerer: Answerer
    recorder: Recorder

    def ask(
        self, asker: Asker, question: str, *, stop: asyncio.Event | None = None
    ) -> AsyncGenerator[Progress, None]:
        """Yield the answer as it grows; the last one is logged and final.

        ``stop`` ends the answer where it stands.

        Raises EmptyQuestion, TooLong (2,000 characters), LibraryEmpty, and what the models
        and stores raise.
        """
        question = checked(question)
        spoken = language.detect(question, otherwise=asker.locale)
        updates = self._updates(asker, question, spoken)
        return self.recorder.follow(updates, asker, question, kind=TurnKind.ASK, stop=stop)

    def answer_if_sure(self, asker: Asker, question: str) -> AsyncGenerator[Progress, None]:
        """Yield an answer that the library gives; nothing, and no trace, where it gives none.

        For what was said to nobody in particular. Raises what ``ask`` raises,
        LibraryEmpty excepted.
        """
        question = checked(question)
        spoken = language.detect(question, otherwise=asker.locale)
        updates = self._sure(asker, question, spoken)
        return self.recorder.follow(updates, asker, question, kind=TurnKind.ASK)

    async def _sure(
        self, asker: Asker, question: str, spoken: Language
    ) -> AsyncGenerator[AnswerUpdate, None]:
        with contextlib.suppress(LibraryEmpty):
            async with aclosing(self._updates(asker, question, spoken)) as updates:
                async for update in updates:
                    if update.answer is not None and update.answer.answered:
                        yield update

    async def _updates(
        self, asker: Asker, question: str, spoken: Language
    ) -> AsyncGenerator[AnswerUpdate, None]:
        passages = await self.search.passages(
            asker.guild_id, question, viewer=asker.viewer, limit=PASSAGES
        )
        words_only = self.search.words_only
        if not passages:
            raise NothingFoundByWords if words_only else LibraryEmpty
        async with aclosing(self.answerer.stream(question, passages, language=spoken)) as updates:
            async for update in updates:
                yield update.found(words_only=words_only)
