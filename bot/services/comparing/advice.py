"""After a run: where the new model still fails, and what the next data set needs, in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.comparison import Automatic
from bot.dataset import Row, Split, VersionId
from bot.models import Language
from bot.ports.dataset import VersionReader
from bot.ports.promotion import ComparisonStore
from bot.services.comparing.automatic import ALL
from bot.services.comparing.trials import case_of
from bot.services.freezing.near import normalised
from bot.services.tuning.desk import TuningDesk
from bot.tuning import JobId, LossPoint, TuningJob

RISES = 1.02  # of the lowest validation loss: what is above it has begun to learn by heart
FALLS = 0.02  # of the validation loss in the last epoch: what falls more may fall on
SCARCE = 0.3  # of the larger language: fewer examples than this are few
FEW_REFUSALS = 0.05  # of the rows: OpenAI's guide asks for as many as are wanted of the model
MOST_SHOWN = 5


class Advice(StrEnum):
    """What a report may say; each has a text in both languages."""

    FEWER_EPOCHS = "fewer_epochs"
    MORE_EPOCHS = "more_epochs"
    EPOCHS_FIT = "epochs_fit"
    NO_VALIDATION = "no_validation"
    FACTS_LOST = "facts_lost"
    ANSWERS_ANYWAY = "answers_anyway"
    LANGUAGE_SCARCE = "language_scarce"
    FEW_REFUSALS = "few_refusals"
    FEW_OWN = "few_own"
    CONTRADICTIONS = "contradictions"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A piece of advice with its figures, and examples of what it is about."""

    advice: Advice
    values: Mapping[str, object]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is to be done next; ``language`` is the one whose review queue helps most."""

    job: TuningJob
    lines: tuple[Line, ...]
    language: Language | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "job": self.job.id,
            "model": self.job.fine_tuned_model,
            "advice": [
                {"id": line.advice, **line.values, "examples": list(line.examples)}
                for line in self.lines
            ],
            "review": self.language,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Adviser:
    """Reads a job's losses, its data and the newest comparison of its model."""

    tuning: TuningDesk
    comparisons: ComparisonStore
    versions: VersionReader

    async def report(self, guild_id: int, job_id: JobId) -> Report:
        """Return what is to be done next; raises JobUnknown and TuningFailed."""
        job = await self.tuning.job(guild_id, job_id)
        rows = await self._rows(job.version_id)
        measured = await self._measured(guild_id, job.fine_tuned_model)
        lines = [
            *on_epochs(await self.tuning.losses(job.id)),
            *on_figures(measured),
            *on_data(rows),
        ]
        return Report(job=job, lines=tuple(lines), language=_weaker(measured, rows))

    async def _rows(self, version_id: VersionId) -> list[Row]:
        return [row async for row in self.versions.rows(version_id, Split.TRAIN)]

    async def _measured(self, guild_id: int, model: str | None) -> Automatic | None:
        for comparison in await self.comparisons.comparisons(guild_id):
            if comparison.b == model:
                return comparison.automatic
        return None


def on_epochs(losses: Sequence[LossPoint]) -> list[Line]:
    """Say whether fewer or more epochs would do better, by the validation loss."""
    valid = [(point.step, point.valid) for point in losses if point.valid is not None]
    if len(valid) < 2:
        return [Line(advice=Advice.NO_VALIDATION, values={"points": len(valid)})]
    best_step, best = min(valid, key=lambda each: each[1])
    (_, before), (last_step, last) = valid[-2:]
    figures = {
        "best": round(best, 3),
        "best_step": best_step,
        "last": round(last, 3),
        "last_step": last_step,
    }
    if last > best * RISES:
        return [Line(advice=Advice.FEWER_EPOCHS, values=figures)]
    if before - last > FALLS * before:
        return [Line(advice=Advice.MORE_EPOCHS, values=figures)]
    return [Line(advice=Advice.EPOCHS_FIT, values=figures)]


def on_figures(measured: Automatic | None) -> list[Line]:
    """Say where the model still fails on the questions held back."""
    if measured is None:
        return [Line(advice=Advice.NOT_COMPARED, values={})]
    lines, figures = [], measured.b[ALL]
    if figures.facts.mean < 1:
        lost = round((1 - figures.facts.mean) * figures.cases)
        lines.append(
            Line(
                advice=Advice.FACTS_LOST,
                values={"lost": lost, "cases": figures.cases},
                examples=measured.failures[:MOST_SHOWN],
            )
        )
    if figures.refusals is not None and figures.refusals < 1:
        share = round(100 * (1 - figures.refusals))
        lines.append(Line(advice=Advice.ANSWERS_ANYWAY, values={"percent": share}))
    if figures.own < 1:
        lines.append(
            Line(advice=Advice.FEW_OWN, values={"percent": round(100 * (1 - figures.own))})
        )
    return lines


def on_data(rows: Sequence[Row]) -> list[Line]:
    """Say what kind of example is missing, and which rows contradict each other."""
    lines = []
    counts = Counter(row.language for row in rows)
    few = min(Language, key=lambda language: counts[language])
    most = max(counts.values(), default=0)
    if counts[few] < SCARCE * most:
        lines.append(
            Line(
                advice=Advice.LANGUAGE_SCARCE,
                values={"language": few.value, "rows": counts[few], "others": most},
            )
        )
    refusals = sum(not row.facts for row in rows)
    if refusals < FEW_REFUSALS * len(rows):
        lines.append(Line(advice=Advice.FEW_REFUSALS, values={"rows": refusals, "of": len(rows)}))
    if pairs := contradictions(rows):
        lines.append(
            Line(
                advice=Advice.CONTRADICTIONS,
                values={"questions": len(pairs)},
                examples=tuple(pairs[:MOST_SHOWN]),
            )
        )
    return lines


def contradictions(rows: Sequence[Row]) -> list[str]:
    """Return the questions that have different facts in different rows."""
    facts: defaultdict[str, set[str]] = defaultdict(set)
    asked: dict[str, str] = {}
    for row in rows:
        if (case := case_of(row)) is not None:
            key = normalised(case.question)
            asked.setdefault(key, case.question)
            facts[key].add(normalised(case.facts))
    return [asked[key] for key, known in facts.items() if len(known) > 1]


def _weaker(measured: Automatic | None, rows: Sequence[Row]) -> Language | None:
    """Return the language that the model keeps facts less well in, else the scarcer one."""
    if measured is not None:
        known = [each for each in Language if each.value in measured.b]
        kept = {each: measured.b[each.value].facts.mean for each in known}
        if len(set(kept.values())) > 1:
            return min(known, key=lambda each: kept[each])
    counts = Counter(row.language for row in rows)
    if len(set(counts.values())) > 1:
        return min(Language, key=lambda language: counts[language])
    return None
