"""Checks a training file from its bytes to its meaning, in one pass and bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.findings import Finding, Report
from bot.ports import Embedder, TokenCounter
from bot.services.checks.balance import BalanceCheck
from bot.services.checks.consistency import ConsistencyCheck, PersonaScorer
from bot.services.checks.diversity import (
    MEANING_SAMPLE,
    DiversityCheck,
    Sample,
    meaning_findings,
)
from bot.services.checks.duplicates import DuplicateCheck, OtherSet
from bot.services.checks.examples import Example, read_example, shape_of
from bot.services.checks.legacy import LegacyCheck
from bot.services.checks.lines import JsonLines
from bot.services.checks.operations import TrainedBefore, model_findings, trained_findings
from bot.services.checks.privacy import PrivacyCheck, provenance_findings
from bot.services.checks.rules import Findings, found
from bot.services.checks.schema import SchemaCheck
from bot.services.checks.size import NOTEBOOK_LIMIT, SizeCheck
from bot.services.redaction.redactor import Redactor

BATCH = 64  # texts that are embedded at once
WIDEST = 4000  # characters of a text that are embedded


class ExampleCheck(Protocol):
    """A family that reads well-formed examples."""

    def see(self, example: Example) -> Iterator[Finding]:
        """Yield what is to be said of one."""
        ...

    def finish(self) -> Iterator[Finding]:
        """Yield what is to be said of all."""
        ...


class MeasuredCheck(ExampleCheck, Protocol):
    """One that has figures too."""

    def statistics(self) -> dict[str, object]:
        """Return them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to check a file for.

    ``left_out`` counts by reason what the log kept back, for a file straight from it;
    ``authors`` says by line whose question it is.
    """

    path: Path
    validation: Path | None = None
    golden: Path | None = None
    model: str = ""
    epochs: int | None = None
    left_out: Mapping[str, int] | None = None
    authors: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Pass:
    """One reading of a file."""

    lines: JsonLines
    findings: Findings
    schema: SchemaCheck
    size: SizeCheck
    notebook: SizeCheck
    families: Mapping[str, MeasuredCheck]
    legacy: LegacyCheck = field(default_factory=LegacyCheck)
    meant: Sample = field(default_factory=lambda: Sample(MEANING_SAMPLE))

    def read(self) -> None:
        """Read the file from its first line to its last."""
        checks: list[ExampleCheck] = [self.size, self.legacy, *self.families.values()]
        for line in self.lines:
            self.findings.add(line.findings)
            errors = self.findings.add(self.schema.look(line))
            if line.value is None or (shape := shape_of(line.value)) is None or errors:
                example = None
            else:
                example = read_example(line.value, shape, line=line.number)
            if example is not None:
                for check in checks:
                    self.findings.add(check.see(example))
                for _ in self.notebook.see(example):
                    continue  # its limit is history; only its figures are of interest
                self.meant.take(example)
        self.findings.add(self.lines.finish())
        for check in checks:
            self.findings.add(check.finish())

    def statistics(self) -> dict[str, object]:
        """Return the figures of every family."""
        return {
            "file": {
                "lines": self.lines.lines,
                "bytes": self.lines.size,
                "sha256": self.lines.sha256,
                "form": self.schema.shape.value if self.schema.shape else None,
            },
            "size": self.size.statistics(),
            "notebook": self.notebook.statistics(),
            **{name: family.statistics() for name, family in self.families.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCheck:
    """Checks training files; without an embedder, meaning is not looked at.

    ``counter_of`` gives the token counter of a model; ``trained`` what ran before.
    """

    counter_of: CounterOf
    embedder: Embedder | None = None
    scorer: PersonaScorer | None = None
    trained: TrainedBefore | None = None
    redactor: Redactor = field(default_factory=Redactor)

    async def check(self, question: Question) -> Report:
        """Return everything there is to say of a file; raises OSError where there is none."""
        reading = await asyncio.to_thread(self._read, question)
        statistics = reading.statistics()
        sha256 = reading.lines.sha256
        findings = reading.findings
        findings.add(provenance_findings(question.path, sha256, question.left_out))
        findings.add(model_findings(question.model, datetime.now(UTC).date()))
        findings.add(await trained_findings(sha256, self.trained))
        if self.embedder is not None:
            statistics["meaning"] = await self._meaning(self.embedder, reading)
        return findings.report(statistics)

    def _read(self, question: Question) -> _Pass:
        findings = Findings()
        others = []
        for id_, path in (("validation", question.validation), ("golden", question.golden)):
            if path is not None:
                others.append(_other(f"duplicates.{id_}", path, findings))
        reading = _Pass(
            lines=JsonLines(question.path),
            findings=findings,
            schema=SchemaCheck(),
            size=SizeCheck(
                self.counter_of(question.model), model=question.model, epochs=question.epochs
            ),
            notebook=SizeCheck(self.counter_of(NOTEBOOK_MODEL), limit=NOTEBOOK_LIMIT),
            families={
                "duplicates": DuplicateCheck(others=tuple(others)),
                "balance": BalanceCheck(authors=question.authors),
                "diversity": DiversityCheck(),
                "consistency": ConsistencyCheck(scorer=self.scorer),
                "privacy": PrivacyCheck(redactor=self.redactor),
            },
        )
        reading.read()
        return reading

    async def _meaning(self, embedder: Embedder, reading: _Pass) -> dict[str, object]:
        import numpy as np

        examples = reading.meant.evenly()
        texts = [f"{each.question}\n{each.answer}".strip()[:WIDEST] or "-" for each in examples]
        if not texts:
            return {"sampled": 0}
        batches = [
            await embedder.embed_documents(texts[start : start + BATCH])
            for start in range(0, len(texts), BATCH)
        ]
        found_, statistics = await asyncio.to_thread(
            meaning_findings, examples, np.concatenate(batches)
        )
        reading.findings.add(found_)
        return statistics


class CounterOf(Protocol):
    """Gives the token counter of a model."""

    def __call__(self, model: str) -> TokenCounter:
        """Return it."""
        ...


NOTEBOOK_MODEL = "gpt-3.5-turbo"  # whose vocabulary the notebook counted with


def _other(id_: str, path: Path, findings: Findings) -> OtherSet:
    unread = 0

    def examples() -> Iterator[Example]:
        nonlocal unread
        for line in JsonLines(path):
            shape = None if line.value is None else shape_of(line.value)
            example = (
                read_example(line.value, shape, line=line.number)
                if line.value is not None and shape is not None
                else None
            )
            if example is None:
                unread += 1
            else:
                yield example

    other = OtherSet.of(id_, examples())
    if unread:
        template = "{name}: {count} lines"
        findings.add([found("duplicates.other-file", template, name=path.name, count=unread)])
    return other
