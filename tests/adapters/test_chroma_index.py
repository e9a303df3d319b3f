"""The dense index on a real Chroma: near is near, another space is refused, nothing hangs."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import numpy as np
import psutil
import pytest

from bot.adapters import chroma
from bot.adapters.chroma import BATCH, ChromaIndex
from bot.adapters.chroma_server import HOST, ChromaServer, _free_port, running_chroma
from bot.audience import EVERYONE, Audience
from bot.errors import IndexUnavailable, SpaceMismatch
from bot.models import ChunkId, DocumentId, EmbeddingSpace, StoredChunk
from bot.ports import Vectors

GUILD = 1_100_000_000_000_000_001  # a snowflake needs all its 64 bits
SPACE = EmbeddingSpace(model="compass", dimensions=2)
COMPASS = {"east": (1.0, 0.0), "north-east": (0.6, 0.8), "north": (0.0, 1.0), "west": (-1.0, 0.0)}
IDS = {name: ChunkId(number) for number, name in enumerate(COMPASS, start=1)}


def vector(*values: float) -> Vectors:
    return np.array(values, dtype=np.float32)


def stored(audience: Audience = EVERYONE) -> StoredChunk:
    return StoredChunk(document_id=DocumentId(1), embed_hash="hash", audience=audience)


async def put(index: ChromaIndex, guild_id: int, vectors: Mapping[ChunkId, Vectors]) -> None:
    await index.upsert(guild_id, vectors, {id_: stored() for id_ in vectors})


async def put_compass(index: ChromaIndex, guild_id: int = GUILD) -> None:
    await put(index, guild_id, {IDS[name]: vector(*point) for name, point in COMPASS.items()})


@pytest.fixture
async def index(chroma_url: str) -> AsyncIterator[ChromaIndex]:
    await chroma.drop_collections(chroma_url)
    async with chroma.connected(chroma_url) as client:
        yield ChromaIndex(client=client, space=SPACE)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ChromaServer]:
    """A Chroma that a test may maltreat."""
    async with running_chroma(tmp_path / "chroma") as started:
        yield started


async def test_the_nearest_come_first_with_their_cosine(index: ChromaIndex) -> None:
    await put_compass(index)

    found = await index.nearest(GUILD, vector(1.0, 0.0), limit=3)

    assert [id_ for id_, _ in found] == [IDS["east"], IDS["north-east"], IDS["north"]]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0], abs=1e-3)


async def test_an_empty_guild_has_nothing_near(index: ChromaIndex) -> None:
    assert await index.nearest(GUILD, vector(1.0, 0.0), limit=3) == ()
    assert (await index.chunks(GUILD)).keys() == frozenset()


async def test_guilds_do_not_see_each_other(index: ChromaIndex) -> None:
    await put_compass(index)
    await put(index, GUILD + 1, {ChunkId(99): vector(1.0, 0.0)})

    assert (await index.chunks(GUILD)).keys() == set(IDS.values())
    assert (await index.chunks(GUILD + 1)).keys() == {99}
    assert await index.guild_ids() == {GUILD, GUILD + 1}


async def test_an_upsert_replaces_and_deletes_ignore_unknown_ids(index: ChromaIndex) -> None:
    await put_compass(index)
    await put(index, GUILD, {IDS["west"]: vector(1.0, 0.0)})
    await index.delete(GUILD, [IDS["east"], ChunkId(12345)])
    await index.delete(GUILD, [])

    [best] = await index.nearest(GUILD, vector(1.0, 0.0), limit=1)

    assert best[0] == IDS["west"]
    assert (await index.chunks(GUILD)).keys() == set(IDS.values()) - {IDS["east"]}


async def test_more_than_one_batch_and_one_page_are_all_kept(index: ChromaIndex) -> None:
    angles = np.linspace(0, np.pi, chroma.PAGE + BATCH + 1)
    many = {
        ChunkId(number): vector(np.cos(angle), np.sin(angle))
        for number, angle in enumerate(angles, start=1)
    }

    await put(index, GUILD, many)

    assert (await index.chunks(GUILD)).keys() == many.keys()
    await index.delete(GUILD, many)
    assert (await index.chunks(GUILD)).keys() == frozenset()


@pytest.mark.parametrize(
    ("distance", "metadata"),
    [
        ("cosine", {"model": "another", "dimensions": 2, "normalised": True}),
        ("l2", {"model": "compass", "dimensions": 2, "normalised": True}),
    ],
)
async def test_a_collection_of_another_space_is_refused(
    index: ChromaIndex, distance: str, metadata: dict[str, str | int | bool]
) -> None:
    await put_compass(index)
    [ours] = await index.client.list_collections()
    await index.client.delete_collection(ours.name)
    await index.client.create_collection(
        ours.name,
        embedding_function=None,
        configuration={"hnsw": {"space": distance}},  # type: ignore[arg-type]
        metadata=metadata,
    )

    fresh = ChromaIndex(client=index.client, space=SPACE)
    with pytest.raises(SpaceMismatch, match="marv rebuild"):
        await fresh.nearest(GUILD, vector(1.0, 0.0), limit=1)
    with pytest.raises(SpaceMismatch):
        await put_compass(fresh)


async def test_two_spaces_lie_side_by_side(index: ChromaIndex) -> None:
    await put_compass(index)
    other = ChromaIndex(client=index.client, space=EmbeddingSpace(model="other", dimensions=3))

    await put(other, GUILD, {ChunkId(7): vector(0.0, 0.0, 1.0)})

    assert (await other.chunks(GUILD)).keys() == {7}
    assert (await index.chunks(GUILD)).keys() == set(IDS.values())


async def test_vectors_of_the_wrong_width_are_refused_in_our_words(index: ChromaIndex) -> None:
    await put_compass(index)
    with pytest.raises(IndexUnavailable):
        await index.nearest(GUILD, vector(1.0, 0.0, 0.0), limit=1)


async def test_a_collection_that_vanished_is_looked_up_again(index: ChromaIndex) -> None:
    await put_compass(index)
    for collection in await index.client.list_collections():
        await index.client.delete_collection(collection.name)

    with pytest.raises(IndexUnavailable):
        await index.nearest(GUILD, vector(1.0, 0.0), limit=1)
    await put_compass(index)

    assert (await index.chunks(GUILD)).keys() == set(IDS.values())


async def test_a_server_that_is_gone_is_said_to_be(server: ChromaServer) -> None:
    async with chroma.connected(server.url) as client:
        index = ChromaIndex(client=client, space=SPACE)
        await put_compass(index)
        await server.stop()

        with pytest.raises(IndexUnavailable):
            await index.nearest(GUILD, vector(1.0, 0.0), limit=1)
        with pytest.raises(IndexUnavailable):
            await put_compass(index)
        with pytest.raises(IndexUnavailable):
            await index.delete(GUILD, [IDS["east"]])
        with pytest.raises(IndexUnavailable):
            await index.guild_ids()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process for a while")
async def test_a_server_that_hangs_is_given_up(
    server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chroma.connected(server.url) as client:
        index = ChromaIndex(client=client, space=SPACE)
        await put_compass(index)
        monkeypatch.setattr(chroma, "CALL_SECONDS", 0.3)
        child = psutil.Process(server.pid)
        child.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        try:
            with pytest.raises(IndexUnavailable, match="did not answer"):
                await index.nearest(GUILD, vector(1.0, 0.0), limit=1)
        finally:
            child.send_signal(signal.SIGCONT)

        assert time.monotonic() - started < 10
        monkeypatch.undo()
        assert (await index.chunks(GUILD)).keys() == set(IDS.values())


async def test_connecting_to_nothing_is_said_at_once() -> None:
    with pytest.raises(IndexUnavailable, match="no Chroma answers"):
        async with asyncio.timeout(10), chroma.connected(f"http://{HOST}:{_free_port()}"):
            pass


async def test_only_the_asked_for_audiences_are_found(index: ChromaIndex) -> None:
    crew = Audience(channel_id=GUILD + 7)
    await put_compass(index)
    await index.upsert(GUILD, {IDS["east"]: vector(1.0, 0.0)}, {IDS["east"]: stored(crew)})

    async def found(*audiences: Audience) -> set[int]:
        hits = await index.nearest(GUILD, vector(1.0, 0.0), limit=9, audiences=frozenset(audiences))
        return {chunk_id for chunk_id, _ in hits}

    assert await found(crew) == {IDS["east"]}
    assert await found(EVERYONE) == set(IDS.values()) - {IDS["east"]}
    assert await found(crew, EVERYONE) == set(IDS.values())
    assert await found() == set()
    assert (await index.chunks(GUILD))[IDS["east"]] == crew.key
