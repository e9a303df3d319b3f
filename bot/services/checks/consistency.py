"""Checks that examples teach one thing: one system prompt, one voice, and no invented facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Protocol

import numpy as np

from bot.findings import Finding, Listing
from bot.services.checks.diversity import Sample
from bot.services.checks.examples import Example
from bot.services.checks.rules import found
from bot.services.claims import read_claims
from bot.services.grounding import marks_of

MOST_SYSTEMS = 200  # different ones that are told apart
NEARLY = 0.9  # likeness of two prompts of which one is a slip
FAR = 3.5  # modified z-score of an outlier (Iglewicz & Hoaglin 1993)
SCORED = 500  # answers
MOST_CLAIMS = 5  # that are named
_FACTS = re.compile(r"(?m)^(?:Facts|事実|Sources|資料):\s*(?P<facts>.+)\Z|<passage", re.DOTALL)


class PersonaScorer(Protocol):
    """Says how much answers sound like the persona."""

    def scores(self, answers: Sequence[str]) -> Sequence[float]:
        """Return one score an answer, in order."""
        ...


@dataclass(slots=True)
class ConsistencyCheck:
    """Counts system prompts and compares grounded answers with their facts."""

    scorer: PersonaScorer | None = None
    without: int = 0
    systems: Counter[str] = field(default_factory=Counter)
    first_lines: dict[str, int] = field(default_factory=dict)
    grounded: int = 0
    sample: Sample = field(default_factory=lambda: Sample(SCORED))

    def see(self, example: Example) -> Iterator[Finding]:
        """Take note of an example; yield what its facts do not say."""
        if example.system is None:
            self.without += 1
        elif example.system in self.systems or len(self.systems) < MOST_SYSTEMS:
            self.systems[example.system] += 1
            self.first_lines.setdefault(example.system, example.line)
        if self.scorer is not None:
            self.sample.take(example)
        yield from self._invented(example)

    def _invented(self, example: Example) -> Iterator[Finding]:
        prompt = f"{example.system or ''}\n{example.context}"
        if not (marks_of(example.answer) and _FACTS.search(prompt)):
            return
        self.grounded += 1
        known = set(marks_of(prompt)) | {int(n) for n in re.findall(r'passage n="(\d+)"', prompt)}
        strange = [n for n in marks_of(example.answer) if known and n not in known]
        if strange:
            yield found(
                "consistency.citation",
                "[{number}] is not in the prompt",
                line=example.line,
                column=1,
                number=strange[0],
            )
        missing = read_claims(example.answer).missing_from(read_claims(prompt), prompt)
        if missing:
            claims = Listing(tuple(missing[:MOST_CLAIMS]))
            yield found("consistency.facts", "{claims}", line=example.line, column=1, claims=claims)

    def finish(self) -> Iterator[Finding]:
        """Yield what differs over the file."""
        if self.without and self.systems:
            yield found("consistency.system", "{count} have none", count=self.without)
        if len(self.systems) > 1:
            yield found("consistency.systems", "{count} different ones", count=len(self.systems))
            usual, _ = self.systems.most_common(1)[0]
            for system in self.systems:
                if system != usual and _is_slip(system, usual):
                    at = self.first_lines[system]
                    yield found("consistency.rare-system", "line {at}", line=at, column=1, at=at)
        yield from self._voices()

    def _voices(self) -> Iterator[Finding]:
        examples = self.sample.evenly()
        if self.scorer is None or not examples:
            return
        scores = np.asarray(self.scorer.scores([example.answer for example in examples]))
        middle = np.median(scores)
        spread = np.median(np.abs(scores - middle))
        for example, score in zip(examples, scores, strict=True):
            if spread and 0.6745 * (middle - score) / spread > FAR:
                yield found(
                    "consistency.persona",
                    "score {score:.2f}; the middle is {middle:.2f}",
                    line=example.line,
                    column=1,
                    score=score,
                    middle=middle,
                )

    def statistics(self) -> dict[str, object]:
        """Return the counts."""
        return {
            "system_prompts": len(self.systems),
            "without_system": self.without,
            "grounded": self.grounded,
        }


def _is_slip(system: str, usual: str) -> bool:
    matcher = SequenceMatcher(None, system[:2000], usual[:2000], autojunk=False)
    return matcher.real_quick_ratio() > NEARLY and matcher.ratio() > NEARLY
