"""Turns: a member's words in, updates out, and the log written before an answer is final."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot import language, tracing
from bot.audience import Viewer
from bot.errors import EmptyQuestion, TooLong
from bot.models import Answer, Language, Provenance, TurnDraft, TurnId, TurnKind
from bot.ports import TurnLog
from bot.services.answering import AnswerUpdate
from bot.services.manners import Manner
from bot.services.pricing import cost_usd
from bot.services.safety import Shield, shield_for
from bot.services.turnstile import Turnstile

MAX_QUESTION_CHARACTERS = 2000
CITATION_MARK = re.compile(r" ?\[\d{1,2}\]")
UNKNOWN = Shield()  # of a text that is still being written: what it will cite is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, by which door, and whose eyes the answer meets.

    ``message_id`` is the message that asks, where it is one.
    ``private`` says that nobody but the asker sees the answer;
    ``audience_channel_id`` is the channel whose readers see it, for a thread its parent.
    """

    guild_id: int
    channel_id: int
    author_id: int
    provenance: Provenance
    viewer: Viewer
    private: bool = False
    audience_channel_id: int | None = None
    locale: Language = Language.ENGLISH
    message_id: int | None = None

    @property
    def settings_channel_id(self) -> int:
        """Return the channel whose settings hold: a thread's are its parent's."""
        return self.audience_channel_id or self.channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The answer so far; ``turn_id`` and ``answer`` come with the last one."""

    text: str
    answer: Answer | None = None
    turn_id: TurnId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Passes an answer on as it grows, made safe to send, and logs it before it is final."""

    log: TurnLog
    model: str = ""
    turnstile: Turnstile = field(default_factory=Turnstile)

    async def follow(
        self,
        updates: AsyncGenerator[AnswerUpdate, None],
        asker: Asker,
        question: str,
        *,
        kind: TurnKind,
        manner: Manner,
        parent_id: TurnId | None = None,
        stop: asyncio.Event | None = None,
    ) -> AsyncGenerator[Progress, None]:
        """Yield each update; the last one is yielded once its turn is durable.

        Once ``stop`` is set, what stands so far is the answer. Raises TooBusy.
        """
        started = time.perf_counter()
        if stop is not None:
            spoken = language.detect(question, otherwise=asker.locale)
            updates = _stoppable(updates, stop, language=spoken, model=self.model)
        async with self.turnstile.passed(), aclosing(updates):
            async for update in updates:
                if update.answer is None:
                    yield Progress(text=UNKNOWN.clean_unfinished(update.text))
                    continue
                answer = shielded(update.answer)
                draft = self._draft(
                    asker,
                    question,
                    answer,
                    kind=kind,
                    manner=manner,
                    parent_id=parent_id,
                    latency_seconds=time.perf_counter() - started,
                )
                turn_id = await self.log.add(draft)
                tracing.note_work()
                yield Progress(text=answer.text, answer=answer, turn_id=turn_id)

    async def rehearse(
        self, updates: AsyncGenerator[AnswerUpdate, None]
    ) -> AsyncGenerator[Progress, None]:
        """Yield the answer made safe to send, and leave no trace of it; raises TooBusy."""
        async with self.turnstile.passed(), aclosing(updates):
            async for update in updates:
                if update.answer is not None:
                    answer = shielded(update.answer)
                    yield Progress(text=answer.text, answer=answer)

    async def delivered(self, turn_id: TurnId, message_id: int) -> None:
        """Remember which message shows a turn, so that a reply to it continues there."""
        await self.log.set_message(turn_id, message_id)

    def _draft(
        self,
        asker: Asker,
        question: str,
        answer: Answer,
        *,
        kind: TurnKind,
        manner: Manner,
        parent_id: TurnId | None,
        latency_seconds: float,
    ) -> TurnDraft:
        return TurnDraft(
            guild_id=asker.guild_id,
            channel_id=asker.channel_id,
            author_id=asker.author_id,
            kind=kind,
            provenance=asker.provenance,
            question=question,
            answer=answer,
            persona=manner.persona.name,
            persona_version=manner.persona.version,
            sarcasm=manner.sarcasm,
            topic=manner.topic,
            latency_seconds=latency_seconds,
            cost_usd=cost_usd(answer.model, answer.usage),
            private=asker.private,
            audience_channel_id=asker.audience_channel_id,
            asked_message_id=asker.message_id,
            parent_id=parent_id,
        )


async def _stoppable(
    updates: AsyncGenerator[AnswerUpdate, None],
    stop: asyncio.Event,
    *,
    language: Language,
    model: str,
) -> AsyncGenerator[AnswerUpdate, None]:
    """Yield updates until ``stop`` is set, then what stands as an answer without sources."""
    text = ""
    stopping = asyncio.create_task(stop.wait())
    try:
        async with aclosing(updates):
            while not stop.is_set():
                coming = asyncio.ensure_future(anext(updates, None))
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    await asyncio.wait({coming})
                    break
                if (update := coming.result()) is None:
                    return
                text = update.text
                yield update
                if update.answer is not None:
                    return
        yield _stopped(text, language=language, model=model)
    finally:
        stopping.cancel()


def _stopped(text: str, *, language: Language, model: str) -> AnswerUpdate:
    text = CITATION_MARK.sub("", text).strip()
    answer = Answer(
        text=text, answered=False, language=language, model=model, finish_reason="stopped"
    )
    return AnswerUpdate(text=text, answer=answer)


def shielded(answer: Answer) -> Answer:
    """Return an answer whose links lead to what it cites."""
    shield = shield_for((each.passage for each in answer.citations), answer.language)
    return replace(answer, text=shield.clean(answer.text))


def checked(question: str) -> str:
    """Return a question without the space around it, or raise EmptyQuestion or TooLong."""
    if not (question := question.strip()):
        raise EmptyQuestion
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise TooLong(MAX_QUESTION_CHARACTERS)
    return question
