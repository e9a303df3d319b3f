"""Starting, dying and mending: real processes on a real Chroma, models without weights."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.adapters.chroma import LateIndex
from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.sqlite.database import open_database
from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import AlreadyRunning, StoreFailed
from bot.maintenance import back_up, rebuild_index
from bot.models import EmbeddingSpace
from bot.settings import Settings
from tests.fakes import DIMENSIONS, FakeEmbedder
from tests.killing import BURST, GUILD, bare_environment, child, fake_models

PATIENCE_SECONDS = 20.0
STOP_SECONDS = 10.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a Chroma of Marv's own, unlike the other tests'."""
    return Settings(data_dir=tmp_path / "var")


async def add(marv: Marv, title: str, text: str) -> None:
    await marv.services.library.add_text(GUILD, title=title, text=text, added_by=1)


async def titles(marv: Marv, query: str) -> list[str]:
    found = await marv.services.search.find(GUILD, query, viewer=sees_everything)
    return [passage.title for passage in found.passages]


async def titles_once_back(marv: Marv, query: str) -> list[str]:
    """Search until the index answers again; no search may take longer than its bound."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await titles(marv, query)
            if not marv.services.health.missing:
                return found
            await asyncio.sleep(0.1)


def chroma_pid(settings: Settings) -> int:
    claim = json.loads(settings.chroma_dir.with_suffix(".pid").read_text())
    return int(claim["pid"])


def run_marv(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on the same data directory as a child of ``tests.killing``."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=directory,
        env={**bare_environment(), "MARV_DATA_DIR": str(directory / "var")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def survivors(pids: Iterable[int], *, seconds: float) -> list[psutil.Process]:
    """Return which of the processes still run after ``seconds``."""
    processes = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            processes.append(psutil.Process(pid))
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


async def test_a_running_marv_keeps_others_off_but_can_be_backed_up(
    tmp_path: Path, settings: Settings
) -> None:
    with child("serve", tmp_path):
        with pytest.raises(AlreadyRunning, match=r"already running on var \(process \d+\)"):
            async with open_marv(settings, models=fake_models()):
                pass
        second = run_marv(tmp_path, "search", "tide")
        copy = tmp_path / "copies" / "marv.sqlite3"
        await back_up(settings, copy)
        with pytest.raises(StoreFailed, match="exists"):
            await back_up(settings, copy)

    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("marv: Marv is already running on var")
    assert "Traceback" not in second.stderr
    async with open_database(copy) as database:
        assert await database.integrity() == "ok"
        assert [row["title"] for row in await database.rows("SELECT * FROM documents")] == ["Tides"]


async def test_a_second_marv_in_the_same_process_is_refused(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()):
        with pytest.raises(AlreadyRunning):
            async with open_marv(settings, models=fake_models()):
                pass


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
async def test_a_killed_chroma_comes_back_and_is_searched_again(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        await add(marv, "Tides", "The tide turns twice a day.")
        first = chroma_pid(settings)
        os.kill(first, signal.SIGKILL)

        assert await titles_once_back(marv, "tide turns") == ["Tides"]

        assert chroma_pid(settings) != first
        await add(marv, "Moon", "The moon pulls the water.")
        assert (await titles(marv, "moon pulls water"))[0] == "Moon"


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)
def test_no_child_outlives_a_killed_marv_and_the_next_start_works(tmp_path: Path) -> None:
    with child("serve-llama", tmp_path) as marv:
        pids = marv.state["children"]
        marv.process.kill()
        marv.process.wait()
        left = survivors(pids, seconds=5)

    assert len(pids) >= 3, "Chroma, the document reader, the model"
    assert left == []
    with child("serve", tmp_path) as again:
        assert again.state["differing"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_ends_marv_soon_with_everything_written(tmp_path: Path) -> None:
    with child("serve", tmp_path) as marv:
        started = time.monotonic()
        marv.process.send_signal(signal.SIGTERM)
        [last] = marv.wait()
        seconds = time.monotonic() - started
        left = survivors(marv.state["children"], seconds=0)

    assert seconds < STOP_SECONDS
    assert marv.process.returncode == 0
    assert left == []
    with closing(sqlite3.connect(tmp_path / "var" / "marv.sqlite3")) as database:
        written = {row[0] for row in database.execute("SELECT id FROM turns")}
    assert len(last["ids"]) == BURST
    assert written == set(last["ids"])


async def test_rebuild_makes_an_equal_index_in_a_fresh_directory(settings: Settings) -> None:
    embedder = UseEmbedder()
    models = replace(fake_models(), embedder=embedder)
    async with open_marv(settings, models=models) as marv:
        await add(marv, "Tides", "The tide turns twice a day.")
        await add(marv, "Moon", "The moon pulls the water.")
        before = await marv.services.library.ingest.index.chunks(GUILD)
    stale = settings.chroma_dir / "stale"
    stale.touch()

    chunks = await rebuild_index(settings)

    assert chunks == len(before) == 2
    assert not stale.exists()
    async with open_marv(settings, models=models) as marv:
        assert await marv.services.library.ingest.index.chunks(GUILD) == before
        assert await marv.services.library.ingest.reconcile() == 0
        assert (await titles(marv, "what does the moon pull"))[0] == "Moon"
    await embedder.close()


async def test_a_lost_index_is_mended_at_the_next_start(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        await add(marv, "Tides", "The tide turns twice a day.")
    shutil.rmtree(settings.chroma_dir)

    async with open_marv(settings, models=fake_models()) as marv:
        assert await titles(marv, "tide turns") == ["Tides"]
        engine = marv.services.library.ingest
        held = (await engine.index.chunks(GUILD)).keys()
        assert held == (await engine.library.chunks(GUILD)).keys()


async def test_vectors_of_another_embedding_model_are_not_mixed_in(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        await add(marv, "Tides", "The tide turns twice a day.")
    other = FakeEmbedder(space=EmbeddingSpace(model="other", dimensions=DIMENSIONS))

    async with open_marv(settings, models=replace(fake_models(), embedder=other)) as marv:
        assert other.embedded, "the new model reads everything itself"
        assert await titles(marv, "tide turns") == ["Tides"]
        index = marv.services.library.ingest.index
        assert isinstance(index, LateIndex)
        collections = await (await index.opened()).client.list_collections()
        assert sorted(str((each.metadata or {})["model"]) for each in collections) == [
            "fake-bigrams",
            "other",
        ]
