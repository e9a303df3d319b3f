"""What the staff set, and what members ask them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.inquiry import Inquiry, InquiryDraft, InquiryId, InquiryState, OpenQuestions
from bot.models import TurnId


class SettingsStore(Protocol):
    """What the staff of each server have set, by layer and key."""

    async def layers(
        self, guild_id: int, channel_id: int | None
    ) -> Mapping[int, Mapping[str, object]]:
        """Return what is set for the server, under 0, and for the channel, under its id."""
        ...

    async def channels(self, guild_id: int) -> tuple[int, ...]:
        """Return the channels that have settings of their own."""
        ...

    async def set_values(
        self, guild_id: int, channel_id: int, values: Mapping[str, object], *, changed_by: int
    ) -> None:
        """Set some values of a layer at once."""
        ...

    async def clear_value(self, guild_id: int, channel_id: int, key: str) -> None:
        """Take a layer's value away."""
        ...


class InquiryStore(Protocol):
    """The questions that wait for the staff, and those that no longer do."""

    async def add(self, draft: InquiryDraft, *, most_open: int) -> Inquiry:
        """Write a question down and return it.

        Raises AlreadyAsked when the asker has the same one open, and
        TooManyInquiries when they have ``most_open`` of them.
        """
        ...

    async def get(self, guild_id: int, inquiry_id: InquiryId) -> Inquiry | None:
        """Return a guild's inquiry."""
        ...

    async def set_staff_message(
        self, inquiry_id: InquiryId, *, channel_id: int, message_id: int
    ) -> None:
        """Remember which message shows it to the staff."""
        ...

    async def discard(self, inquiry_id: InquiryId) -> None:
        """Delete an inquiry that the staff never saw."""
        ...

    async def discard_unposted(self) -> int:
        """Delete every inquiry that the staff never saw; return how many."""
        ...

    async def close(
        self, inquiry_id: InquiryId, state: InquiryState, *, answer: str | None, closed_by: int
    ) -> bool:
        """Close an open inquiry; False when it is gone or somebody was faster.

        An answer settles its turn too.
        """
        ...

    async def open_of_turns(self, guild_id: int, turn_ids: Iterable[TurnId]) -> tuple[Inquiry, ...]:
        """Return the open inquiries that these turns led to, oldest first."""
        ...


class OpenQuestionLog(Protocol):
    """What members asked and did not get to know."""

    async def open_questions(self, guild_id: int, *, limit: int) -> OpenQuestions:
        """Return unanswered and down-voted turns that nobody has settled, newest first."""
        ...

    async def settle(self, guild_id: int, turn_ids: Iterable[TurnId]) -> None:
        """Note that staff have answered these."""
        ...
