"""A turn as staff review it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.feedback import Fault
from bot.models import Language, Provenance, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What could be learnt from, with all that speaks for or against it."""

    guild_id: int
    turn_id: TurnId
    question: str
    answer: str
    facts: str
    language: Language
    provenance: Provenance
    persona: str
    model: str
    sources: tuple[str, ...]
    up: int
    down: int
    faults: Mapping[Fault, int] = field(default_factory=dict)
    repaired: str | None = None  # the staff's better answer
    parent_id: TurnId | None = None
