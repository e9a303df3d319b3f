"""Marv on Discord: the real client on real sockets, against a loopback Discord.

Run as a program, this module is Marv on the Discord at the given address, with
fake models: what a signal ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import psutil
import pytest
from pydantic import SecretStr

from bot import runner
from bot.app import open_marv
from bot.commands.console import operator_settings
from bot.errors import ConfigurationError, MarvError
from bot.models import ChatDelta, ChatMessage
from bot.runner import run_on_discord, sync_everywhere
from bot.settings import Settings
from cogs.delivery import WRITING_MARK
from tests import discord_server
from tests.discord_server import (
    CHANNEL_ID,
    GUILD_ID,
    TOKEN,
    UNKNOWN_TO_DISCORD,
    DiscordServer,
    Json,
    Op,
    Request,
    point_discord_at,
    wait_until,
)
from tests.fakes import FakeChat
from tests.killing import bare_environment, fake_models

STOP_SECONDS = 10.0
PATIENCE_SECONDS = 20.0
DEFER_SECONDS = 3.0
ABNORMAL = 1006  # how a connection ended that nobody closed
NO_MENTIONS: Json = {"parse": []}
CONNECTED = "Connected as"
API_KEY = "sk-a-key-that-nobody-may-read"
QUESTION = "When does the tide turn, said the walrus?"


@pytest.fixture
def discord_at() -> Iterator[DiscordServer]:
    """A Discord; the test fails where Marv sent it what the real one would refuse."""
    with discord_server.serving() as server:
        yield server
    assert server.violations == []


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a token, and a server to sync to."""
    return settings.model_copy(update={"discord_token": SecretStr(TOKEN), "sync_guild": GUILD_ID})


def without_sync(settings: Settings) -> Settings:
    return settings.model_copy(update={"sync_guild": None})


