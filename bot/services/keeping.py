"""Keeping: what staff approve becomes a library entry or a training example."""

from __future__ import annotations

from dataclasses import dataclass

from bot import language
from bot.audience import Audience
from bot.inquiry import ExampleDraft, InquiryId, normalised
from bot.models import Provenance, TurnId
from bot.ports import ExampleStore
from bot.ports.privacy import EntryWords
from bot.services.ingest import IngestReport
from bot.services.library import LibraryDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as a member put it, and how Marv came by the words."""

    question: str
    author_id: int
    provenance: Provenance
    inquiry_id: InquiryId | None = None
    turn_id: TurnId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Keeps answers that staff chose to keep; nothing is learned by itself."""

    library: LibraryDesk
    examples: ExampleStore
    words: EntryWords

    async def in_library(
        self,
        guild_id: int,
        origin: str,
        *,
        question: str,
        answer: str,
        audience: Audience,
        by: int,
        asked: Asked | None = None,
    ) -> IngestReport:
        """Make a question and its answer a document; one of the same origin is replaced.

        Who ``asked`` is remembered, so that the question can be erased with
        them, also where staff changed some of its words. Raises EmptyQuestion
        and what ingesting raises.
        """
        report = await self.library.add_answer(
            guild_id,
            origin=origin,
            question=question,
            answer=answer,
            added_by=by,
            audience=audience,
        )
        await self.words.set_author(guild_id, origin, asked.author_id if asked else None)
        return report

    async def as_example(
        self, guild_id: int, asked: Asked, *, question: str, answer: str, by: int
    ) -> bool:
        """Keep an exchange for training; tell whether the question is still the member's words.

        A question that staff rewrote is theirs; else the member's consent decides its export.
        """
        theirs = normalised(question) == normalised(asked.question)
        await self.examples.add(
            ExampleDraft(
                guild_id=guild_id,
                question=question.strip(),
                answer=answer.strip(),
                language=language.detect(question),
                author_id=by,
                asker_id=asked.author_id if theirs else None,
                question_provenance=asked.provenance if theirs else Provenance.STAFF,
                inquiry_id=asked.inquiry_id,
                turn_id=asked.turn_id,
            )
        )
        return theirs
