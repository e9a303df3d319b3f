"""Metrics as Prometheus reads them, from a real socket."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.request
from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.adapters.prometheus import PrometheusMetrics
from bot.app import open_marv
from bot.audience import sees_everything
from bot.errors import ChatFailed, ConfigurationError
from bot.models import ChatMessage, Provenance
from bot.pacing import Allowance
from bot.services.metering import MeteredChat
from bot.services.turns import Asker
from bot.settings import Settings
from bot.tracing import Request
from tests.fakes import FakeChat, FakeCounter
from tests.killing import fake_models
from tests.spending import spending
from tests.test_missing_pieces import free_port

GUILD, ALICE = 4_700_000_000_000_000_017, 4_700_000_000_000_000_042


def read(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def value(text: str, sample: str) -> float:
    """Return the value of a sample, its labels as Prometheus writes them."""
    [found] = re.findall(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found)


@pytest.fixture
def measured(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics_port": free_port()})


async def test_what_was_done_is_counted_and_nobody_is_named(measured: Settings) -> None:
    assert measured.metrics_port is not None
    async with open_marv(measured, models=fake_models()) as marv:
        await marv.services.library.add_text(
            GUILD, title="Tides", text="The tide turns twice a day.", added_by=ALICE
        )
        asker = Asker(
            guild_id=GUILD,
            channel_id=GUILD + 1,
            author_id=ALICE,
            provenance=Provenance.INTERACTION,
            viewer=sees_everything,
        )
        with marv.requests.entered(
            Request(door="command", name="ask", guild_id=GUILD, channel_id=GUILD + 1)
        ):
            async with aclosing(marv.services.ask.ask(asker, "tide turns twice?")) as progress:
                async for _ in progress:
                    pass
        text = await asyncio.to_thread(read, measured.metrics_port)

    asked = 'door="command",name="ask"'
    assert value(text, f'marv_requests_total{{{asked},outcome="ok"}}') == 1
    assert value(text, f"marv_request_seconds_count{{{asked}}}") == 1
    chat = 'kind="chat",model="fake-chat"'
    assert value(text, f'marv_model_calls_total{{{chat},outcome="ok"}}') == 1
    assert value(text, 'marv_model_tokens_total{direction="prompt",model="fake-chat"}') == 10
    assert value(text, 'marv_search_seconds_count{arms="both"}') == 1
    assert value(text, "marv_gateway_connected") == 0
    assert value(text, "marv_pieces_missing") == 0
    assert value(text, "marv_requests_in_flight") == 0
    assert value(text, "marv_write_queue") == 0
    assert "marv_library_passages" in text
    assert "tide" not in text
    assert not re.search(str(GUILD)[:10], text), "an id of somebody or somewhere"


async def test_the_library_is_counted(measured: Settings) -> None:
    assert measured.metrics_port is not None
    async with open_marv(measured, models=fake_models()) as marv:
        await marv.services.library.add_text(GUILD, title="A", text="A tide.", added_by=1)
    async with open_marv(measured, models=fake_models()):
        async with asyncio.timeout(10):
            while (
                value(
                    await asyncio.to_thread(read, measured.metrics_port), "marv_library_documents"
                )
                != 1
            ):
                await asyncio.sleep(0.02)


async def test_a_port_that_is_taken_is_named(measured: Settings) -> None:
    assert measured.metrics_port is not None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", measured.metrics_port))
        taken.listen()
        with pytest.raises(ConfigurationError, match=f"MARV_METRICS_PORT.*{measured.metrics_port}"):
            async with open_marv(measured, models=fake_models()):
                pass


async def test_the_port_is_free_again_afterwards(measured: Settings) -> None:
    for _ in range(2):
        async with open_marv(measured, models=fake_models()):
            pass


async def test_a_call_that_fails_or_is_abandoned_is_counted_as_that() -> None:
    metrics, chat = PrometheusMetrics(), FakeChat(script=[ChatFailed("no"), "one two three"])
    metered = MeteredChat(chat, metrics, spending(), FakeCounter())
    messages = [ChatMessage(role="user", content="x")]

    with pytest.raises(ChatFailed):
        async for _ in metered.stream(messages, max_tokens=5):
            pass
    async with aclosing(metered.stream(messages, max_tokens=5)) as stream:
        async for _ in stream:
            break

    def calls(outcome: str) -> float | None:
        labels = {"kind": "chat", "model": "fake-chat", "outcome": outcome}
        return metrics.registry.get_sample_value("marv_model_calls_total", labels)

    assert (calls("ChatFailed"), calls("abandoned"), calls("ok")) == (1, 1, None)
    assert chat.abandoned == 1


def test_an_allowance_gives_its_burst_and_then_one_every_so_often() -> None:
    now = 0.0
    allowance = Allowance(burst=3, every_seconds=100.0, clock=lambda: now)

    assert [allowance.take() for _ in range(4)] == [True, True, True, False]
    now = 99.0
    assert not allowance.take()
    now = 100.0
    assert [allowance.take() for _ in range(2)] == [True, False]
    now = 1e9
    assert [allowance.take() for _ in range(4)] == [True, True, True, False]


async def test_marv_identifies_less_often_than_discord_allows_a_day(settings: Settings) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        now, taken = 0.0, 0
        marv.identifies = replace(marv.identifies, clock=lambda: now)
        while now < 86_400:
            try:
                await marv.before_identify_hook(None, initial=True)
                taken += 1
            except ConnectionError:
                now += 7.0

    assert 500 < taken < 1000
