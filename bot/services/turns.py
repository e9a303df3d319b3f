"""Turns: a member's words in, updates out, and the log written before an answer is final."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot import language, paying, tracing
from bot.audience import Viewer
from bot.errors import EmptyQuestion, TooLong
from bot.faults.moderation import WordsBlocked, refusal
from bot.models import Answer, Language, Provenance, TurnDraft, TurnId, TurnKind
from bot.moderation import FINISH_REASON, Blocked, Side, Verdict
from bot.ports import TurnLog
from bot.services.answering import AnswerUpdate
from bot.services.manners import Manner, Manners
from bot.services.moderating import Moderation
from bot.services.safety import Shield, shield_for
from bot.services.turnstile import Turnstile
from bot.topics import Topic
from bot.usage import Payer, PriceTable

T = TypeVar("T")

MAX_QUESTION_CHARACTERS = 2000
CITATION_MARK = re.compile(r" ?\[\d{1,2}\]")
UNKNOWN = Shield()  # of a text that is still being written: what it will cite is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, by which door, and whose eyes the answer meets.

    ``message_id`` is the message that asks, where it is one.
    ``private`` says that nobody but the asker sees the answer;
    ``audience_channel_id`` is the channel whose readers see it, for a thread its parent.
    ``unasked`` says that nobody spoke to Marv: what is blocked is met with silence.
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
    unasked: bool = False

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
    """Passes an answer on as it grows, made safe to send, and logs it before it is final.

    Every door's words go in by ``admitted`` and come out by ``follow``: both moderate.
    What models do for it is charged to the asker.
    """

    log: TurnLog
    moderation: Moderation
    model: str = ""
    prices: PriceTable = field(default_factory=PriceTable)
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

        Once ``stop`` is set, what stands so far is the answer. Whoever calls has
        passed the turnstile. Raises WordsBlocked once that is logged.
        """
        log = _Log(self, asker, question, kind, manner, parent_id)
        payer = Payer(guild_id=asker.guild_id, member_id=asker.author_id)
        updates = paying.charged(updates, payer)
        if stop is not None:
            spoken = language.detect(question, otherwise=asker.locale)
            updates = _stoppable(updates, stop, language=spoken, model=self.model)
        async with aclosing(updates):
            try:
                async for progress in self._moderated(updates, log):
                    yield progress
            except WordsBlocked as error:
                await log.refused(error)
                raise

    async def screened(
        self, asker: Asker, question: str, *, kind: TurnKind, manners: Manners
    ) -> None:
        """Refuse what the rules block, for doors that can still answer the asker alone.

        Raises WordsBlocked once that is logged.
        """
        try:
            await self.moderation.screen(asker.guild_id, question)
        except WordsBlocked as error:
            manner = await manners.of(asker.guild_id, asker.settings_channel_id, question)
            await _Log(self, asker, question, kind, manner).refused(error)
            raise

    async def admitted(
        self, asker: Asker, question: str, work: Callable[[], Coroutine[Any, Any, T]]
    ) -> tuple[T, Verdict]:
        """Return what ``work`` finds while a member's words are judged, and the verdict on them.

        Raises WordsBlocked, and what the work raises.
        """
        return await self.moderation.admit_beside(asker.guild_id, question, work)

    async def _moderated(
        self, updates: AsyncGenerator[AnswerUpdate, None], log: _Log
    ) -> AsyncGenerator[Progress, None]:
        """Yield previews that the rules let through, then the answer or what stands in its place.

        Raises WordsBlocked for a question that was stopped before it was judged.
        """
        asker = log.asker
        previews = await self.moderation.previews(asker.guild_id)
        async for update in updates:
            if update.answer is None:
                text = UNKNOWN.clean_unfinished(update.text)
                if previews.may_show(text):
                    yield Progress(text=text)
                continue
            if update.answer.finish_reason == "stopped":
                await self.moderation.admit(asker.guild_id, log.question)
            answer, blocked = await self._presentable(update.answer, asker)
            if blocked and asker.unasked:
                return
            turn_id = await log.write(answer, blocked, spoken=update.manner)
            tracing.note_work()
            yield Progress(text=answer.text, answer=answer, turn_id=turn_id)

    async def _presentable(self, answer: Answer, asker: Asker) -> tuple[Answer, Blocked | None]:
        """Return an answer as it may be sent, or what stands in its place and why."""
        answer = shielded(answer)
        if answer.finish_reason == "abstained":  # the text is Marv's own
            return answer, None
        verdict = await self.moderation.judge(asker.guild_id, answer.text)
        if not verdict.blocked:
            return answer, None
        return _withheld(answer, verdict), Blocked.by(verdict, Side.OUTPUT)

    async def rehearse(
        self, updates: AsyncGenerator[AnswerUpdate, None], asker: Asker
    ) -> AsyncGenerator[Progress, None]:
        """Yield the answer made safe to send, and leave no trace of it; raises TooBusy."""
        async with self.turnstile.passed(), aclosing(updates):
            async for update in updates:
                if update.answer is not None:
                    answer, _ = await self._presentable(update.answer, asker)
                    yield Progress(text=answer.text, answer=answer)

    async def delivered(self, turn_id: TurnId, message_id: int) -> None:
        """Remember which message shows a turn, so that a reply to it continues there."""
        await self.log.set_message(turn_id, message_id)


