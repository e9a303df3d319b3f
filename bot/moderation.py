"""Moderation: what is wrong with a text, in the categories that OpenAI's endpoint names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

FINISH_REASON = "blocked"  # of a turn that was; nothing of its words is kept


class Category(StrEnum):
    """What a text can be, as OpenAI names it."""

    HARASSMENT = "harassment"
    HARASSMENT_THREATENING = "harassment/threatening"
    HATE = "hate"
    HATE_THREATENING = "hate/threatening"
    ILLICIT = "illicit"
    ILLICIT_VIOLENT = "illicit/violent"
    SELF_HARM = "self-harm"
    SELF_HARM_INTENT = "self-harm/intent"
    SELF_HARM_INSTRUCTIONS = "self-harm/instructions"
    SEXUAL = "sexual"
    SEXUAL_MINORS = "sexual/minors"
    VIOLENCE = "violence"
    VIOLENCE_GRAPHIC = "violence/graphic"


SELF_HARM = frozenset(
    {Category.SELF_HARM, Category.SELF_HARM_INTENT, Category.SELF_HARM_INSTRUCTIONS}
)
# No setting lets these through, neither the server's nor the operator's
ALWAYS = frozenset(
    {Category.SEXUAL_MINORS, Category.HARASSMENT_THREATENING, Category.HATE_THREATENING}
)
# A person in a crisis is answered: that they speak of it blocks nothing
NEVER = frozenset({Category.SELF_HARM, Category.SELF_HARM_INTENT})


class Judge(StrEnum):
    """Who says so."""

    OPENAI = "openai"
    RULES = "rules"


class Side(StrEnum):
    """Which way a text goes: from a member to Marv, or from a model to members."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a text was found to be, each category with its score, and which of them block it."""

    source: Judge
    scores: Mapping[Category, float] = field(default_factory=dict)
    blocking: frozenset[Category] = frozenset()

    @property
    def blocked(self) -> bool:
        """Tell whether the text goes no further."""
        return bool(self.blocking)

    @property
    def self_harm(self) -> bool:
        """Tell whether the text speaks of self-harm, blocked or not: then be serious."""
        return not SELF_HARM.isdisjoint(self.scores)

    def limited_to(self, categories: frozenset[Category]) -> Verdict:
        """Return the verdict where nothing but ``categories`` blocks."""
        return replace(self, blocking=self.blocking & categories)

    def joined(self, other: Verdict) -> Verdict:
        """Return ``other`` with what this one found besides; either may block."""
        scores = {**self.scores, **other.scores}
        return replace(other, scores=scores, blocking=self.blocking | other.blocking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Why a turn was blocked, without a word of it."""

    side: Side
    source: Judge
    categories: frozenset[Category]

    @classmethod
    def by(cls, verdict: Verdict, side: Side) -> Blocked:
        """Return what is kept of a verdict that blocks."""
        return cls(side=side, source=verdict.source, categories=verdict.blocking)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTally:
    """How many turns were blocked on either side, and for what; one turn may count for several."""

    sides: Mapping[Side, int]
    categories: Mapping[Category, int]
