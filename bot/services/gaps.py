"""Gaps: what members asked and Marv could not answer, grouped by meaning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.audience import Audience, Viewer
from bot.errors import QuestionGone
from bot.faults.inquiry import InquiryClosed
from bot.inquiry import Inquiry, OpenQuestion, normalised
from bot.models import TurnId
from bot.paying import paying
from bot.ports import Clusterer, Embedder, OpenQuestionLog, Vectors
from bot.services.inquiries import Inquiries
from bot.services.keeping import Asked
from bot.services.search import Samples
from bot.usage import Payer

MOST_QUESTIONS = 500  # the newest, that are grouped
EMBEDDED_AT_ONCE = 100
ENOUGH_SAMPLES = 30  # of the library; the mean of fewer says more about them than about language


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Questions that mean the same; ``questions`` are those the viewer may read, typical first.

    ``private`` were asked privately: they are counted, and their text is shown to nobody.
    """

    questions: tuple[OpenQuestion, ...]
    private: int
    askers: int
    last_asked: datetime
    turn_ids: tuple[TurnId, ...]

    @property
    def count(self) -> int:
        """Return how often it was asked."""
        return len(self.turn_ids)

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Return whose eyes met the questions, the commonest channel first."""
        keys = [question.audience.key for question in self.questions]
        ordered = sorted(dict.fromkeys(keys), key=lambda key: -keys.count(key))
        return tuple(Audience.of_key(key) for key in ordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReport:
    """The gaps, the commonest first, and what could not be shown."""

    gaps: tuple[Gap, ...]
    private: int  # questions in groups of which nothing may be shown
    without_text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAnswer:
    """What staff say to a gap, and who may read it in the library."""

    question: str
    answer: str
    audience: Audience
    as_example: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Shows staff what the library lacks, and takes their answers."""

    log: OpenQuestionLog
    embedder: Embedder
    clusterer: Clusterer
    samples: Samples
    inquiries: Inquiries

    async def find(self, guild_id: int, *, viewer: Viewer) -> GapReport:
        """Return the gaps that a viewer may see.

        What was asked in a channel that the viewer may not read is left out
        and not counted. Of all others the newest 500 are grouped.
        """
        found = await self.log.open_questions(guild_id, limit=MOST_QUESTIONS)
        questions = [each for each in found.questions if each.private or viewer(each.audience)]
        vectors = await self._vectors(guild_id, questions)
        groups = await asyncio.to_thread(self.clusterer.groups, vectors)
        gaps = [_gap(_typical_first(rows, vectors), questions) for rows in groups]
        return GapReport(
            gaps=tuple(gap for gap in gaps if gap.questions),
            private=sum(gap.count for gap in gaps if not gap.questions),
            without_text=found.without_text,
        )

    async def answer(
        self, guild_id: int, gap: Gap, given: GapAnswer, *, by: int
    ) -> tuple[Inquiry, ...]:
        """Keep the staff's answer, settle the gap and return the inquiries to deliver it to."""
        keeping = self.inquiries.keeping
        await keeping.in_library(
            guild_id,
            f"answer:turn:{gap.questions[0].turn_id}",
            question=given.question,
            answer=given.answer,
            audience=given.audience,
            by=by,
            asked=_asked(gap, given.question),
        )
        if given.as_example:
            await keeping.as_example(
                guild_id,
                _asked(gap, given.question),
                question=given.question,
                answer=given.answer,
                by=by,
            )
        waiting = await self.inquiries.store.open_of_turns(guild_id, gap.turn_ids)
        closed = [each async for each in self._closed(waiting, given.answer, by)]
        await self.log.settle(guild_id, gap.turn_ids)
        return tuple(closed)

    async def _closed(
        self, waiting: Iterable[Inquiry], answer: str, by: int
    ) -> AsyncIterator[Inquiry]:
        for inquiry in waiting:
            try:
                yield await self.inquiries.answer(inquiry, answer, by=by)
            except (InquiryClosed, QuestionGone):
                continue  # answered or forgotten in the meantime

    async def _vectors(self, guild_id: int, questions: Sequence[OpenQuestion]) -> Vectors:
        """Return the questions' vectors, less what all texts of the library share."""
        space = self.embedder.space
        if not questions:
            return np.zeros((0, space.dimensions), dtype=np.float32)
        texts = [question.question for question in questions]
        with paying(Payer(guild_id=guild_id)):
            rows = [
                await self.embedder.embed_documents(texts[start : start + EMBEDDED_AT_ONCE])
                for start in range(0, len(texts), EMBEDDED_AT_ONCE)
            ]
        sample = await self.samples.of(guild_id, space)
        common = sample.mean(axis=0) if len(sample) >= ENOUGH_SAMPLES else np.float32(0)
        return np.concatenate(rows) - common


def _typical_first(rows: Sequence[int], vectors: Vectors) -> list[int]:
    """Return a group's rows, the closest to its centre first."""
    centre = vectors[list(rows)].mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1)
    closeness = {row: float(vectors[row] @ centre) / (float(lengths[row]) or 1.0) for row in rows}
    return sorted(rows, key=lambda row: (-closeness[row], row))


def _gap(rows: Sequence[int], questions: Sequence[OpenQuestion]) -> Gap:
    group = [questions[row] for row in rows]
    return Gap(
        questions=tuple(each for each in group if not each.private),
        private=sum(each.private for each in group),
        askers=len({each.author_id for each in group}),
        last_asked=max(each.created_at for each in group),
        turn_ids=tuple(each.turn_id for each in group),
    )


def _asked(gap: Gap, question: str) -> Asked:
    """Return whose words a question is, among those of a gap: the typical one's if nobody's."""
    first, *_ = (
        *(each for each in gap.questions if normalised(each.question) == normalised(question)),
        gap.questions[0],
    )
    return Asked(question=first.question, author_id=first.author_id, provenance=first.provenance)
