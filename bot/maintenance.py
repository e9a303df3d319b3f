"""The operator's chores: back up the truth, restore it, rebuild the index from it."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters import chroma
from bot.adapters.chroma_server import beside, clear_beside, running_chroma, swap
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.adapters.lockfile import exclusive
from bot.adapters.sqlite import Database, SqliteLibrary
from bot.adapters.sqlite.database import (
    open_database,
    refuse_what_is_no_backup,
    storage_errors,
)
from bot.adapters.tuned_copies import beside as models_beside
from bot.adapters.tuned_copies import copy_models
from bot.errors import IndexUnavailable, StoreFailed
from bot.opening import open_embedder
from bot.ports import Embedder
from bot.services.ingest import Ingest
from bot.settings import Settings, reveal

SIDE_FILES = ("", "-wal", "-shm")  # of a SQLite database


async def back_up(settings: Settings, target: Path) -> int:
    """Copy the database, also while Marv runs, and beside it the models that were trained here.

    Returns the number of models. Raises StoreFailed when there is no database
    yet or the target exists.
    """
    if not settings.database_path.exists():
        raise StoreFailed("there is no database yet: run Marv or `marv ingest` first")
    async with open_database(settings.database_path) as database:
        await database.backup(target)
    with storage_errors():
        return await asyncio.to_thread(copy_models, settings.tuning_dir, models_beside(target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore brought back, and where what it replaced lies now."""

    documents: int
    turns: int
    models: int = 0  # trained here, that were not there
    replaced: Path | None = None


async def restore(settings: Settings, source: Path, *, replace: bool) -> Restored:
    """Put a backup in the database's place, and drop the index, which belongs to another one.

    The backup is copied, checked and brought up to this Marv's schema before
    anything is touched. What it replaces is moved beside, and only with
    ``replace``. Raises AlreadyRunning while Marv runs, StoreFailed for a file
    that is no sound backup and where there is a database already, and
    IndexUnavailable when the Chroma server does not answer.
    """
    with exclusive(settings.data_dir):
        target = settings.database_path
        if target.exists() and not replace:
            raise StoreFailed(f"there is a {target.name} already; --force moves it beside")
        fresh = target.with_name(f"{target.name}.restoring")
        try:
            restored = await _checked_copy(source, fresh)
            await _drop_index(settings)
            replaced = await asyncio.to_thread(_put_in_place, fresh, target)
        finally:
            _remove(fresh)
        with storage_errors():
            models = await asyncio.to_thread(
                copy_models, models_beside(source), settings.tuning_dir
            )
        return dataclasses.replace(restored, models=models, replaced=replaced)


async def _checked_copy(source: Path, fresh: Path) -> Restored:
    """Copy a backup, check it and bring its schema up to date; return what it holds."""
    _remove(fresh)
    with storage_errors():
        await asyncio.to_thread(shutil.copyfile, source, fresh)
    try:
        await refuse_what_is_no_backup(fresh)
    except StoreFailed as error:
        raise StoreFailed(f"{source.name} cannot be restored: {error}") from error
    async with open_database(fresh) as database:
        [[documents]] = await database.rows("SELECT count(*) FROM documents")
        [[turns]] = await database.rows("SELECT count(*) FROM turns")
    return Restored(documents=documents, turns=turns)


async def _drop_index(settings: Settings) -> None:
    """Drop the index: ids that it holds may stand for other passages in the restored database."""
    if settings.chroma_url:
        key = reveal(settings.chroma_api_key)
        await chroma.drop_collections(settings.chroma_url, api_key=key)
    else:
        await asyncio.to_thread(shutil.rmtree, settings.chroma_dir, ignore_errors=True)


def _put_in_place(fresh: Path, target: Path) -> Path | None:
    """Move the copy to where the database belongs; return where the old one was moved."""
    beside = None
    if target.exists():
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        beside = target.with_name(f"{target.name}.replaced-{moment}")
        for suffix in SIDE_FILES:
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.rename(beside.with_name(beside.name + suffix))
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    return beside


def _remove(database: Path) -> None:
    for suffix in SIDE_FILES:
        database.with_name(database.name + suffix).unlink(missing_ok=True)


async def rebuild_index(settings: Settings) -> int:
    """Build the index from the database and put it in the old one's place.

    The old index serves until the new one is whole and checked. Returns the
    number of passages. Raises IndexUnavailable when the check finds a
    difference; then the old index stays.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(exclusive(settings.data_dir))
        database = await stack.enter_async_context(open_database(settings.database_path))
        embedder = await open_embedder(settings)
        stack.push_async_callback(embedder.close)
        if settings.chroma_url:
            key = reveal(settings.chroma_api_key)
            await chroma.drop_collections(settings.chroma_url, api_key=key)
            return await _fill(database, embedder, settings.chroma_url, api_key=key)
        return await _rebuild_beside(settings.chroma_dir, database, embedder)


async def _rebuild_beside(current: Path, database: Database, embedder: Embedder) -> int:
    fresh, _ = beside(current)
    await asyncio.to_thread(clear_beside, current)
    async with running_chroma(fresh) as server:
        chunks = await _fill(database, embedder, server.url)
    await asyncio.to_thread(swap, fresh, current)
    return chunks


async def _fill(
    database: Database, embedder: Embedder, url: str, *, api_key: str | None = None
) -> int:
    async with chroma.connected(url, api_key=api_key) as client:
        index = chroma.ChromaIndex(client=client, space=embedder.space)
        return await _fill_index(SqliteLibrary(database), index, embedder)


async def _fill_index(library: SqliteLibrary, index: chroma.ChromaIndex, embedder: Embedder) -> int:
    parser = SandboxedParser()
    ingest = Ingest(library=library, index=index, embedder=embedder, parser=parser)
    await ingest.reconcile()
    total = 0
    for guild_id in await library.guild_ids():
        wanted = await library.chunks(guild_id)
        if wanted.keys() != (await index.chunks(guild_id)).keys():
            raise IndexUnavailable(f"the new index of guild {guild_id} is not whole")
        total += len(wanted)
    return total
