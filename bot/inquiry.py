"""Questions that go to the staff, what staff make of the answers, and votes, as values."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from bot.audience import Audience
from bot.models import Language, Provenance, TurnId

InquiryId = NewType("InquiryId", int)


class InquiryState(StrEnum):
    """What has become of an inquiry."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class VoteValue(IntEnum):
    """What a member thinks of an answer."""

    DOWN = -1
    UP = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryDraft:
    """A question to the staff, about to be written down.

    ``author_id`` is whose words it is: somebody may pass on another's question.
    ``audience_channel_id`` is the channel whose readers saw it asked, None
    where nobody but the asker did.
    """

    guild_id: int
    turn_id: TurnId
    asker_id: int
    author_id: int
    provenance: Provenance
    question: str
    language: Language
    private: bool
    channel_id: int
    audience_channel_id: int | None
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question to the staff as it is stored; its texts are None once forgotten."""

    id: InquiryId
    guild_id: int
    turn_id: TurnId | None
    asker_id: int
    author_id: int
    provenance: Provenance
    question: str | None
    language: Language
    private: bool
    channel_id: int
    audience_channel_id: int | None
    message_id: int | None
    staff_channel_id: int | None
    staff_message_id: int | None
    state: InquiryState
    answer: str | None
    closed_by: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleDraft:
    """An exchange that staff keep for training.

    ``asker_id`` is the member whose words the question is, None where the
    staff wrote it themselves; ``question_provenance`` is how Marv came by it.
    """

    guild_id: int
    question: str
    answer: str
    language: Language
    author_id: int
    asker_id: int | None
    question_provenance: Provenance
    inquiry_id: InquiryId | None
    turn_id: TurnId | None = None
    source: str = "staff"
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A kept exchange; ``consented`` says that its words may be used for training now."""

    id: int
    question: str
    answer: str
    language: Language
    question_provenance: Provenance
    consented: bool
    author_id: int = 0  # of the staff; 0 is nobody any more
    asker_id: int | None = None
    turn_id: TurnId | None = None
    source: str = "staff"
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question that Marv did not answer, or not to anybody's liking."""

    turn_id: TurnId
    author_id: int
    question: str
    language: Language
    provenance: Provenance
    private: bool
    channel_id: int
    audience_channel_id: int
    message_id: int | None
    created_at: datetime

    @property
    def audience(self) -> Audience:
        """Return who saw the question asked, where it was not asked privately."""
        return Audience(channel_id=self.audience_channel_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestions:
    """The newest of a server's open questions, and how many have lost their text."""

    questions: tuple[OpenQuestion, ...]
    without_text: int


def normalised(question: str) -> str:
    """Return a question without what makes no difference: case, width, space, a last mark."""
    folded = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return folded.rstrip("?!.。 ")
