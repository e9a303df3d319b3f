"""Wires what nobody knew: questions to the staff, and the gaps that they show."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.clustering import AgglomerativeClusterer
from bot.adapters.sqlite import SqliteEntryWords, SqliteExamples, SqliteInquiries, SqliteTurns
from bot.services.gaps import Gaps
from bot.services.inquiries import Inquiries
from bot.services.keeping import Keeping
from bot.services.moderating import Moderation
from bot.wiring.foundation import Foundation
from bot.wiring.library import LibraryServices

SAME_QUESTION = 0.6  # cosine distance, on average, within which questions are one gap


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryServices:
    """What passes questions on, and what tells which ones come again and again."""

    inquiries: Inquiries
    gaps: Gaps


def wire_inquiries(
    foundation: Foundation, library: LibraryServices, moderation: Moderation
) -> InquiryServices:
    """Return what happens to a question that the library did not answer."""
    database = foundation.database
    inquiries = Inquiries(
        log=SqliteTurns(database),
        store=SqliteInquiries(database),
        library=library.desk,
        search=library.search,
        settings=foundation.spending.settings,
        keeping=Keeping(
            library=library.desk,
            examples=SqliteExamples(database),
            words=SqliteEntryWords(database),
        ),
        moderation=moderation,
    )
    gaps = Gaps(
        log=SqliteInquiries(database),
        embedder=foundation.models.embedder,
        clusterer=AgglomerativeClusterer(distance=SAME_QUESTION),
        samples=library.search.samples,
        inquiries=inquiries,
    )
    return InquiryServices(inquiries=inquiries, gaps=gaps)
