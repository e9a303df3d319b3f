"""Checks how varied answers are: distinct-2, self-BLEU, and by meaning the Vendi score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.findings import Finding
from bot.ports.models import Vectors
from bot.services.checks.examples import Example
from bot.services.checks.rules import found
from bot.services.evaluation.matching import tokens
from bot.services.evaluation.persona import distinct_2

SAMPLE = 500  # answers that are compared with each other, evenly over a file of any length
FEWEST = 20
REPEATING = 0.25  # distinct-2 of the sample
WORDED_ALIKE = 0.75  # self-BLEU-3
KINDS = 0.1  # Vendi score over the number of examples
MEANING_SAMPLE = 1000  # examples that are embedded
SURELY_UNRELATED = 0.9999  # quantile of pairs by chance that a likeness must exceed
LEAST_LIKENESS = 0.9  # of centred vectors, whatever the quantile is


@dataclass(slots=True)
class Sample:
    """Keeps some of a stream, evenly: each time it is full, every other one goes."""

    size: int
    kept: list[Example] = field(default_factory=list)
    every: int = 1
    seen: int = 0

    def take(self, example: Example) -> None:
        """See one more."""
        if self.seen % self.every == 0:
            self.kept.append(example)
            if len(self.kept) > 2 * self.size:
                self.kept = self.kept[::2]
                self.every *= 2
        self.seen += 1

    def evenly(self) -> list[Example]:
        """Return at most ``size`` of them."""
        step = max(1, math.ceil(len(self.kept) / self.size))
        return self.kept[::step]


@dataclass(slots=True)
class DiversityCheck:
    """Compares a sample of the answers with each other."""

    sample: Sample = field(default_factory=lambda: Sample(SAMPLE))
    distinct: float | None = None
    bleu: float | None = None

    def see(self, example: Example) -> Iterator[Finding]:
        """Take note of an answer."""
        self.sample.take(example)
        return iter(())

    def finish(self) -> Iterator[Finding]:
        """Yield what repeats."""
        answers = [example.answer for example in self.sample.evenly()]
        self.distinct, self.bleu = distinct_2(answers), self_bleu(answers)
        if len(answers) < FEWEST:
            return
        if self.distinct is not None and self.distinct < REPEATING:
            yield found("diversity.distinct-2", "distinct-2 is {value}", value=self.distinct)
        if self.bleu is not None and self.bleu > WORDED_ALIKE:
            yield found("diversity.self-bleu", "self-BLEU is {value}", value=self.bleu)

    def statistics(self) -> dict[str, object]:
        """Return the measures of the sample."""
        return {
            "sampled": len(self.sample.evenly()),
            "distinct_2": self.distinct,
            "self_bleu_3": self.bleu,
        }


def self_bleu(texts: Sequence[str]) -> float | None:
    """Return the mean BLEU-3 of each text against all others (Zhu et al. 2018, "Texygen")."""
    split = [tokens(text) for text in texts]
    split = [words for words in split if len(words) >= 3]
    if len(split) < 2:
        return None
    logs = np.zeros(len(split))
    for n in (1, 2, 3):
        grams = [_grams(words, n) for words in split]
        logs += np.log(_clipped(grams))
    return round(float(np.mean(np.exp(logs / 3))), 4)


def _grams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def _clipped(grams: Sequence[Counter[tuple[str, ...]]]) -> list[float]:
    """Return the modified precision of each text, its counts clipped by the others' greatest."""
    most: dict[tuple[str, ...], tuple[int, int, int]] = {}  # greatest, whose, second greatest
    for owner, counts in enumerate(grams):
        for gram, count in counts.items():
            first, whose, second = most.get(gram, (0, -1, 0))
            if count > first:
                most[gram] = (count, owner, first)
            else:
                most[gram] = (first, whose, max(second, count))
    precisions = []
    for owner, counts in enumerate(grams):
        shared = 0
        for gram, count in counts.items():
            first, whose, second = most[gram]
            shared += min(count, second if whose == owner else first)
        precisions.append(max(shared, 0.1) / counts.total())
    return precisions


def centred(vectors: Vectors) -> Vectors:
    """Return vectors less their mean, at length 1: thresholds mean the same for every model."""
    moved = vectors - vectors.mean(axis=0, keepdims=True)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(lengths > 1e-6, lengths, 1.0), dtype=np.float32)


def vendi_score(vectors: Vectors) -> float:
    """Return how many kinds there are: exp of the eigenvalues' entropy (Friedman & Dieng 2023)."""
    eigenvalues = np.linalg.eigvalsh(vectors.T.astype(np.float64) @ vectors / len(vectors))
    positive = eigenvalues[eigenvalues > 1e-12]
    positive = positive / positive.sum()
    return float(np.exp(-np.sum(positive * np.log(positive))))


def meaning_findings(
    examples: Sequence[Example], vectors: Vectors
) -> tuple[list[Finding], dict[str, object]]:
    """Return what vectors of examples show: the same meaning again, and how many kinds."""
    if len(examples) < FEWEST:
        return [], {"sampled": len(examples)}
    moved = centred(vectors)
    alike = moved @ moved.T
    upper = np.triu_indices(len(moved), 1)
    threshold = max(LEAST_LIKENESS, float(np.quantile(alike[upper], SURELY_UNRELATED)))
    findings = []
    for second in range(1, len(moved)):
        first = int(np.argmax(alike[second, :second]))
        if alike[second, first] > threshold:
            findings.append(
                found(
                    "duplicates.meaning",
                    "as line {other}: {likeness:.2f}",
                    line=examples[second].line,
                    column=1,
                    other=examples[first].line,
                    likeness=alike[second, first],
                )
            )
    vendi = vendi_score(moved)
    if vendi < KINDS * min(len(examples), moved.shape[1]):
        template = "{kinds:.1f} kinds in {count} examples"
        findings.append(found("diversity.vendi", template, kinds=vendi, count=len(examples)))
    statistics: dict[str, object] = {
        "sampled": len(examples),
        "vendi_score": round(vendi, 1),
        "threshold": round(threshold, 4),
    }
    return findings, statistics
