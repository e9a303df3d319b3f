"""How much an answer sounds like the hand-written examples, by its words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.services.evaluation.matching import tokens

SMOOTHING = 1.0  # added to each count (Laplace)


@dataclass(frozen=True, slots=True)
class RemarkScorer:
    """Fulfils ``PersonaScorer``: naive Bayes, remarks against facts and questions.

    A score is the mean of the log odds of an answer's words, in nats a word; above 0 it
    sounds rather like a remark. Words that were never seen count nothing.
    """

    odds: dict[str, float]

    @classmethod
    def of(cls, remarks: Iterable[str], plain: Iterable[str]) -> RemarkScorer:
        """Learn from remarks of the persona, and from texts that are nobody's voice."""
        said = Counter(word for text in remarks for word in tokens(text))
        told = Counter(word for text in plain for word in tokens(text))
        words = said.keys() | told.keys()
        totals = [each.total() + SMOOTHING * len(words) for each in (said, told)]
        return cls(
            {
                word: math.log((said[word] + SMOOTHING) / totals[0])
                - math.log((told[word] + SMOOTHING) / totals[1])
                for word in words
            }
        )

    def scores(self, answers: Sequence[str]) -> Sequence[float]:
        """Return one score an answer, in order."""
        return [self._score(answer) for answer in answers]

    def _score(self, answer: str) -> float:
        known = [self.odds[word] for word in tokens(answer) if word in self.odds]
        return sum(known) / len(known) if known else 0.0
