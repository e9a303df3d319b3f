"""Ask: a question in, a grounded answer out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from bot import language
from bot.errors import NothingFoundByWords
from bot.faults.library import LibraryEmpty
from bot.models import Language, TurnKind
from bot.services.answering import Answerer, AnswerUpdate, in_any_case
from bot.services.manners import Manner, Manners
from bot.services.routing import Routing
from bot.services.search import Search
from bot.services.turns import Asker, Progress, Recorder, checked

PASSAGES = 6  # that an answer is made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Answers questions from the library."""

    search: Search
    answerer: Answerer
    recorder: Recorder
    manners: Manners
    routing: Routing

    def ask(
        self, asker: Asker, question: str, *, stop: asyncio.Event | None = None
    ) -> AsyncGenerator[Progress, None]:
        """Yield the answer as it grows; the last one is logged and final.

        ``stop`` ends the answer where it stands.

        Raises EmptyQuestion, TooLong (2,000 characters), WordsBlocked, LibraryEmpty, and what
        the models and stores raise.
        """
        return self._answer(asker, checked(question), stop=stop)

    def answer_if_sure(self, asker: Asker, question: str) -> AsyncGenerator[Progress, None]:
        """Yield an answer that the library gives; nothing, and no trace, where it gives none.

        For what was said to nobody in particular. Raises what ``ask`` raises,
        LibraryEmpty excepted.
        """
        return self._answer(asker, checked(question), only_if_sure=True)

    async def _answer(
        self,
        asker: Asker,
        question: str,
        *,
        stop: asyncio.Event | None = None,
        only_if_sure: bool = False,
    ) -> AsyncGenerator[Progress, None]:
        spoken = language.detect(question, otherwise=asker.locale)
        # nothing is worked out for who waits, so that a rush is acknowledged first
        async with self.recorder.turnstile.passed():
            manner = await self.manners.of(asker.guild_id, asker.settings_channel_id, question)
            updates = in_any_case(
                self._updates(asker, question, spoken, manner),
                manner,
                question=question,
                language=spoken,
            )
            followed = self.recorder.follow(
                _sure(updates) if only_if_sure else updates,
                asker,
                question,
                kind=TurnKind.ASK,
                manner=manner,
                stop=stop,
            )
            async with aclosing(followed):
                async for progress in followed:
                    yield progress

    async def _updates(
        self, asker: Asker, question: str, spoken: Language, manner: Manner
    ) -> AsyncGenerator[AnswerUpdate, None]:
        searching = partial(
            self.search.consult, asker.guild_id, question, viewer=asker.viewer, limit=PASSAGES
        )
        found, verdict = await self.recorder.admitted(asker, question, searching)
        words_only = self.search.words_only
        if not found.passages:
            raise NothingFoundByWords if words_only else LibraryEmpty
        course = await self.routing.course(asker, self.manners.after(verdict, manner), found.vector)
        manner = course.manner
        stream = self.answerer.stream(question, found.passages, language=spoken, manner=manner)
        async with aclosing(stream) as updates:
            async for update in updates:
                yield update.found(manner, words_only=words_only, elsewhere=course.elsewhere)


async def _sure(
    updates: AsyncGenerator[AnswerUpdate, None],
) -> AsyncGenerator[AnswerUpdate, None]:
    """Yield the answer if it is one, else nothing."""
    with contextlib.suppress(LibraryEmpty):
        async with aclosing(updates):
            async for update in updates:
                if update.answer is not None and update.answer.answered:
                    yield update
