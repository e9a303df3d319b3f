"""What members think of answers, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS_CHARACTERS = 500


class Fault(StrEnum):
    """What was wrong with an answer."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    TOO_TAME = "too_tame"
    TOO_SARCASTIC = "too_sarcastic"
    UNSAFE = "unsafe"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A server's votes: how many for and against, and the faults that were named."""

    up: int
    down: int
    faults: Mapping[Fault, int]
