"""Inquiries: what Marv does not know goes to the staff, and comes back as an answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot import language
from bot.audience import Audience, Viewer
from bot.errors import EmptyQuestion, NotYours, QuestionGone, TooLong
from bot.faults.inquiry import InquiryClosed
from bot.inquiry import Inquiry, InquiryDraft, InquiryId, InquiryState, normalised
from bot.models import LibraryStatus, Passage, Provenance, Turn, TurnId
from bot.moderation import FINISH_REASON
from bot.ports import InquiryStore, TurnLog
from bot.services.keeping import Keeping
from bot.services.library import LibraryDesk
from bot.services.moderating import Moderation
from bot.services.safety import Shield, unpinging
from bot.services.search import Search
from bot.services.settings_desk import SettingsDesk

MAX_QUESTION_CHARACTERS = 1000
MAX_ANSWER_CHARACTERS = 1900
MOST_OPEN = 3  # inquiries of one member that wait at once
NEAREST = 3  # sources shown to the staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiries:
    """Carries questions to the staff and answers back; staff alone decide what is kept."""

    log: TurnLog
    store: InquiryStore
    library: LibraryDesk
    search: Search
    settings: SettingsDesk
    keeping: Keeping
    moderation: Moderation

    async def searched(self, guild_id: int, *, viewer: Viewer) -> LibraryStatus:
        """Return how much was searched for a viewer."""
        return await self.library.status(guild_id, viewer=viewer)

    async def staff_channel_id(self, guild_id: int) -> int | None:
        """Return where the server wants questions to the staff."""
        return (await self.settings.show(guild_id)).staff_channel_id

    async def askable(self, guild_id: int, turn_id: TurnId, *, by: int) -> Turn:
        """Return a turn that a member may pass on to the staff.

        Raises QuestionGone, and NotYours for what another member asked privately.
        """
        turn = await self.log.by_id(guild_id, turn_id)
        if turn is None or turn.finish_reason == FINISH_REASON:
            raise QuestionGone(f"turn {turn_id}")
        if turn.private and turn.author_id != by:
            raise NotYours
        return turn

    async def open(self, turn: Turn, question: str, *, by: int) -> Inquiry:
        """Write down a member's question to the staff.

        Raises EmptyQuestion, TooLong, WordsBlocked, AlreadyAsked, TooManyInquiries.
        """
        if not (question := question.strip()):
            raise EmptyQuestion
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise TooLong(MAX_QUESTION_CHARACTERS)
        await self.moderation.admit(turn.guild_id, question)
        passed_on = normalised(question) == normalised(
            (turn.question or "")[:MAX_QUESTION_CHARACTERS]
        )
        draft = InquiryDraft(
            guild_id=turn.guild_id,
            turn_id=turn.id,
            asker_id=by,
            author_id=turn.author_id if passed_on else by,
            provenance=turn.provenance if passed_on else Provenance.INTERACTION,
            question=question,
            language=language.detect(question, otherwise=turn.language),
            private=turn.private,
            channel_id=turn.channel_id,
            audience_channel_id=(
                None if turn.private else turn.audience_channel_id or turn.channel_id
            ),
            message_id=turn.message_id,
        )
        return await self.store.add(draft, most_open=MOST_OPEN)

    async def nearest(self, inquiry: Inquiry, *, viewer: Viewer) -> tuple[Passage, ...]:
        """Return the sources closest to an inquiry that the staff channel's readers may see."""
        return await self.search.passages(
            inquiry.guild_id, inquiry.question or "", viewer=viewer, limit=NEAREST
        )

    async def posted(self, inquiry: Inquiry, *, channel_id: int, message_id: int) -> None:
        """Remember which message shows an inquiry to the staff."""
        await self.store.set_staff_message(inquiry.id, channel_id=channel_id, message_id=message_id)

    async def discard(self, inquiry: Inquiry) -> None:
        """Forget an inquiry that could not be posted."""
        await self.store.discard(inquiry.id)

    async def discard_unposted(self) -> int:
        """Forget inquiries whose posting a crash cut off; return how many there were."""
        return await self.store.discard_unposted()

    async def find(self, guild_id: int, inquiry_id: InquiryId) -> Inquiry:
        """Return an inquiry, open or not; raises QuestionGone."""
        inquiry = await self.store.get(guild_id, inquiry_id)
        if inquiry is None:
            raise QuestionGone(f"inquiry {inquiry_id}")
        return inquiry

    async def still_open(self, guild_id: int, inquiry_id: InquiryId) -> Inquiry:
        """Return an open inquiry; raises QuestionGone and InquiryClosed."""
        inquiry = await self.find(guild_id, inquiry_id)
        if inquiry.state is not InquiryState.OPEN:
            raise InquiryClosed(f"inquiry {inquiry_id}")
        return inquiry

    async def answer(self, inquiry: Inquiry, text: str, *, by: int) -> Inquiry:
        """Close an inquiry with the staff's answer and return it, to be delivered.

        The first answer wins. Raises EmptyQuestion, TooLong, QuestionGone and
        InquiryClosed.
        """
        if not (text := text.strip()):
            raise EmptyQuestion
        if len(text) > MAX_ANSWER_CHARACTERS:
            raise TooLong(MAX_ANSWER_CHARACTERS)
        return await self._close(inquiry, InquiryState.ANSWERED, unpinging(text), by)

    async def dismiss(self, inquiry: Inquiry, *, by: int) -> Inquiry:
        """Close an inquiry without an answer; raises QuestionGone and InquiryClosed."""
        return await self._close(inquiry, InquiryState.DISMISSED, None, by)

    async def _close(
        self, inquiry: Inquiry, state: InquiryState, answer: str | None, by: int
    ) -> Inquiry:
        first = await self.store.close(inquiry.id, state, answer=answer, closed_by=by)
        closed = await self.find(inquiry.guild_id, inquiry.id)
        if not first:
            raise InquiryClosed(f"inquiry {inquiry.id}")
        return closed


def shown_question(inquiry: Inquiry) -> str:
    """Return a member's question as others may be shown it: no link, no mention."""
    question = inquiry.question or ""
    return Shield(named=question, language=inquiry.language).clean(question)


def keepable_audience(inquiry: Inquiry) -> Audience | None:
    """Return who saw the question asked; None where it was asked privately."""
    if inquiry.audience_channel_id is None:
        return None
    return Audience(channel_id=inquiry.audience_channel_id)
