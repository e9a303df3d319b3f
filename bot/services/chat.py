"""Chat: conversation in persona, one message after the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakValueDictionary

from bot import language
from bot.errors import MarvError
from bot.models import ChatMessage, Language, Turn, TurnId, TurnKind
from bot.paying import paying
from bot.ports import TurnLog
from bot.services.answering import AnswerUpdate, Talker, in_any_case
from bot.services.manners import Manner, Manners
from bot.services.memory import Memory, Place, Recollection
from bot.services.routing import Course, Routing
from bot.services.search import Search
from bot.services.turns import Asker, Progress, Recorder, checked
from bot.usage import Payer

log = logging.getLogger(__name__)

REFERENCES = 3  # passages a chat may draw on


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Talks with members; within one conversation, in the order in which they spoke."""

    search: Search
    talker: Talker
    log: TurnLog
    memory: Memory
    recorder: Recorder
    manners: Manners
    routing: Routing
    queues: WeakValueDictionary[Hashable, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    condensing: set[asyncio.Task[None]] = field(default_factory=set)

    def reply(
        self,
        asker: Asker,
        message: str,
        *,
        parent_id: TurnId | None = None,
        place: Place | None = None,
        stop: asyncio.Event | None = None,
    ) -> AsyncGenerator[Progress, None]:
        """Yield the reply as it grows; the last one is logged and final.

        ``parent_id`` is the turn that the message replies to; without one, the
        conversation at ``place`` goes on, and without a place a new one begins.
        ``stop`` ends the reply where it stands. Raises what ``Ask.ask`` raises.
        """
        return self._reply(asker, checked(message), parent_id, place, stop)

    async def turn_of(self, message_id: int) -> Turn | None:
        """Return the turn that a message of Marv's showed, if it is one."""
        return await self.log.by_message(message_id)

    async def edited(self, turn: Turn, text: str) -> None:
        """Remember a question as its author left it; words that are blocked take all with them."""
        if (await self.recorder.moderation.judge(turn.guild_id, text)).blocked:
            await self.memory.log.drop_words(turn.id)
        else:
            await self.memory.log.set_question(turn.id, text)

    async def _reply(
        self,
        asker: Asker,
        message: str,
        parent_id: TurnId | None,
        place: Place | None,
        stop: asyncio.Event | None,
    ) -> AsyncGenerator[Progress, None]:
        spoken = language.detect(message, otherwise=asker.locale)
        conversation = self._one_after_the_other(parent_id or place or asker.author_id)
        async with conversation, self.recorder.turnstile.passed():
            if parent_id is None and place is not None:
                parent_id = await self.memory.latest(place)
            recollection = await self.memory.recall(asker.guild_id, parent_id)
            manner = await self.manners.of(asker.guild_id, asker.settings_channel_id, message)
            updates = self.recorder.follow(
                self._updates(asker, message, recollection.messages(spoken), spoken, manner),
                asker,
                message,
                kind=TurnKind.CHAT,
                manner=manner,
                parent_id=parent_id,
                stop=stop,
            )
            async with aclosing(updates):
                async for update in updates:
                    yield update
        self._condense(asker.guild_id, recollection, spoken)

    def rehearse(
        self, asker: Asker, message: str, *, manner: Manner
    ) -> AsyncGenerator[Progress, None]:
        """Yield how a manner replies to a message, of which no trace is left.

        Raises what ``reply`` raises.
        """
        message = checked(message)
        spoken = language.detect(message, otherwise=asker.locale)
        return self.recorder.rehearse(
            self._updates(asker, message, (), spoken, manner, routed=False), asker
        )

    def _updates(
        self,
        asker: Asker,
        message: str,
        history: Sequence[ChatMessage],
        spoken: Language,
        manner: Manner,
        *,
        routed: bool = True,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        written = self._written(asker, message, history, spoken, manner, routed=routed)
        return in_any_case(written, manner, question=message, language=spoken)

    async def _written(
        self,
        asker: Asker,
        message: str,
        history: Sequence[ChatMessage],
        spoken: Language,
        manner: Manner,
        *,
        routed: bool,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        searching = partial(
            self.search.consult,
            asker.guild_id,
            message,
            viewer=asker.viewer,
            limit=REFERENCES,
            embed_anyway=routed and await self.routing.wanted(asker.guild_id),
        )
        found, verdict = await self.recorder.admitted(asker, message, searching)
        course = Course(manner=self.manners.after(verdict, manner))
        if routed:
            course = await self.routing.course(asker, course.manner, found.vector)
        words_only = self.search.words_only
        stream = self.talker.stream(
            message, found.passages, history=history, language=spoken, manner=course.manner
        )
        async with aclosing(stream) as updates:
            async for update in updates:
                yield update.found(course.manner, words_only=words_only, elsewhere=course.elsewhere)

    @asynccontextmanager
    async def _one_after_the_other(self, conversation: Hashable) -> AsyncIterator[None]:
        lock = self.queues.setdefault(conversation, asyncio.Lock())
        async with lock:
            yield

    def _condense(self, guild_id: int, recollection: Recollection, spoken: Language) -> None:
        """Write the summary beside the conversation: nobody waits for it."""
        if not recollection.fallen:
            return
        task = asyncio.create_task(self._condensed(guild_id, recollection, spoken), name="summary")
        self.condensing.add(task)
        task.add_done_callback(self.condensing.discard)

    async def _condensed(self, guild_id: int, recollection: Recollection, spoken: Language) -> None:
        try:
            with paying(Payer(guild_id=guild_id)):
                await self.memory.condense(recollection, language=spoken)
        except MarvError as error:
            log.warning("No summary this time, the next turn tries again: %s", error)
