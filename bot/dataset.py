"""Frozen data sets: a version, its rows and where each row stands, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.models import ChatMessage, Language

VersionId = NewType("VersionId", int)


class Split(StrEnum):
    """Which part of a data set a row belongs to; it never changes sides."""

    TRAIN = "train"
    VALIDATION = "validation"
    GOLDEN = "golden"  # questions that nothing is ever trained on: what models are judged by


class Source(StrEnum):
    """Where a row comes from."""

    TURN = "turn"  # the log
    STAFF = "staff"  # written or repaired by staff
    SEED = "seed"  # the hand-written set that Marv ships
    IMPORTED = "import"  # a file that staff brought
    COMPARISON = "comparison"  # two models' answers, and which one members chose: a preference only


class Format(StrEnum):
    """What a version can be written as."""

    CHAT = "chat"  # supervised: messages, of which the last is wanted
    PREFERENCE = "preference"  # DPO: a prompt, a preferred and another answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An example as it was frozen: ``messages`` end with the wanted answer.

    ``rejected`` is an answer that is known to be worse, for preference training.
    ``facts`` are the facts that the answer may rest on, empty for small talk or
    where there was no answer. ``turn_id`` and ``example_id`` say whose words it is.
    """

    messages: tuple[ChatMessage, ...]
    source: Source
    language: Language
    split: Split
    answered: bool = True
    facts: str = ""
    rejected: str | None = None
    turn_id: int | None = None
    example_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A named data set that does not change; ``sha256`` is over its header and its rows' digests.

    The header says the options, the personas with their versions, and what was left out and why.
    ``erased`` counts rows that were taken out since because a member was forgotten.
    """

    id: VersionId
    guild_id: int
    name: str
    sha256: str
    rows: Mapping[Split, int]
    header: Mapping[str, Any] = field(default_factory=dict)
    created_by: int = 0
    created_at: datetime
    erased: int = 0


class Decision(StrEnum):
    """What staff decided about a candidate."""

    KEEP = "keep"
    REJECT = "reject"
    SKIP = "skip"  # not now


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOptions:
    """What goes into a version besides what members and staff wrote."""

    seed: bool = True  # the hand-written set that Marv ships
    only_kept: bool = False  # of the log, only what staff decided to keep

    def as_json(self) -> dict[str, object]:
        """Return the options as they are hashed."""
        return {"seed": self.seed, "only_kept": self.only_kept}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRow:
    """A row about to be frozen: its canonical JSON and its digest."""

    split: Split
    payload: str
    sha256: str
    turn_id: int | None = None
    example_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDraft:
    """A version about to be written down, with the sides that it settles for good."""

    guild_id: int
    name: str
    sha256: str
    header: str
    rows: tuple[FrozenRow, ...]
    sides: Mapping[str, Split]
    created_by: int
