"""What every test stands on: settings in a temporary directory, one Chroma, a simulated Discord."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
import simcord

from bot.adapters import chroma
from bot.adapters.chroma_server import CHILD, HOST, _free_port
from bot.app import open_marv
from bot.client import Marv
from bot.opening import Models
from bot.settings import Settings
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import PERSONAS

SETTLE_SECONDS = 30.0
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the simulated Discord wait longer than its five seconds: two suites may share a core."""
    for item in items:
        if item.get_closest_marker("simcord") is None:
            item.add_marker(pytest.mark.simcord(settle_timeout=SETTLE_SECONDS))


@pytest.fixture
def shared_data() -> Path:
    """The third-party data beside the checkout; a test that needs it skips without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the third-party data of ../shared/data is not here")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the operator's own environment and .env out of the tests."""
    import os

    for name in [*os.environ]:
        if name.startswith(("MARV_", "OPENAI_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real Chroma server for the whole run."""
    url = f"http://{HOST}:{(port := _free_port())}"
    directory = tmp_path_factory.mktemp("chroma")
    command = [sys.executable, "-c", CHILD, "run", "--path", str(directory), "--host", HOST]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait_for(f"{url}/api/v2/heartbeat")
            yield url
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def settings(tmp_path: Path, chroma_url: str) -> Settings:
    """Settings that touch nothing but the test's own directory and the run's Chroma."""
    asyncio.run(chroma.drop_collections(chroma_url))
    return Settings(data_dir=tmp_path / "var", chroma_url=chroma_url)


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
async def marv(settings: Settings, chat: FakeChat, embedder: FakeEmbedder) -> AsyncIterator[Marv]:
    """Marv with fake models, real stores, not connected."""
    models = Models(chat=chat, embedder=embedder, counter=FakeCounter(), personas=PERSONAS)
    async with open_marv(settings, models=models) as opened:
        yield opened


@pytest.fixture
def simcord_bot(marv: Marv) -> Marv:
    return marv


@dataclass(frozen=True, slots=True)
class Server:
    """A simulated server with a channel, a member and an admin."""

    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor
    admin: simcord.MemberActor


@pytest.fixture
async def server(simcord_env: simcord.Env, marv: Marv) -> Server:
    """A server whose members were shown the privacy notice before."""
    guild = simcord_env.create_guild("Harbor")
    staff = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
    server = Server(
        guild,
        guild.create_text_channel("general"),
        guild.add_member(simcord_env.create_user("alice")),
        guild.add_member(simcord_env.create_user("admin"), roles=[staff]),
    )
    for member in (server.alice, server.admin):
        await marv.services.privacy.owes_notice(guild.id, member.id)
    return server


def _wait_for(address: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(address)
