"""Chroma, the dense index: always over HTTP, one collection a guild and embedding space."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np

from bot.audience import Audience
from bot.errors import IndexUnavailable, SpaceMismatch
from bot.models import ChunkId, EmbeddingSpace, StoredChunk
from bot.ports import Vectors

if TYPE_CHECKING:
    from chromadb.api import AsyncClientAPI
    from chromadb.api.models.AsyncCollection import AsyncCollection

T = TypeVar("T")
BATCH = 100  # vectors a write: larger ones hold Chroma, and us, longer than a reader should wait
PAGE = 1000  # ids a read
CALL_SECONDS = 20.0  # AsyncHttpClient has no time-out of its own
# Neighbours that a query weighs. Of forty nearest, 100 (the default) misses one in 130, another one
# each time an index is built; 400 misses one in 12,000, as fast (1,473 passages of JaQuAD).
EF_SEARCH = 400
PREFIX = "marv"


class Gate:
    """Lets calls pass; holds them while what they call is exchanged."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._empty = asyncio.Event()
        self._open.set()
        self._empty.set()
        self._inside = 0

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Wait until the gate is open, and keep it from closing while inside."""
        while not self._open.is_set():
            await self._open.wait()
        self._inside += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Let nobody in and wait until everybody is out."""
        self._open.clear()
        try:
            await self._empty.wait()
            yield
        finally:
            self._open.set()


@dataclass(slots=True)
class ChromaIndex:
    """Fulfils ``bot.ports.PassageIndex`` for one embedding space."""

    client: AsyncClientAPI
    space: EmbeddingSpace
    gate: Gate = field(default_factory=Gate)
    _collections: dict[int, AsyncCollection] = field(default_factory=dict)

    async def forget_collections(self) -> None:
        """Look every collection up again: the server has others now. Raises IndexUnavailable."""
        self._collections.clear()
        async with self._call():
            await self.client.heartbeat()

    async def drop(self, guild_id: int) -> None:
        """Delete a guild's collection."""
        async with self.gate.passing(), self._call():
            collection = await self._collection(guild_id)
            self._collections.clear()
            await self.client.delete_collection(collection.name)

    async def upsert(
        self,
        guild_id: int,
        vectors: Mapping[ChunkId, Vectors],
        chunks: Mapping[ChunkId, StoredChunk],
    ) -> None:
        """Store vectors, each with its document and audience, at most 100 a request."""
        if not vectors:
            return
        for batch in _batches(vectors, BATCH):
            embeddings = np.stack([vectors[chunk_id] for chunk_id in batch])
            async with self.gate.passing(), self._call():
                collection = await self._collection(guild_id)
                await collection.upsert(
                    ids=[str(chunk_id) for chunk_id in batch],
                    embeddings=embeddings,
                    metadatas=[_metadata(chunks[chunk_id]) for chunk_id in batch],
                )

    async def delete(self, guild_id: int, chunk_ids: Iterable[ChunkId]) -> None:
        """Remove vectors; unknown ids are ignored."""
        for batch in _batches(chunk_ids, PAGE):
            async with self.gate.passing(), self._call():
                collection = await self._collection(guild_id)
                await collection.delete(ids=[str(chunk_id) for chunk_id in batch])

    async def nearest(
        self,
        guild_id: int,
        vector: Vectors,
        *,
        limit: int,
        audiences: frozenset[Audience] | None = None,
    ) -> tuple[tuple[ChunkId, float], ...]:
        """Return up to ``limit`` chunk ids with their cosine similarity, best first."""
        if audiences is not None and not audiences:
            return ()  # Chroma takes an empty filter for none at all
        async with self.gate.passing(), self._call():
            collection = await self._collection(guild_id)
            found = await collection.query(
                query_embeddings=vector.tolist(),
                n_results=limit,
                include=["distances"],
                where=_filter(audiences) if audiences is not None else None,
            )
        distances = (found["distances"] or [[]])[0]
        return tuple(
            (ChunkId(int(chunk_id)), 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], distances, strict=True)
        )

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, str]:
        """Return every chunk id that the index holds for the guild, with its audience's key."""
        found: dict[ChunkId, str] = {}
        offset = 0
        while True:
            async with self.gate.passing(), self._call():
                collection = await self._collection(guild_id)
                page = await collection.get(include=["metadatas"], limit=PAGE, offset=offset)
            for chunk_id, metadata in zip(page["ids"], page["metadatas"] or (), strict=True):
                found[ChunkId(int(chunk_id))] = str(metadata.get("audience", ""))
            if len(page["ids"]) < PAGE:
                return found
            offset += PAGE

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have a collection in this space."""
        async with self.gate.passing(), self._call():
            collections = await self.client.list_collections(limit=PAGE)
        suffix = _space_suffix(self.space)
        names = [collection.name.split("-") for collection in collections]
        return frozenset(
            int(parts[1])
            for parts in names
            if len(parts) == 3 and parts[0] == PREFIX and parts[2] == suffix
        )

    async def _collection(self, guild_id: int) -> AsyncCollection:
        if guild_id not in self._collections:
            collection = await self.client.get_or_create_collection(
                name=f"{PREFIX}-{guild_id}-{_space_suffix(self.space)}",
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
                metadata=_space_metadata(self.space),
            )
            self._refuse_another_space(collection)
            self._collections[guild_id] = collection
        return self._collections[guild_id]

    def _refuse_another_space(self, collection: AsyncCollection) -> None:
        """Raise SpaceMismatch: get_or_create silently returns a collection of another kind."""
        found = {key: (collection.metadata or {}).get(key) for key in _space_metadata(self.space)}
        hnsw: Any = collection.configuration_json.get("hnsw") or {}
        if found != _space_metadata(self.space) or hnsw.get("space") != "cosine":
            raise SpaceMismatch(
                f"collection {collection.name} holds {found} ({hnsw.get('space')}), not"
                f" {self.space.key} (cosine); run `marv rebuild`"
            )

    @asynccontextmanager
    async def _call(self) -> AsyncIterator[None]:
        """Bound one call in time and make its errors ours."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            async with asyncio.timeout(CALL_SECONDS):
                yield
        except NotFoundError as error:
            self._collections.clear()  # the server lost or dropped it; the next call looks again
            raise IndexUnavailable(f"Chroma: {error}") from error
        except TimeoutError as error:
            raise IndexUnavailable(f"Chroma did not answer within {CALL_SECONDS:g} s") from error
        except (ChromaError, httpx.HTTPError, OSError, ValueError) as error:
            raise IndexUnavailable(f"Chroma: {error}") from error


