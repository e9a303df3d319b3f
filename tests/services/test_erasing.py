"""Forgetting a member, on real stores: not one byte of theirs is left in the data directory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.erasure import ErasureReason, Remainder
from bot.settings import Settings
from tests.canaries import (
    CANARIES,
    GREEN,
    GUILD,
    MEMBER,
    OTHER,
    database_of,
    needles,
    search,
    vector_needles,
    write_everywhere,
)
from tests.killing import fake_models

ALWAYS = {Remainder.QUOTES, Remainder.BACKUPS, Remainder.PROVIDERS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a Chroma of Marv's own, whose files are searched too."""
    return Settings(data_dir=tmp_path / "var")


@pytest.fixture
async def marv(settings: Settings) -> AsyncIterator[Marv]:
    async with open_marv(settings, models=fake_models()) as opened:
        yield opened


async def found(marv: Marv, query: str) -> str:
    results = await marv.services.search.passages(GUILD, query, viewer=sees_everything, limit=20)
    return "\n".join(f"{each.title}\n{each.text}" for each in results)


async def test_no_byte_of_a_forgotten_member_is_left(marv: Marv, settings: Settings) -> None:
    await write_everywhere(marv)
    words, vectors = needles(), await vector_needles(marv)
    before = search(settings.data_dir, {**words, **vectors})
    assert {trace.name for trace in before} == {*words, *vectors}, "what is looked for is there"
    assert any(trace.file.startswith("chroma/") for trace in before)
    assert any(trace.file.startswith("exports/") for trace in before)

    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    assert search(settings.data_dir, {**words, **vectors}) == []
    in_exports = search(settings.exports_dir, {"member": (str(MEMBER).encode(),)})
    assert in_exports == []
    assert receipt.counts["turns"] == 6
    assert receipt.counts["channel_messages"] == 2
    assert (receipt.counts["kept_messages"], receipt.counts["library_entries"]) == (2, 2)
    assert receipt.counts["exported_rows"] >= 2
    assert {*receipt.remaining} == {*ALWAYS, Remainder.REPLIES, Remainder.TAKEN_EXPORTS}
    assert "dataset:before" in receipt.marked
    assert sum(name.startswith("export:") for name in receipt.marked) == 3, "the log and two parts"


async def test_everybody_elses_words_stay_and_are_found(marv: Marv, settings: Settings) -> None:
    await write_everywhere(marv)
    cited = "SELECT sources FROM turns WHERE author_id = ? AND question = ?"
    [[before]] = await database_of(marv).rows(cited, (OTHER, GREEN))
    assert CANARIES["kept"] in before

    await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    [[after]] = await database_of(marv).rows(cited, (OTHER, GREEN))
    assert len(json.loads(after)) == len(json.loads(before)) - 1
    assert "anchor is made of iron" in await found(marv, "anchor iron")
    assert "says the staff" in await found(marv, "shelf staff")
    assert "tide turns" in await found(marv, "tide")
    turns = [turn async for turn in marv.services.chat.log.turns(GUILD)]
    assert [(turn.author_id, turn.question) for turn in turns] == [
        (OTHER, "I only love the tide"),
        (OTHER, GREEN),
    ]
    parts = settings.exports_dir.glob("*.jsonl")
    [export] = [path for path in parts if "-before-" not in path.name]
    [line] = export.read_text("utf-8").splitlines()
    assert "I only love the tide" in line, "and the line that quotes the member is gone"
    manifest = json.loads(export.with_name(f"{export.name}.manifest.json").read_text("utf-8"))
    assert manifest["rows"] == 1
    assert "erased_at" in manifest
    assert await marv.services.library.ingest.reconcile() == 0


async def test_marv_answers_while_the_index_is_built_anew(marv: Marv) -> None:
    await write_everywhere(marv)
    erasing = asyncio.create_task(marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED))

    searches = 0
    while not erasing.done():
        assert "tide turns" in await found(marv, "tide")
        searches += 1
        await asyncio.sleep(0.02)

    await erasing
    assert searches > 5


async def test_words_that_were_deleted_before_are_dropped_from_the_index_files_too(
    marv: Marv, settings: Settings
) -> None:
    await write_everywhere(marv)
    vectors = await vector_needles(marv)
    await marv.services.message_rights.forbid(GUILD, MEMBER)
    assert search(settings.chroma_dir, vectors), "Chroma itself erases nothing"

    await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)

    words = {key: forms for key, forms in needles().items() if key != "kept"}  # another quotes it
    assert search(settings.data_dir, {**words, **vectors}) == []
