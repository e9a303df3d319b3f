"""Comparing two models: figures on questions that neither learnt from, and votes of members."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.models import Language

ComparisonId = NewType("ComparisonId", int)
ItemId = NewType("ItemId", int)

BASELINE = "baseline"  # the configured model with the persona's prompt: what every other must beat
HORIZON = 49  # votes: the fewest of which two thirds (33) exclude a coin, p < .05 on both sides
Z = 1.959964  # of a 95 % interval


class Side(StrEnum):
    """One of two models."""

    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A mean and the 95 % interval that it lies in."""

    mean: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """Return it as the command line prints it."""
        return {each: round(getattr(self, each), 4) for each in ("mean", "low", "high")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a model did: shares from 0 to 1, characters, seconds at the median, dollars an answer.

    ``persona`` is the share of replies whose own words sound like the persona's examples,
    ``facts`` of those in which the model held the given facts word for word (what changed
    them is withdrawn in service), ``citations`` of the
    ``[n]`` that survived, ``refusals`` of the questions whose facts were withheld that
    were not answered.
    """

    cases: int
    persona: Spread
    facts: Spread
    citations: float
    refusals: float | None
    own: float  # of the replies that are the model's and not withdrawn for hand-written words
    characters: float
    distinct_2: float | None
    seconds: float
    usd: float

    def as_json(self) -> dict[str, Any]:
        """Return the figures as they are kept and printed."""
        return {
            "cases": self.cases,
            "persona": self.persona.as_json(),
            "facts": self.facts.as_json(),
            "citations": round(self.citations, 4),
            "refusals": self.refusals,
            "own": round(self.own, 4),
            "characters": self.characters,
            "distinct_2": self.distinct_2,
            "seconds": round(self.seconds, 3),
            "usd": round(self.usd, 6),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Figures:
        """Read what ``as_json`` wrote."""
        spreads = {name: Spread(**value[name]) for name in ("persona", "facts")}
        return cls(**{**value, **spreads})


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """The figures of both models by language, ``all`` for all of them.

    ``judge`` says how well what tells the persona from plain text does, cross-validated.
    ``failures`` are questions, by language, whose facts ``b`` did not keep.
    """

    a: Mapping[str, Figures]
    b: Mapping[str, Figures]
    judge: Mapping[str, float | int | str] = field(default_factory=dict)
    failures: tuple[str, ...] = ()

    @property
    def grounding_lost(self) -> float:
        """Return by how many points of a hundred ``b`` keeps facts less often than ``a``."""
        return 100 * (self.a["all"].facts.mean - self.b["all"].facts.mean)

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as it is kept and printed."""
        return {
            "a": {name: figures.as_json() for name, figures in self.a.items()},
            "b": {name: figures.as_json() for name, figures in self.b.items()},
            "judge": dict(self.judge),
            "failures": list(self.failures),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Automatic:
        """Read what ``as_json`` wrote."""
        return cls(
            a={name: Figures.of_json(each) for name, each in value["a"].items()},
            b={name: Figures.of_json(each) for name, each in value["b"].items()},
            judge=value["judge"],
            failures=tuple(value["failures"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Votes for each of two models, and what they say.

    With two models Bradley and Terry's (1952) strengths are the log of the odds. The
    interval of the share is Wilson's (1927), in whose terms a vote is one coin.
    """

    a: int
    b: int
    horizon: int = HORIZON

    @property
    def votes(self) -> int:
        """Return how many voted."""
        return self.a + self.b

    @property
    def over(self) -> bool:
        """Tell whether enough have voted."""
        return self.votes >= self.horizon

    @property
    def share(self) -> Spread:
        """Return the share of votes for ``b``."""
        n = self.votes
        if not n:
            return Spread(mean=0.5, low=0.0, high=1.0)
        p = self.b / n
        centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return Spread(mean=p, low=max(0.0, centre - half), high=min(1.0, centre + half))

    @property
    def strength(self) -> Spread:
        """Return how much stronger ``b`` is than ``a``, in logits; 0 is as strong."""
        share = self.share
        return Spread(mean=_logit(share.mean), low=_logit(share.low), high=_logit(share.high))

    @property
    def winner(self) -> Side | None:
        """Return who won at the horizon; None before it, or where it may be chance."""
        if not self.over:
            return None
        if self.share.low > 0.5:
            return Side.B
        return Side.A if self.share.high < 0.5 else None

    def as_json(self) -> dict[str, Any]:
        """Return the standing as the command line prints it."""
        return {
            "a": self.a,
            "b": self.b,
            "horizon": self.horizon,
            "share_b": self.share.as_json(),
            "strength_b": self.strength.as_json(),
            "winner": self.winner,
        }


def _logit(share: float) -> float:
    clipped = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on trial in a guild; without a channel nobody is asked to vote."""

    id: ComparisonId
    guild_id: int
    a: str
    b: str
    automatic: Automatic
    horizon: int = HORIZON
    channel_id: int | None = None
    created_by: int = 0
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question with both answers; ``flipped`` shows b's first.

    ``author_id`` wrote the question and may not vote on it; 0 is nobody here.
    """

    id: ItemId
    comparison_id: ComparisonId
    language: Language
    question: str
    facts: str
    answers: Mapping[Side, str]
    flipped: bool
    author_id: int = 0
    example_id: int | None = None
    message_id: int | None = None

    def side_of(self, place: int) -> Side:
        """Return whose the first (1) or second (2) answer is."""
        return Side.B if (place == 1) is self.flipped else Side.A

    def shown(self, place: int) -> str:
        """Return the first (1) or second (2) answer."""
        return self.answers[self.side_of(place)]