@dataclass(slots=True, kw_only=True)
class LateIndex:
    """Fulfils ``bot.ports.PassageIndex`` over a server that need not answer yet.

    Connects at its first use. ``space`` is asked then, for the embedder too may
    have yet to learn what its space is.
    """

    url: str
    api_key: str | None
    space: Callable[[], EmbeddingSpace]
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _index: ChromaIndex | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def opened(self) -> ChromaIndex:
        """Return the index, connected; raises IndexUnavailable when that fails."""
        async with self._opening:
            if self._index is None:
                space = self.space()
                if not space.dimensions:
                    raise IndexUnavailable(f"how wide vectors of {space.model} are is not known")
                client = await self._open.enter_async_context(
                    connected(self.url, api_key=self.api_key)
                )
                self._index = ChromaIndex(client=client, space=space)
            return self._index

    async def close(self) -> None:
        """Close the connections."""
        await self._open.aclose()

    async def upsert(
        self,
        guild_id: int,
        vectors: Mapping[ChunkId, Vectors],
        chunks: Mapping[ChunkId, StoredChunk],
    ) -> None:
        """Store vectors, each with its document and audience."""
        await (await self.opened()).upsert(guild_id, vectors, chunks)

    async def delete(self, guild_id: int, chunk_ids: Iterable[ChunkId]) -> None:
        """Remove vectors; unknown ids are ignored."""
        await (await self.opened()).delete(guild_id, chunk_ids)

    async def nearest(
        self,
        guild_id: int,
        vector: Vectors,
        *,
        limit: int,
        audiences: frozenset[Audience] | None = None,
    ) -> tuple[tuple[ChunkId, float], ...]:
        """Return up to ``limit`` chunk ids with their cosine similarity, best first."""
        index = await self.opened()
        return await index.nearest(guild_id, vector, limit=limit, audiences=audiences)

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, str]:
        """Return every chunk id that the index holds for the guild, with its audience's key."""
        return await (await self.opened()).chunks(guild_id)

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have a collection in this space."""
        return await (await self.opened()).guild_ids()


@asynccontextmanager
async def connected(url: str, *, api_key: str | None = None) -> AsyncIterator[AsyncClientAPI]:
    """Yield a client of the server at ``url`` and close its connections.

    Raises IndexUnavailable when nothing answers there.
    """
    client = await _connect(url, api_key)
    try:
        yield client
    finally:
        # AsyncHttpClient has no close of its own; its inner API has
        await client._server.__aexit__(None, None, None)  # type: ignore[attr-defined] # noqa: SLF001


async def _connect(url: str, api_key: str | None) -> AsyncClientAPI:
    chromadb = await asyncio.to_thread(importlib.import_module, "chromadb")  # takes a second
    import httpx
    from chromadb.config import Settings

    address = urlsplit(url)
    ssl = address.scheme == "https"
    try:
        async with asyncio.timeout(CALL_SECONDS):
            client: AsyncClientAPI = await chromadb.AsyncHttpClient(
                host=address.hostname or "127.0.0.1",
                port=address.port or (443 if ssl else 8000),
                ssl=ssl,
                headers={"x-chroma-token": api_key} if api_key else None,
                settings=Settings(anonymized_telemetry=False),
            )
            return client
    except (TimeoutError, OSError, ValueError, httpx.HTTPError) as error:
        raise IndexUnavailable(f"no Chroma answers at {address.hostname}") from error


async def drop_collections(url: str, *, api_key: str | None = None) -> None:
    """Delete every collection of Marv's on a server, of whatever space."""
    async with connected(url, api_key=api_key) as client, asyncio.timeout(CALL_SECONDS):
        for collection in await client.list_collections(limit=PAGE):
            if collection.name.startswith(f"{PREFIX}-"):
                await client.delete_collection(collection.name)


def _metadata(chunk: StoredChunk) -> dict[str, int | str]:
    return {"document_id": chunk.document_id, "audience": chunk.audience.key}


def _filter(audiences: frozenset[Audience]) -> dict[str, Any]:
    return {"audience": {"$in": sorted(audience.key for audience in audiences)}}


def _space_suffix(space: EmbeddingSpace) -> str:
    return hashlib.sha256(space.key.encode()).hexdigest()[:12]


def _space_metadata(space: EmbeddingSpace) -> dict[str, str | int | bool]:
    return {
        "model": space.model,
        "dimensions": space.dimensions,
        "normalised": space.normalised,
    }


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
