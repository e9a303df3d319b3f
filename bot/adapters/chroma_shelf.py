"""Where the dense index lies, and how a new one takes its place: Chroma itself never erases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.adapters.chroma import ChromaIndex, LateIndex, connected
from bot.adapters.chroma_server import ChromaServer, beside, clear_beside, running_chroma


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChromaShelf:
    """Fulfils ``bot.ports.erasure.IndexShelf`` with Marv's own Chroma, whose files are dropped."""

    server: ChromaServer
    index: LateIndex

    @property
    def erases(self) -> bool:
        """Tell that the old files are gone."""
        return True

    @asynccontextmanager
    async def beside(self, guild_ids: frozenset[int]) -> AsyncIterator[OwnFreshIndex]:
        """Yield an empty index of all guilds in a directory of its own, with its own child."""
        current = self.server.directory
        await asyncio.to_thread(clear_beside, current)
        async with running_chroma(beside(current)[0]) as fresh, AsyncExitStack() as connections:
            client = await connections.enter_async_context(connected(fresh.url))
            index = ChromaIndex(client=client, space=self.index.space())
            yield OwnFreshIndex(index=index, fresh=fresh, connections=connections, shelf=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFreshIndex:
    """Fulfils ``bot.ports.erasure.FreshIndex`` by a directory that replaces the other."""

    index: ChromaIndex
    fresh: ChromaServer
    connections: AsyncExitStack
    shelf: OwnChromaShelf

    async def take_over(self) -> None:
        """Hold every call, stop both children, exchange the directories, and start again."""
        current = await self.shelf.index.opened()
        async with current.gate.closed():
            await self.connections.aclose()
            await self.fresh.stop()
            await self.shelf.server.replace_directory(self.fresh.directory)
            await current.forget_collections()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignChromaShelf:
    """Fulfils ``bot.ports.erasure.IndexShelf`` with a Chroma whose files are not ours.

    A new collection takes the old one's place; what the server keeps of that
    on its disk is its operator's to remove.
    """

    index: LateIndex

    @property
    def erases(self) -> bool:
        """Tell that the server may keep files."""
        return False

    @asynccontextmanager
    async def beside(self, guild_ids: frozenset[int]) -> AsyncIterator[ForeignFreshIndex]:
        """Drop the guilds' collections and yield the index: one name has room for one."""
        index = await self.index.opened()
        for guild_id in sorted(guild_ids):
            await index.drop(guild_id)
        yield ForeignFreshIndex(index=self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFreshIndex:
    """Fulfils ``bot.ports.erasure.FreshIndex`` by the index itself."""

    index: LateIndex

    async def take_over(self) -> None:
        """Change nothing: it serves already."""
