"""Wires privacy: consent, a member's own copy, and what happens when one asks to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.adapters.sqlite import (
    SqliteConsents,
    SqliteErasures,
    SqliteExports,
    SqliteMemberships,
    SqlitePersonalRecords,
    SqliteTurns,
    SqliteVersions,
)
from bot.services.dataset import DatasetDesk
from bot.services.erasing import Erasing
from bot.services.export_files import ExportFiles
from bot.services.leaving import Leaving
from bot.services.personal_export import PersonalExport
from bot.services.privacy import Privacy
from bot.wiring.foundation import Foundation
from bot.wiring.library import LibraryServices


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyServices:
    """What keeps a member's word, and what forgets one."""

    privacy: Privacy
    erasing: Erasing
    leaving: Leaving
    personal_export: PersonalExport


def wire_privacy(
    foundation: Foundation, library: LibraryServices, dataset: DatasetDesk
) -> PrivacyServices:
    """Return what members decide about what is kept of them, wherever it lies."""
    database = foundation.database
    settings = foundation.spending.settings
    erasing = _erasing(foundation, library, dataset)
    return PrivacyServices(
        privacy=Privacy(
            consents=SqliteConsents(database),
            texts=SqliteTurns(database),
            settings=settings,
            retention=timedelta(hours=foundation.settings.retention_hours),
        ),
        erasing=erasing,
        leaving=Leaving(store=SqliteMemberships(database), erasing=erasing, settings=settings),
        personal_export=PersonalExport(records=SqlitePersonalRecords(database)),
    )


def _erasing(foundation: Foundation, library: LibraryServices, dataset: DatasetDesk) -> Erasing:
    database = foundation.database
    writer = dataset.export.writer
    return Erasing(
        store=SqliteErasures(database),
        marks=(SqliteExports(database), SqliteVersions(database)),
        messages=library.message_rights,
        library=library.desk,
        files=ExportFiles(ledger=writer.ledger, directory=dataset.directory),
        exporting=writer.lock,
        renewal=library.renewal,
        samples=library.search.samples,
        names=dataset.export.names,
    )
