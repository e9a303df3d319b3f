"""Every table that knows a member is named: exported to them, and erased or explained."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import pytest

from bot.adapters.sqlite import Database, SqliteErasures, SqlitePersonalRecords
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.personal import PERSONAL
from bot.erasure import Erasure, ErasureId, ErasureReason, Stage

GUILD, MEMBER, OTHER = 7, 1_300_000_000_000_000_777, 1_300_000_000_000_000_888
A_MEMBER = re.compile(r"(^|_)(author|user|asker|member)_id$|_by$")
# what the erasure of a member leaves of them on purpose, or to a later stage
ELSEWHERE = {
    "kept_messages": ["author_id"],
    "entry_words": ["author_id"],
    "channel_messages": ["author_id"],
    "channel_objections": ["user_id"],
    "index_residue": ["author_id"],
    "erasures": ["user_id"],
    "erasure_replies": ["user_id"],
}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as opened:
        yield opened


async def columns(database: Database, table: str) -> Sequence[aiosqlite.Row]:
    return await database.rows("SELECT * FROM pragma_table_info(?)", (table,))


async def knowing(database: Database) -> Mapping[str, tuple[str, ...]]:
    """Return every table with a column that holds a member, and those columns."""
    tables = await database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    found = {}
    for table in tables:
        names = [column["name"] for column in await columns(database, table["name"])]
        if members := tuple(name for name in names if A_MEMBER.search(name)):
            found[table["name"]] = members
    return found


async def fill(path: Path, database: Database) -> None:
    """Write a row for each column that holds a member; the row's other members are others."""
    tables = await knowing(database)
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA foreign_keys = OFF")
        await connection.execute("PRAGMA ignore_check_constraints = ON")
        for table, members in tables.items():
            known = await columns(database, table)
            for number, member in enumerate(members, start=1):
                row = {column["name"]: value(column, number) for column in known}
                row |= dict.fromkeys(members, OTHER + number) | {member: MEMBER}
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                await connection.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})",
                    tuple(row.values()),
                )
        await connection.commit()


def value(column: aiosqlite.Row, number: int) -> str | int | float:
    """Return something that fits a column; rows and guilds are numbered."""
    if column["name"] == "guild_id":
        return GUILD
    if column["name"] == "turn_id":
        return 1
    if column["name"] == "sources":
        return "[]"
    if column["name"] == "kind":
        return "chat"  # an erasure adds to lines of usage, and their check holds then
    return {"INTEGER": number, "REAL": 0.5}.get(column["type"], f"text {number}")


async def test_every_column_with_a_member_is_named(database: Database) -> None:
    found = {name: {*columns} for name, columns in (await knowing(database)).items()}

    assert found == {name: {*table.columns} for name, table in PERSONAL.items()}


async def test_the_export_holds_a_row_for_every_column(database: Database) -> None:
    await fill(database.path, database)

    about = await SqlitePersonalRecords(database).about(GUILD, MEMBER)

    for table, members in (await knowing(database)).items():
        rows = about[table]
        assert {name for row in rows for name in members if row[name] == MEMBER} == {*members}
    assert await SqlitePersonalRecords(database).about(GUILD + 1, MEMBER) == {
        name: [] for name in about
    }


async def test_the_erasure_leaves_no_row_that_is_not_explained(database: Database) -> None:
    await fill(database.path, database)
    erasure = Erasure(
        id=ErasureId(1),
        guild_id=GUILD,
        user_id=MEMBER,
        reason=ErasureReason.ASKED,
        receipt_id="receipt",
        stage=Stage.ASKED,
        in_index=False,
        counts={},
        asked_at=datetime.now(UTC),
    )

    await SqliteErasures(database).erase_rows(erasure)

    left: dict[str, list[str]] = {}
    for table, members in (await knowing(database)).items():
        for name in members:
            if await database.rows(
                f"SELECT 1 FROM {table} WHERE {name} = ?",
                (MEMBER,),
            ):
                left.setdefault(table, []).append(name)
    assert left == ELSEWHERE