@asynccontextmanager
async def running(settings: Settings, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Run Marv, and the block once it is connected; its failure is the test's."""
    caplog.set_level(logging.INFO, logger="bot")
    marv = asyncio.create_task(run_on_discord(settings, models=fake_models()))
    try:
        await asyncio.to_thread(wait_until, lambda: marv.done() or CONNECTED in caplog.text)
        yield
    finally:
        marv.cancel()
        await asyncio.wait({marv})
        if not marv.cancelled():
            marv.result()


async def only(server: DiscordServer, method: str, ending: str) -> Request:
    """Return the one request to the route that ends so, once it is there.

    Previews do not count: a busy machine shows some of an answer that others do not need.
    """
    await asyncio.to_thread(wait_until, lambda: final(server, method, ending))
    [request] = final(server, method, ending)
    return request


def final(server: DiscordServer, method: str, ending: str) -> list[Request]:
    """Return the requests to a route that are no previews."""
    return [
        each
        for each in server.asked(method, ending)
        if not (isinstance(each.body, dict) and WRITING_MARK in str(each.body.get("content")))
    ]


async def add_tides(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        await marv.services.library.add_text(
            GUILD_ID, title="Tides", text="The tide turns twice a day.", added_by=1
        )


async def test_marv_connects_and_syncs_to_the_configured_server_only(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings, caplog):
        pass

    [synced] = [each for each in discord_at.requests if each.method == "PUT"]
    assert synced.path == f"/applications/{discord_server.BOT_ID}/guilds/{GUILD_ID}/commands"
    assert {"ask", "search", "chat", "library", "privacy"} <= {each["name"] for each in synced.body}
    assert "Connected as marv to 1 servers" in caplog.text
    assert discord_at.received(Op.IDENTIFY)[0]["token"] == TOKEN
    assert discord_at.closed == [1000]


async def test_without_a_server_to_sync_to_nothing_is_synced_and_the_log_says_so(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(without_sync(settings), caplog):
        pass

    assert not any(each.method == "PUT" for each in discord_at.requests)
    assert "Commands were not synced: set MARV_SYNC_GUILD" in caplog.text


async def test_sync_everywhere_registers_the_commands_once_and_does_not_connect(
    discord_at: DiscordServer, settings: Settings
) -> None:
    count = await sync_everywhere(settings, models=fake_models())

    [synced] = [each for each in discord_at.requests if each.method == "PUT"]
    assert synced.path == f"/applications/{discord_server.BOT_ID}/commands"
    assert "ask" in {each["name"] for each in synced.body}
    assert count == len(synced.body)
    assert discord_at.frames == []


@pytest.mark.parametrize("where", ["gateway", "/users/@me", "/commands"])
async def test_one_503_at_the_start_does_not_end_marv(
    discord_at: DiscordServer, settings: Settings, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    discord_at.refused_connects = where == "gateway"
    discord_at.refused_once = {where}
    await add_tides(settings)

    async with running(settings, caplog):
        discord_at.slash("ask", question="The tide turns how often a day?")
        edit = await only(discord_at, "PATCH", "@original")

    assert "The tide turns twice a day." in edit.body["content"]


async def test_a_discord_that_stays_away_is_one_sentence(
    discord_at: DiscordServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CONNECT_ATTEMPTS", 2)
    discord_at.refused_connects = 100

    with pytest.raises(MarvError, match="Discord cannot be reached"):
        await run_on_discord(settings, models=fake_models())


async def test_a_refused_token_names_the_setting_and_not_the_token(
    discord_at: DiscordServer, settings: Settings
) -> None:
    other = "MTIz.another.token"
    wrong = settings.model_copy(update={"discord_token": SecretStr(other)})

    for refused in (run_on_discord, sync_everywhere):
        with pytest.raises(ConfigurationError, match="DISCORD_TOKEN") as raised:
            await refused(wrong, models=fake_models())
        assert other not in str(raised.value)
    assert [each.route for each in discord_at.requests] == ["/users/@me"] * 2


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (4004, ConfigurationError, "DISCORD_TOKEN"),
        (4014, ConfigurationError, "intent"),
        (4011, MarvError, "code 4011"),
    ],
)
async def test_a_refusal_by_the_gateway_is_not_tried_again(
    discord_at: DiscordServer,
    settings: Settings,
    code: int,
    kind: type[MarvError],
    sentence: str,
) -> None:
    discord_at.close_code_at_identify = code

    with pytest.raises(kind, match=sentence):
        await run_on_discord(settings, models=fake_models())

    assert len(discord_at.received(Op.IDENTIFY)) == 1


async def test_a_server_that_marv_is_not_on_names_the_setting(
    discord_at: DiscordServer, settings: Settings
) -> None:
    elsewhere = settings.model_copy(update={"sync_guild": UNKNOWN_TO_DISCORD})

    with pytest.raises(ConfigurationError, match="MARV_SYNC_GUILD"):
        await run_on_discord(elsewhere, models=fake_models())


async def test_ask_is_deferred_in_time_and_answered_by_an_edit_that_pings_nobody(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await add_tides(settings)
    async with running(settings, caplog):
        asked_at = discord_at.slash("ask", question="The tide turns how often a day, @everyone?")
        edit = await only(discord_at, "PATCH", "@original")
    callback = await only(discord_at, "POST", "/callback")

    assert callback.at - asked_at < DEFER_SECONDS
    assert callback.at < edit.at
    assert callback.body["type"] == 5
    assert "The tide turns twice a day." in edit.body["content"]
    assert edit.body["allowed_mentions"] == NO_MENTIONS
    assert edit.body["embeds"]


async def test_a_failed_ask_is_answered_too(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings, caplog):
        discord_at.slash("ask", question=" ")
        await asyncio.to_thread(wait_until, lambda: replies(discord_at))

    [reply] = replies(discord_at)
    assert "nothing to answer" in reply["content"]
    assert reply["allowed_mentions"] == NO_MENTIONS


def replies(server: DiscordServer) -> list[Json]:
    """Return the messages that interactions were answered by."""
    bodies = [each.body for each in server.requests if isinstance(each.body, dict)]
    messages = [body.get("data") or body for body in bodies]
    return [each for each in messages if "content" in each]


async def test_a_mention_is_answered_by_a_reply_that_pings_nobody(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings, caplog):
        discord_at.say("good evening")
        await asyncio.to_thread(
            wait_until,
            lambda: (
                final(discord_at, "POST", "/messages")
                or final(discord_at, "PATCH", "/messages/{message_id}")
            ),
        )
    reply, *_ = discord_at.asked("POST", "/messages")  # the privacy notice may follow

    assert reply.path == f"/channels/{CHANNEL_ID}/messages"
    shown = [reply, *discord_at.asked("PATCH", "/messages/{message_id}")]
    assert "good evening" in shown[-1].body["content"]
    assert reply.body["message_reference"]
    assert reply.body["allowed_mentions"]["parse"] == []
    assert not reply.body["allowed_mentions"].get("replied_user")
    assert discord_at.asked("POST", "/typing")


async def test_a_dropped_connection_is_resumed_and_answers_go_on(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await add_tides(settings)
    async with running(settings, caplog):
        discord_at.drop()
        await asyncio.to_thread(wait_until, lambda: discord_at.received(Op.RESUME))
        discord_at.slash("ask", question="The tide turns how often a day?")
        await only(discord_at, "PATCH", "@original")

    [resumed] = discord_at.received(Op.RESUME)
    assert resumed["session_id"] == "session"
    assert len(discord_at.received(Op.IDENTIFY)) == 1


@dataclass(slots=True)
class HeldChat(FakeChat):
    """A chat model that says nothing until it is let."""

    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        self.requests.append(tuple(messages))
        await self.let.wait()
        yield ChatDelta(text="The tide turns twice a day. [1]")
        yield ChatDelta(finish_reason="stop")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
async def test_an_answer_in_flight_at_sigterm_is_finished_and_a_new_question_declined(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await add_tides(settings)
    caplog.set_level(logging.INFO, logger="bot")
    chat = HeldChat()
    marv = asyncio.create_task(run_on_discord(settings, models=replace(fake_models(), chat=chat)))
    await asyncio.to_thread(wait_until, lambda: marv.done() or CONNECTED in caplog.text)
    discord_at.slash("ask", question="The tide turns how often a day?")
    await asyncio.to_thread(wait_until, lambda: chat.requests)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.to_thread(wait_until, lambda: "requests in flight" in caplog.text)
    discord_at.slash("ask", question="And the moon?")
    await asyncio.to_thread(wait_until, lambda: replies(discord_at))
    chat.let.set()
    await asyncio.wait_for(marv, STOP_SECONDS)

    declined, answered, notice = (reply["content"] for reply in replies(discord_at))
    assert "being restarted" in declined
    assert "The tide turns twice a day." in answered
    assert "Before we get attached" in notice
    assert len(chat.requests) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
async def test_an_answer_that_takes_too_long_does_not_hold_the_stop(
    discord_at: DiscordServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await add_tides(settings)
    caplog.set_level(logging.INFO, logger="bot")
    chat = HeldChat()
    impatient = settings.model_copy(update={"stop_seconds": 0.1})
    marv = asyncio.create_task(run_on_discord(impatient, models=replace(fake_models(), chat=chat)))
    await asyncio.to_thread(wait_until, lambda: marv.done() or CONNECTED in caplog.text)
    discord_at.slash("ask", question="The tide turns how often a day?")
    await asyncio.to_thread(wait_until, lambda: chat.requests)

    os.kill(os.getpid(), signal.SIGTERM)

    await asyncio.wait_for(marv, STOP_SECONDS)
    assert "1 requests did not end within 0.1 s" in caplog.text
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


@dataclass(slots=True)
class Ended:
    """How a child went."""

    log: Path
    status: int = 0
    seconds: float = 0.0
    left: list[psutil.Process] = field(default_factory=list)

    @property
    def said(self) -> str:
        return self.log.read_text()


def start_marv(
    server: DiscordServer, directory: Path, log: IO[str], *, level: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.test_runner", server.url],
        cwd=directory,
        env={
            **bare_environment(),
            "COLUMNS": "400",
            "DISCORD_TOKEN": TOKEN,
            "OPENAI_API_KEY": API_KEY,
            "MARV_DATA_DIR": str(directory / "var"),
            "MARV_LOG_LEVEL": level,
            "MARV_SYNC_GUILD": str(GUILD_ID),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )


@contextmanager
def stopping(server: DiscordServer, directory: Path, *, level: str = "INFO") -> Iterator[Ended]:
    """Start Marv in a child, and after the block stop it by SIGTERM."""
    ended = Ended(log=directory / "log")
    with ended.log.open("w") as log:
        process = start_marv(server, directory, log, level=level)
    try:
        yield ended
        children = psutil.Process(process.pid).children(recursive=True)
        assert children, "Chroma is a child of Marv"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        ended.status = process.wait(PATIENCE_SECONDS)
        ended.seconds = time.monotonic() - started
        ended.left = [each for each in children if each.is_running()]
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("discord_is", ["well", "out", "silent"])
def test_sigterm_ends_marv_soon_whatever_discord_does(
    discord_at: DiscordServer, tmp_path: Path, discord_is: str
) -> None:
    discord_at.heartbeat_seconds = 0.2
    discord_at.refused_connects = 1000 if discord_is == "out" else 0
    with stopping(discord_at, tmp_path) as marv:
        if discord_is == "out":
            wait_until(lambda: discord_at.refused_connects < 998)
        else:
            wait_until(lambda: CONNECTED in marv.said)
        if discord_is == "silent":
            discord_at.silent = True
            time.sleep(0.5)

    assert marv.status == 0, marv.said
    assert marv.seconds < STOP_SECONDS
    assert marv.left == []
    assert len(discord_at.closed) == (discord_is == "well")
    assert ABNORMAL not in discord_at.closed
    assert "never retrieved" not in marv.said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_the_log_holds_no_secret_and_at_info_no_text(
    discord_at: DiscordServer, tmp_path: Path, level: str
) -> None:
    discord_at.refused_connects = 1
    with stopping(discord_at, tmp_path, level=level) as marv:
        wait_until(lambda: CONNECTED in marv.said)
        discord_at.slash("ask", question=QUESTION)
        wait_until(lambda: replies(discord_at))

    assert marv.status == 0, marv.said
    assert "Commands synced" in marv.said
    assert TOKEN not in marv.said
    assert API_KEY not in marv.said
    assert level == "DEBUG" or QUESTION not in marv.said


def main() -> None:
    """Run Marv as the command line does, with models without weights."""
    point_discord_at(sys.argv[1])
    asyncio.run(run_on_discord(operator_settings(), models=fake_models()))


if __name__ == "__main__":
    main()
