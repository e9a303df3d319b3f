"""The one SQLite file: migrations, a reader, and a writer task with a queue."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TypeVar, cast

import aiosqlite

from bot.errors import StoreFailed

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[aiosqlite.Connection], Awaitable[T]]
Row = aiosqlite.Row
BATCH = 500  # values bound in one statement; SQLite allows 32,766
Value = str | int | float | bytes | None

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -32768",  # 32 MB a connection: the pages that a search walks through
)


@dataclass(slots=True)
class _Job:
    """Work waiting for the writer, and who waits for it."""

    work: Callable[[aiosqlite.Connection], Awaitable[object]]
    done: asyncio.Future[object]
    transaction: bool = True


class Database:
    """Owns the connections; every change goes through one writer task.

    A caller that is cancelled leaves no open transaction: its work was queued
    and is finished or rolled back by the writer, which alone holds the
    writing connection.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def waiting(self) -> int:
        """Return how many transactions wait for the writer."""
        return self._jobs.qsize()

    async def open(self) -> None:
        """Open the file, bring its schema up to date and start the writer.

        Raises StoreFailed when the file is no database or is newer than this Marv.
        """
        with storage_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._writer = await _connect(self.path)
                await migrate(self._writer)
                self._reader = await _connect(self.path)
                await self._reader.execute("PRAGMA query_only = ON")
            except BaseException:
                await self._close_connections()
                raise
        self._task = asyncio.create_task(self._write_forever(self._writer), name="sqlite-writer")

    async def close(self) -> None:
        """Finish what is queued, then close; idempotent."""
        self._closing = True
        if self._task is not None:
            await self._jobs.put(None)
            await self._task
            self._task = None
        await self._close_connections()

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a transaction of its own and return once it is durable.

        Raises StoreFailed when SQLite refuses; then nothing of it was kept.
        """
        return await self._queue(work)

    async def compact(self) -> None:
        """Write the file anew without what was deleted, and empty the write-ahead log.

        Readers go on, writers wait. Raises StoreFailed when the log stays in use.
        """

        async def work(connection: aiosqlite.Connection) -> bool:
            await connection.execute("VACUUM")
            [[busy, *_]] = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(busy)

        if await self._queue(work, transaction=False):
            raise StoreFailed("the write-ahead log is in use")

    async def _queue(self, work: Work[T], *, transaction: bool = True) -> T:
        if self._closing or self._task is None:
            raise StoreFailed("the database is closed")
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        await self._jobs.put(_Job(work, done, transaction))
        return cast("T", await asyncio.shield(done))

    async def rows(self, sql: str, values: Iterable[Value] = ()) -> Sequence[Row]:
        """Return every row of a query."""
        if self._reader is None:
            raise StoreFailed("the database is closed")
        with storage_errors():
            return list(await self._reader.execute_fetchall(sql, tuple(values)))

    async def backup(self, target: Path) -> None:
        """Copy the live database to ``target`` by SQLite's online backup.

        Raises StoreFailed when the target exists or cannot be written.
        """
        if self._reader is None:
            raise StoreFailed("the database is closed")
        with storage_errors():
            await asyncio.to_thread(_claim, target)
            async with aiosqlite.connect(target) as copy:
                await self._reader.backup(copy, pages=256, sleep=0.005)

    async def integrity(self) -> str:
        """Return ``ok`` or what SQLite's integrity check found first."""
        [[verdict]] = await self.rows("PRAGMA integrity_check(1)")
        return str(verdict)

    async def _write_forever(self, connection: aiosqlite.Connection) -> None:
        while (job := await self._jobs.get()) is not None:
            await _transact(connection, job)

    async def _close_connections(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                await connection.close()
        self._reader = self._writer = None


async def refuse_what_is_no_backup(path: Path) -> None:
    """Look through a copy of a database before it is put to use.

    Raises StoreFailed for a file that is no database, is damaged, is not
    Marv's, or was written by a newer Marv.
    """
    with storage_errors():
        async with aiosqlite.connect(path) as connection:
            [[verdict]] = await connection.execute_fetchall("PRAGMA integrity_check(1)")
            broken = list(await connection.execute_fetchall("PRAGMA foreign_key_check"))
            [[version]] = await connection.execute_fetchall("PRAGMA user_version")
            tables = {
                name
                for [name] in await connection.execute_fetchall(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                )
            }
    if verdict != "ok" or broken:
        raise StoreFailed(f"it is damaged: {verdict if verdict != 'ok' else 'rows lack others'}")
    if not version or not {"documents", "turns"} <= tables:
        raise StoreFailed("it is a database, but none of Marv's")
    if version > newest_schema():
        raise StoreFailed(
            f"schema {version} was written by a newer Marv (this one knows {newest_schema()})"
        )


def newest_schema() -> int:
    """Return the version of the schema that this Marv writes."""
    return max(int(script.name[:4]) for script in _scripts())


def _scripts() -> list[Traversable]:
    found = files("bot.adapters").joinpath("migrations").iterdir()
    return sorted(
        (script for script in found if script.name.endswith(".sql")), key=lambda each: each.name
    )


async def migrate(connection: aiosqlite.Connection) -> int:
    """Apply every migration above ``PRAGMA user_version``, one transaction each."""
    [[current]] = await connection.execute_fetchall("PRAGMA user_version")
    scripts, newest = _scripts(), newest_schema()
    if current > newest:
        raise StoreFailed(f"schema {current} was written by a newer Marv (this one knows {newest})")
    for script in scripts:
        version = int(script.name[:4])
        if version <= current:
            continue
        try:
            await connection.executescript(
                f"BEGIN;\n{script.read_text('utf-8')}\nPRAGMA user_version = {version};\nCOMMIT;"
            )
        except aiosqlite.Error:
            await connection.rollback()
            raise
    return newest


class storage_errors:  # noqa: N801 - reads as a statement: with storage_errors():
    """Translate SQLite's errors into ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, aiosqlite.Error | OSError):
            raise StoreFailed(str(error)) from error


def _claim(target: Path) -> None:
    """Make an empty file that was not there: SQLite copies into it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.touch(exist_ok=False)
    except FileExistsError as error:
        raise StoreFailed(f"{target.name} exists; name a new file") from error


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            await connection.execute(pragma)
    except BaseException:
        # aiosqlite's thread is no daemon: an unclosed connection would hang the process
        await connection.close()
        raise
    return connection


async def _transact(connection: aiosqlite.Connection, job: _Job) -> None:
    try:
        if job.transaction:
            await connection.execute("BEGIN IMMEDIATE")
        result = await job.work(connection)
        await connection.commit()
    except Exception as error:  # noqa: BLE001 - handed to whoever waits; the writer must live
        if connection.in_transaction:
            await connection.rollback()
        if not job.done.done():
            job.done.set_exception(_translated(error))
    else:
        if not job.done.done():
            job.done.set_result(result)


def _translated(error: Exception) -> Exception:
    if isinstance(error, aiosqlite.Error):
        failure = StoreFailed(str(error))
        failure.__cause__ = error
        return failure
    return error


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """Yield an open database and close it in order."""
    database = Database(path)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def marks(values: Sequence[object]) -> str:
    """Return the question marks that bind these values."""
    return ", ".join("?" * len(values))


def batches(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield values in lists that one statement can bind."""
    iterator = iter(values)
    while batch := list(islice(iterator, BATCH)):
        yield batch
