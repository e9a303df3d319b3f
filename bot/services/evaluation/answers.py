"""Measures answers: given when the corpus has them, and only then, and from the right place."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.audience import sees_everything
from bot.errors import EmptyQuestion, TooLong
from bot.models import Answer, Provenance
from bot.services.ask import Ask
from bot.services.evaluation.datasets import QUESTIONS, AnswerSet, EvalQuestion, UnusableSet
from bot.services.evaluation.filling import GUILD, Tell, fill
from bot.services.evaluation.matching import contains, exact, f1
from bot.services.evaluation.slots import MARK
from bot.services.evaluation.support import unsupported
from bot.services.ingest import Ingest
from bot.services.turns import Asker

_ASKER = Asker(
    guild_id=GUILD,
    channel_id=0,
    author_id=0,
    provenance=Provenance.SYNTHETIC,
    viewer=sees_everything,
)
_TELL_EVERY = 10  # questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What Marv made of a question."""

    question: EvalQuestion
    answer: Answer

    @property
    def stated(self) -> str:
        """Return the answer's facts without marks: the quotation, or a capable model's text."""
        return " ".join(MARK.sub(" ", self.with_marks).split())

    @property
    def with_marks(self) -> str:
        """Return what the answer states, with its ``[n]`` and without a quotation's remarks."""
        return self.answer.facts if self.answer.quoted else self.answer.text

    def holding(self) -> int:
        """Return how many citations lead to a passage that holds a gold answer."""
        gold = self.question.answers
        return sum(contains(each.passage.text, gold) for each in self.answer.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersResult:
    """The outcomes of one set."""

    dataset: str
    outcomes: Sequence[Outcome]
    model: str
    seconds: float

    def answered(self, label: str) -> dict[str, int]:
        """Return how many questions of a label were answered, and of how many."""
        return _answered(each for each in self.outcomes if each.question.label == label)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels of the set, in order of appearance."""
        return tuple(dict.fromkeys(each.question.label for each in self.outcomes))

    def as_json(self) -> dict[str, Any]:
        """Return the result as the command line's contract names it; no cases, no figure."""
        able = _answered(each for each in self.outcomes if each.question.answerable)
        unable = _answered(each for each in self.outcomes if not each.question.answerable)
        return {
            "dataset": self.dataset,
            "questions": len(self.outcomes),
            "answerable": able,
            "unanswerable": unable,
            "by_label": {label: self.answered(label) for label in self.labels},
            "false_answer_rate": _rate(unable["answered"], unable["total"]),
            "answer_rate": _rate(able["answered"], able["total"]),
            "confusion": {
                name: {
                    "answered": counts["answered"],
                    "abstained": counts["total"] - counts["answered"],
                }
                for name, counts in (("answerable", able), ("unanswerable", unable))
            },
            **self._quality(),
            "unsupported_sentences": self._unsupported(),
            "model": self.model,
            "seconds": round(self.seconds, 1),
        }

    def _quality(self) -> dict[str, Any]:
        """Return what answers are worth, over answered answerable questions with gold answers."""
        scored = [
            each
            for each in self.outcomes
            if each.question.answerable and each.question.answers and each.answer.answered
        ]
        citations = sum(len(each.answer.citations) for each in scored)
        return {
            "scored": len(scored),
            "exact": _mean(exact(each.stated, each.question.answers) for each in scored),
            "f1": _mean(f1(each.stated, each.question.answers) for each in scored),
            "contains": _mean(contains(each.stated, each.question.answers) for each in scored),
            "citation_precision": _rate(sum(each.holding() for each in scored), citations),
            "citation_recall": _mean(each.holding() > 0 for each in scored),
        }

    def _unsupported(self) -> float | None:
        counts = [
            unsupported(each.with_marks, each.answer.citations)
            for each in self.outcomes
            if each.answer.answered
        ]
        return _rate(sum(bad for bad, _ in counts), sum(total for _, total in counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersEvaluation:
    """Fills an empty library with a set's corpus and asks Marv the set's questions."""

    ingest: Ingest
    ask: Ask

    async def run(self, chosen: AnswerSet, *, tell: Tell) -> AnswersResult:
        """Measure one set; raises UnusableSet for what Marv does not take."""
        await fill(self.ingest, chosen.documents, tell=tell)
        started = time.perf_counter()
        outcomes: list[Outcome] = []
        for number, question in enumerate(chosen.questions):
            if number % _TELL_EVERY == 0:
                tell(f"question {number} of {len(chosen.questions)}")
            outcomes.append(Outcome(question=question, answer=await self._answer(question)))
        return AnswersResult(
            dataset=chosen.name,
            outcomes=outcomes,
            model=", ".join(sorted({each.answer.model for each in outcomes})),
            seconds=time.perf_counter() - started,
        )

    async def _answer(self, question: EvalQuestion) -> Answer:
        answer: Answer | None = None
        try:
            async with aclosing(self.ask.ask(_ASKER, question.text)) as updates:
                async for progress in updates:
                    answer = progress.answer
        except (EmptyQuestion, TooLong) as error:
            raise UnusableSet(
                f"{QUESTIONS}: Marv does not take the question {question.id} ({error});"
                " shorten it or leave it out"
            ) from error
        if answer is None:
            raise AssertionError("the answer ended without its last update")
        return answer


def _answered(outcomes: Iterable[Outcome]) -> dict[str, int]:
    given = [each.answer.answered for each in outcomes]
    return {"answered": sum(given), "total": len(given)}


def _rate(count: int, total: int) -> float | None:
    return round(count / total, 4) if total else None


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return round(fmean(known), 4) if known else None
