"""Marv without Chroma, without its embedding model, and once they are back: on real servers."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.chroma_server import ChromaServer
from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import IndexUnavailable, NothingFoundByWords
from bot.models import SearchResults
from bot.services.health import Piece
from bot.services.metering import MeteredEmbedder
from bot.settings import Settings
from tests import openai_server
from tests.conftest import Server
from tests.killing import fake_models

GUILD = 7
PATIENCE_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def chroma_at(port: int, directory: Path) -> AsyncIterator[None]:
    server = ChromaServer(directory=directory, port=port)
    try:
        await server.start()
        yield
    finally:
        await server.stop()


async def until_whole(marv: Marv) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while marv.services.health.missing:
            await asyncio.sleep(0.05)


async def find(marv: Marv, query: str, guild_id: int = GUILD) -> SearchResults:
    return await marv.services.search.find(guild_id, query, viewer=sees_everything)


async def add(marv: Marv, title: str, text: str) -> None:
    await marv.services.library.add_text(GUILD, title=title, text=text, added_by=1)


async def test_marv_starts_without_chroma_says_so_once_and_finds_it_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    port = free_port()
    settings = Settings(data_dir=tmp_path / "var", chroma_url=f"http://127.0.0.1:{port}")
    async with open_marv(settings, models=fake_models()) as marv:
        with pytest.raises(IndexUnavailable, match="the library has the documents"):
            await add(marv, "Tides", "The tide turns twice a day.")

        found = await find(marv, "tide turns")
        started = time.monotonic()
        with pytest.raises(NothingFoundByWords):
            await find(marv, "zeppelin")
        assert time.monotonic() - started < 5.0, "what is away is not waited for"
        async with chroma_at(port, tmp_path / "chroma"):
            await until_whole(marv)
            whole = await find(marv, "tide turns")
            indexed = await marv.services.library.ingest.index.chunks(GUILD)

    assert [each.title for each in found.passages] == ["Tides"]
    assert found.words_only
    assert not whole.words_only
    assert len(indexed) == 1
    assert caplog.text.count("The index is away") == 1
    assert "The index is back" in caplog.text
    assert "1 passages differed" in caplog.text


async def test_an_embedding_server_that_is_down_at_the_start_is_found_later(
    tmp_path: Path,
    chroma_url: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server's model is unknown to Marv: even how wide its vectors are must be asked."""
    monkeypatch.setitem(openai_server.WIDTHS, "house-model", 256)
    caplog.set_level(logging.INFO, logger="bot")
    with openai_server.serving() as server:
        settings = Settings(
            data_dir=tmp_path / "var",
            chroma_url=chroma_url,
            embedding_base_url=server.url,
            embedding_model="house-model",
            chat_base_url=server.url,
        )
        async with open_marv(settings) as marv:
            await add(marv, "Tides", "The tide turns twice a day.")
        away = settings.model_copy(update={"embedding_base_url": f"http://127.0.0.1:{free_port()}"})

        async with open_marv(away) as marv:
            assert [each.piece for each in marv.services.health.missing] == [Piece.EMBEDDER]
            assert "does not answer yet" in marv.summary
            found = await find(marv, "tide turns")
            embedder = marv.services.search.embedder
            assert isinstance(embedder, MeteredEmbedder)
            embedder.embedder.embedder.client.base_url = server.url  # type: ignore[attr-defined]
            await until_whole(marv)
            whole = await find(marv, "tide turns")

    assert found.words_only
    assert [each.title for each in found.passages] == ["Tides"]
    assert not whole.words_only
    assert [each.title for each in whole.passages] == ["Tides"]
    assert whole.passages[0].dense is not None


async def test_a_chroma_that_goes_while_marv_runs_is_done_without_until_it_is_back(
    tmp_path: Path,
) -> None:
    port = free_port()
    settings = Settings(data_dir=tmp_path / "var", chroma_url=f"http://127.0.0.1:{port}")
    async with AsyncExitStack() as stack:
        chroma = await stack.enter_async_context(AsyncExitStack())
        await chroma.enter_async_context(chroma_at(port, tmp_path / "chroma"))
        marv = await stack.enter_async_context(open_marv(settings, models=fake_models()))
        await add(marv, "Tides", "The tide turns twice a day.")
        before = await find(marv, "tide turns")

        await chroma.aclose()
        without = await find(marv, "tide turns")
        await chroma.enter_async_context(chroma_at(port, tmp_path / "chroma"))
        await until_whole(marv)
        after = await find(marv, "tide turns")

    assert [each.words_only for each in (before, without, after)] == [False, True, False]
    assert all([each.title for each in found.passages] == ["Tides"] for found in (without, after))


@pytest.fixture
def simcord_bot(marv: Marv) -> Marv:
    return marv


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("The tide turns how often?", "Searched by words only"),
        ("潮は一日に何回変わりますか？", "語句の一致だけで検索しました"),
    ],
)
async def test_members_are_told_that_words_alone_were_searched_and_staff_what_is_missing(
    server: Server, marv: Marv, question: str, note: str
) -> None:
    text = "The tide turns twice a day. 潮は一日に二回変わります。"
    await server.admin.slash(server.channel, "library add-text", title="Tides", text=text)
    marv.services.health.lost(Piece.INDEX, IndexUnavailable("gone"))
    marv.services.health.lost(Piece.EMBEDDER, IndexUnavailable("gone"))

    found = await server.alice.slash(server.channel, "search", query=question)
    answer = await server.alice.slash(server.channel, "ask", question=question)
    status = await server.admin.slash(server.channel, "marv status")

    assert found.response is not None
    assert note in str(found.response.embeds[0].description)
    assert answer.response is not None
    assert note in str(answer.response.embeds[-1].footer.text)
    assert status.response is not None
    missing = str(status.response.embeds[0].fields[0].value)
    assert "The index (Chroma), since <t:" in missing
    assert "The embedding model, since <t:" in missing


async def test_with_nothing_missing_nobody_is_told_anything(server: Server) -> None:
    await server.admin.slash(
        server.channel, "library add-text", title="Tides", text="The tide turns twice a day."
    )

    found = await server.alice.slash(server.channel, "search", query="tide turns")
    status = await server.admin.slash(server.channel, "marv status")

    assert found.response is not None
    assert found.response.embeds[0].description is None
    assert status.response is not None
    assert status.response.embeds[0].fields == []


async def test_measuring_is_refused_while_an_arm_is_away(settings: Settings) -> None:
    async with open_marv(settings, models=replace(fake_models())) as marv:
        await add(marv, "Tides", "The tide turns twice a day.")
        marv.services.health.lost(Piece.EMBEDDER, IndexUnavailable("gone"))

        with pytest.raises(IndexUnavailable, match="nothing to compare"):
            await marv.services.search.rankings(GUILD, "tide", viewer=sees_everything, limit=5)
