"""Wires the data set: what may leave, what staff say of it, and the frozen versions."""

from __future__ import annotations

from bot.adapters.receipt_key import load_hasher
from bot.adapters.sqlite import (
    SqliteBlocked,
    SqliteComparisons,
    SqliteExamples,
    SqliteExports,
    SqliteMemberNames,
    SqliteReviewQueue,
    SqliteReviews,
    SqliteTurns,
    SqliteVersions,
    SqliteVotes,
)
from bot.services.dataset import DatasetDesk
from bot.services.export import Export
from bot.services.export_writer import ExportWriter
from bot.services.freezing.versions import Versions
from bot.services.redaction.name_book import NameBook
from bot.services.reviewing import Reviewing
from bot.settings import SHIPPED_DATA
from bot.wiring.foundation import Foundation

SEED_FILE = SHIPPED_DATA / "persona" / "seed.jsonl"
GOLDEN_FILE = SHIPPED_DATA / "persona" / "heldout.jsonl"


def wire_dataset(foundation: Foundation) -> DatasetDesk:
    """Return the desk at which staff look after the data set."""
    database = foundation.database
    export = _export(foundation)
    return DatasetDesk(
        export=export,
        votes=SqliteVotes(database),
        blocked=SqliteBlocked(database),
        versions=Versions(
            store=SqliteVersions(database),
            reviews=SqliteReviews(database),
            preferences=SqliteComparisons(database),
            export=export,
            seed_file=SEED_FILE,
            golden_file=GOLDEN_FILE,
        ),
        reviewing=Reviewing(
            queue=SqliteReviewQueue(database),
            store=SqliteReviews(database),
            log=SqliteTurns(database),
        ),
        directory=foundation.settings.exports_dir,
    )


def _export(foundation: Foundation) -> Export:
    database = foundation.database
    return Export(
        log=SqliteTurns(database),
        examples=SqliteExamples(database),
        writer=ExportWriter(ledger=SqliteExports(database)),
        personas=foundation.models.personas,
        names=NameBook(
            store=SqliteMemberNames(database),
            hasher=load_hasher(foundation.settings.receipt_key_path),
        ),
        discord_permission=foundation.settings.discord_training_permission,
    )
