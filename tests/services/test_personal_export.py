"""A member's file: split where Discord would not take it, and nothing lost by that."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.faults.privacy import ExportTooSoon
from bot.services.personal_export import PersonalExport

GUILD, MEMBER = 7, 1_300_000_000_000_000_777


@dataclass(slots=True)
class FakeRecords:
    """Hands out what it was given."""

    rows: dict[str, list[Mapping[str, object]]] = field(default_factory=dict)

    async def about(
        self, guild_id: int, user_id: int
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        return self.rows


def contents(file: bytes) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        found: dict[str, list[dict[str, object]]] = json.loads(archive.read("data.json"))
    return found


async def test_too_much_for_one_file_comes_in_several() -> None:
    turns = [{"id": number, "question": secrets.token_hex(2000)} for number in range(40)]
    votes = [{"turn_id": number, "user_id": MEMBER} for number in range(3)]
    export = PersonalExport(records=FakeRecords({"turns": [*turns], "votes": [*votes]}))

    files = await export.write(GUILD, MEMBER, largest=30_000)

    assert len(files) > 1
    assert all(len(each) <= 30_000 for each in files)
    parts = [contents(each) for each in files]
    assert [row for part in parts for row in part["turns"]] == turns
    assert [row["user_id"] for part in parts for row in part["votes"]] == [str(MEMBER)] * 3


async def test_a_row_that_is_too_large_comes_alone() -> None:
    rows: list[Mapping[str, object]] = [{"id": 1, "text": secrets.token_hex(50_000)}, {"id": 2}]
    export = PersonalExport(records=FakeRecords({"turns": rows}))

    files = await export.write(GUILD, MEMBER, largest=20_000)

    assert [len(contents(each)["turns"]) for each in files] == [1, 1]
    assert len(files[0]) > 20_000


async def test_members_wait_for_themselves_only() -> None:
    export = PersonalExport(records=FakeRecords({"turns": []}))
    await export.write(GUILD, MEMBER, largest=20_000)

    with pytest.raises(ExportTooSoon):
        await export.write(GUILD, MEMBER, largest=20_000)

    assert await export.write(GUILD, MEMBER + 1, largest=20_000)
