"""Turns: a member's words in, updates out, and the log written before an answer is final."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot import tracing
from bot.audience import Viewer
from bot.errors import EmptyQuestion, TooLong
from bot.models import Answer, Language, Persona, Provenance, TurnDraft, TurnId, TurnKind
from bot.ports import TurnLog
from bot.services.answering import AnswerUpdate
from bot.services.pricing import cost_usd
from bot.services.safety import Shield, shield_for

MAX_QUESTION_CHARACTERS = 2000
UNKNOWN = Shield()  # of a text that is still being written: what it will cite is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, by which door, and whose eyes the answer meets.

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
    persona: Persona

    async def follow(
        self,
        updates: AsyncGenerator[AnswerUpdate, None],
        asker: Asker,
        question: str,
        *,
        kind: TurnKind,
        parent_id: TurnId | None = None,
    ) -> AsyncGenerator[Progress, None]:
        """Yield each update; the last one is yielded once its turn is durable."""
        started = time.perf_counter()
        async with aclosing(updates):
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
                    parent_id=parent_id,
                    latency_seconds=time.perf_counter() - started,
                )
                turn_id = await self.log.add(draft)
                tracing.note_work()
                yield Progress(text=answer.text, answer=answer, turn_id=turn_id)

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
            persona=self.persona.name,
            persona_version=self.persona.version,
            latency_seconds=latency_seconds,
            cost_usd=cost_usd(answer.model, answer.usage),
            private=asker.private,
            audience_channel_id=asker.audience_channel_id,
            parent_id=parent_id,
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