@dataclass(frozen=True, slots=True)
class _Log:
    """Writes the turn that one question becomes."""

    recorder: Recorder
    asker: Asker
    question: str
    kind: TurnKind
    manner: Manner
    parent_id: TurnId | None = None
    started: float = field(default_factory=time.perf_counter)

    async def write(
        self, answer: Answer, blocked: Blocked | None = None, *, spoken: Manner | None = None
    ) -> TurnId:
        """Log the turn and return its id once it is durable; of a blocked one, no text.

        ``spoken`` is the manner that the answer turned out to be spoken in.
        """
        asker, manner = self.asker, spoken or self.manner
        draft = TurnDraft(
            guild_id=asker.guild_id,
            channel_id=asker.channel_id,
            author_id=asker.author_id,
            kind=self.kind,
            provenance=asker.provenance,
            question="" if blocked else self.question,
            answer=replace(answer, text="") if blocked else answer,
            persona=manner.persona.name,
            persona_version=manner.persona.version,
            sarcasm=manner.sarcasm,
            topic=None if blocked else answer.topic or manner.topic,
            latency_seconds=time.perf_counter() - self.started,
            cost_usd=self.recorder.prices.usd(answer.model, answer.usage),
            private=asker.private,
            audience_channel_id=asker.audience_channel_id,
            asked_message_id=asker.message_id,
            parent_id=self.parent_id,
            blocked=blocked,
        )
        return await self.recorder.log.add(draft)

    async def refused(self, error: WordsBlocked) -> None:
        """Log that a member's words were blocked, and for what; not where nobody spoke to Marv.

        Who is in a crisis is told by the error where there is help.
        """
        if self.manner.topic is Topic.CRISIS:
            error.where_help_is = self.manner.help
        if not self.asker.unasked:
            spoken = language.detect(self.question, otherwise=self.asker.locale)
            nothing = Answer(text="", answered=False, language=spoken, finish_reason=FINISH_REASON)
            await self.write(nothing, Blocked.by(error.verdict, Side.INPUT))


async def _stoppable(
    updates: AsyncGenerator[AnswerUpdate, None],
    stop: asyncio.Event,
    *,
    language: Language,
    model: str,
) -> AsyncGenerator[AnswerUpdate, None]:
    """Yield updates until ``stop`` is set, then what stands as an answer without sources."""
    text, manner = "", None
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
                text, manner = update.text, update.manner
                yield update
                if update.answer is not None:
                    return
        yield replace(_stopped(text, language=language, model=model), manner=manner)
    finally:
        stopping.cancel()


def _stopped(text: str, *, language: Language, model: str) -> AnswerUpdate:
    text = CITATION_MARK.sub("", text).strip()
    answer = Answer(
        text=text, answered=False, language=language, model=model, finish_reason="stopped"
    )
    return AnswerUpdate(text=text, answer=answer)


def _withheld(answer: Answer, verdict: Verdict) -> Answer:
    """Return what a member reads instead of an answer; what it cost stays known."""
    return Answer(
        text=refusal(verdict, answer.language),
        answered=False,
        language=answer.language,
        model=answer.model,
        finish_reason=FINISH_REASON,
        usage=answer.usage,
        help=answer.help,
    )


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
