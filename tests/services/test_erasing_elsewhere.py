"""Forgetting a member beside a Chroma of somebody else's: files, receipts, and what remains."""

from __future__ import annotations

import asyncio
import json

from bot.client import Marv
from bot.erasure import ErasureReason, Remainder
from bot.settings import Settings
from tests.canaries import (
    CANARIES,
    GUILD,
    MEMBER,
    OTHER,
    database_of,
    needles,
    search,
    write_everywhere,
)


async def test_files_of_a_foreign_chroma_are_named_as_out_of_reach(
    marv: Marv, settings: Settings
) -> None:
    await write_everywhere(marv)

    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    assert Remainder.FOREIGN_INDEX in receipt.remaining
    assert search(settings.data_dir, needles()) == []
    assert await marv.services.library.ingest.reconcile() == 0


async def test_a_member_who_was_never_in_the_index_costs_no_new_one(marv: Marv) -> None:
    await write_everywhere(marv)

    receipt = await marv.services.erasing.erase(GUILD, OTHER + 1, ErasureReason.ASKED)

    assert "passages_indexed_anew" not in receipt.counts


async def test_the_receipt_names_nobody_and_is_found_by_the_member_alone(
    marv: Marv, settings: Settings
) -> None:
    await write_everywhere(marv)

    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    [row] = await database_of(marv).rows("SELECT * FROM erasure_receipts")
    assert str(MEMBER) not in json.dumps(dict(row)).replace(str(GUILD), "")
    assert MEMBER not in tuple(row)
    assert await marv.services.erasing.last_receipt(GUILD, MEMBER) == receipt
    assert await marv.services.erasing.last_receipt(GUILD, OTHER) is None
    assert settings.receipt_key_path.stat().st_mode & 0o077 == 0
    knowing = await marv.services.personal_export.records.about(GUILD, MEMBER)
    assert {name for name, rows in knowing.items() if rows} == {"channel_objections"}


async def test_an_export_that_nobody_knows_the_lines_of_is_deleted(
    marv: Marv, settings: Settings
) -> None:
    await write_everywhere(marv)
    stray = settings.exports_dir / f"marv-{GUILD}-20200101T000000Z.jsonl"
    stray.write_text(CANARIES["ask"], "utf-8")
    foreign = settings.exports_dir / "marv-5-20200101T000000Z.jsonl"
    foreign.write_text("another server's", "utf-8")

    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    assert not stray.exists()
    assert foreign.exists()
    assert receipt.counts["exports_deleted"] == 1


async def test_an_export_that_was_moved_is_named_as_lost(marv: Marv, settings: Settings) -> None:
    await write_everywhere(marv)
    for path in settings.exports_dir.glob("*.jsonl"):
        path.unlink()

    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    assert Remainder.LOST_EXPORT in receipt.remaining


async def test_two_requests_at_once_end_in_one_receipt(marv: Marv) -> None:
    await write_everywhere(marv)
    erase = marv.services.erasing.erase

    first, second = await asyncio.gather(
        erase(GUILD, MEMBER, ErasureReason.ASKED), erase(GUILD, MEMBER, ErasureReason.ASKED)
    )

    assert first == second
