"""What a member allows, and what is known of it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NOTICE_VERSION = 1  # of what members are told before they decide; a new text is a new number


class Scope(StrEnum):
    """How much a member allows; training implies keeping."""

    TRAINING = "training"
    KEEP = "keep"
    NOTHING = "nothing"

    @property
    def keep(self) -> bool:
        """Tell whether conversations may be kept beyond the retention."""
        return self is not Scope.NOTHING

    @property
    def training(self) -> bool:
        """Tell whether they may be used for training."""
        return self is Scope.TRAINING


class Door(StrEnum):
    """Where a decision was made."""

    COMMAND = "command"
    NOTICE = "notice"
    MIGRATED = "migrated"  # given before consents had scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A member's decision, and the notice that it was made on."""

    scope: Scope
    notice_version: int
    door: Door
    decided_at: datetime

    @property
    def is_current(self) -> bool:
        """Tell whether it was made on the notice of now; else training is not allowed."""
        return self.notice_version >= NOTICE_VERSION

    @property
    def training(self) -> bool:
        """Tell whether the member's words may be used for training now."""
        return self.scope.training and self.is_current


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyStatus:
    """What Marv keeps about one member in one guild."""

    consent: Consent | None
    turns: int
    turns_with_text: int
    inquiries: int = 0
    votes: int = 0
