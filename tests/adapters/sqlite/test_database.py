"""The database: one writer, whole transactions, an ordered end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest

from bot.adapters.sqlite import Database
from bot.errors import StoreFailed


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "marv.sqlite3")
    await opened.open()
    yield opened
    await opened.close()


async def put(database: Database, key: str, *, fail: bool = False) -> None:
    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute("INSERT INTO meta (key, value) VALUES (?, 'x')", (key,))
        if fail:
            await connection.execute("INSERT INTO nowhere VALUES (1)")

    await database.write(work)


async def keys(database: Database) -> set[str]:
    return {row["key"] for row in await database.rows("SELECT key FROM meta")}


async def test_the_file_is_set_up_to_keep_its_promises(database: Database) -> None:
    modes = {}
    for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
        [[modes[pragma]]] = await database.rows(f"PRAGMA {pragma}")
    assert modes == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    tables = await database.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        " AND name NOT LIKE 'chunk_words%'"
    )
    assert tables
    assert all("STRICT" in row["sql"] for row in tables)


async def test_a_failed_write_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(StoreFailed):
        await put(database, "half", fail=True)
    await put(database, "whole")
    assert await keys(database) == {"whole"}


async def test_a_cancelled_caller_does_not_break_its_neighbours(database: Database) -> None:
    started = asyncio.Event()

    async def slow(connection: aiosqlite.Connection) -> None:
        await connection.execute("INSERT INTO meta (key, value) VALUES ('slow', 'x')")
        started.set()
        await asyncio.sleep(0.05)

    caller = asyncio.create_task(database.write(slow))
    neighbour = asyncio.create_task(put(database, "neighbour"))
    await started.wait()
    caller.cancel()
    await neighbour

    assert await keys(database) == {"slow", "neighbour"}


async def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    database = Database(tmp_path / "marv.sqlite3")
    await database.open()
    writes = [asyncio.create_task(put(database, str(number))) for number in range(50)]
    await asyncio.sleep(0)

    await database.close()
    await asyncio.gather(*writes)

    with sqlite3.connect(tmp_path / "marv.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM meta").fetchone() == (50,)
    connection.close()


async def test_a_closed_database_refuses(tmp_path: Path) -> None:
    database = Database(tmp_path / "marv.sqlite3")
    await database.open()
    await database.close()
    with pytest.raises(StoreFailed):
        await put(database, "late")
    with pytest.raises(StoreFailed):
        await database.rows("SELECT 1")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "marv.sqlite3").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreFailed):
        await Database(tmp_path / "marv.sqlite3").open()


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "marv.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(StoreFailed, match="newer"):
        await Database(tmp_path / "marv.sqlite3").open()


async def test_a_backup_is_whole_and_never_overwrites(database: Database, tmp_path: Path) -> None:
    await put(database, "kept")
    target = tmp_path / "copies" / "backup.sqlite3"

    await database.backup(target)

    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT key FROM meta").fetchall() == [("kept",)]
    copy.close()
    with pytest.raises(StoreFailed, match="exists"):
        await database.backup(target)


async def test_integrity_is_ok(database: Database) -> None:
    assert await database.integrity() == "ok"
