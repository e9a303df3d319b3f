"""Turns and examples as they may leave: without what the rules are certain of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from bot.inquiry import Example
from bot.models import Language, Turn
from bot.services.redaction.redactor import Redactor


@dataclass(slots=True, kw_only=True)
class Cleaning:
    """Redacts exchanges and counts: what went by kind, and how many a person should look at."""

    redactor: Redactor = field(default_factory=Redactor)
    replaced: Counter[str] = field(default_factory=Counter)
    to_review: int = 0

    def turn(self, turn: Turn) -> Turn:
        """Return a turn redacted; its facts and its answer lose the same words."""
        question, facts, answer = self._texts(
            turn.language, turn.question or "", turn.facts or "", turn.answer or ""
        )
        return replace(turn, question=question, facts=facts, answer=answer)

    def example(self, example: Example) -> Example:
        """Return a staff's example redacted."""
        question, facts, answer = self._texts(
            example.language, example.question, example.facts, example.answer
        )
        return replace(example, question=question, facts=facts, answer=answer)

    def text(self, text: str, language: Language) -> str:
        """Return one more text redacted."""
        [cleaned] = self._texts(language, text)
        return cleaned

    def _texts(self, language: Language, *texts: str) -> list[str]:
        """Redact what belongs to one exchange."""
        found = [self.redactor.redact(text, language=language) for text in texts]
        for each in found:
            self.replaced.update({kind.value: count for kind, count in each.replaced.items()})
        self.to_review += any(each.unsure for each in found)
        return [each.text for each in found]
