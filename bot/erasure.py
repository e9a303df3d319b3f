"""Erasing a member: why, how far it has come, and the receipt, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

ErasureId = NewType("ErasureId", int)


class ErasureReason(StrEnum):
    """Why a member is erased."""

    ASKED = "asked"
    LEFT = "left"
    SERVER_LEFT = "server_left"  # Marv is no longer there
    ACCOUNT_DELETED = "account_deleted"


class Stage(StrEnum):
    """What is done of an erasure, in this order; each begins where a kill ended the last."""

    ASKED = "asked"
    ROWS = "rows"  # the rows are gone, and what holds their words for ever is marked
    DOCUMENTS = "documents"  # and so is what the library had of them
    FILES = "files"  # and the exports on the disk
    INDEX = "index"  # and the dense index was built anew, where it had to be


class Remainder(StrEnum):
    """What an erasure cannot reach."""

    REPLIES = "replies"  # Marv's messages in Discord, which are Discord's
    QUOTES = "quotes"  # the member's words in others' messages and turns
    TAKEN_EXPORTS = "taken_exports"  # data sets that left before
    LOST_EXPORT = "lost_export"  # files that were moved away from where they were written
    BACKUPS = "backups"
    PROVIDERS = "providers"
    FOREIGN_INDEX = "foreign_index"  # the files of a Chroma that is not Marv's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure under way; ``in_index`` says that the dense index ever held the words."""

    id: ErasureId
    guild_id: int
    user_id: int
    reason: ErasureReason
    receipt_id: str
    stage: Stage
    in_index: bool
    counts: Mapping[str, int]
    asked_at: datetime
    marked: tuple[str, ...] = ()
    remaining: tuple[Remainder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was erased, when, and what could not be; nothing in it names the member."""

    id: str
    guild_id: int
    reason: ErasureReason
    asked_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]
    marked: tuple[str, ...]
    remaining: tuple[Remainder, ...]

    def as_json(self) -> dict[str, object]:
        """Return the receipt as the file that the member gets."""
        return {
            "receipt": self.id,
            "server": str(self.guild_id),
            "reason": self.reason,
            "asked_at": self.asked_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
            "erased": dict(self.counts),
            "marked": list(self.marked),
            "remaining": list(self.remaining),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message of Marv's that a member wants deleted."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRow:
    """A line of an export: the SHA-256 of its bytes, and whose words it is made of."""

    sha256: str
    turn_id: int | None = None
    example_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintedFile:
    """An export that still holds erased lines on the disk, by their SHA-256."""

    id: int
    path: str
    lines: frozenset[str] = field(default_factory=frozenset)
