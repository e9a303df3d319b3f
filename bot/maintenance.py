"""The operator's chores: back up the truth, rebuild the index from it."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from bot.adapters import chroma
from bot.adapters.chroma_server import running_chroma
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.adapters.lockfile import exclusive
from bot.adapters.sqlite import Database, SqliteLibrary
from bot.adapters.sqlite.database import open_database
from bot.errors import IndexUnavailable, StoreFailed
from bot.opening import open_embedder
from bot.ports import Embedder
from bot.services.ingest import Ingest
from bot.settings import Settings, reveal


async def back_up(settings: Settings, target: Path) -> None:
    """Copy the database, also while Marv runs.

    Raises StoreFailed when there is no database yet or the target exists.
    """
    if not settings.database_path.exists():
        raise StoreFailed("there is no database yet: run Marv or `marv ingest` first")
    async with open_database(settings.database_path) as database:
        await database.backup(target)


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
    fresh, old = current.with_name("chroma.new"), current.with_name("chroma.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    async with running_chroma(fresh) as server:
        chunks = await _fill(database, embedder, server.url)
    await asyncio.to_thread(_swap, fresh, current, old)
    return chunks


def _swap(fresh: Path, current: Path, old: Path) -> None:
    if current.exists():
        current.rename(old)
    fresh.rename(current)
    shutil.rmtree(old, ignore_errors=True)
    for trace in (fresh.with_suffix(".log"), fresh.with_suffix(".pid")):
        trace.unlink(missing_ok=True)


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
