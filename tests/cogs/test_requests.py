"""Requests as members make them: one id from the door to the log, and no word of theirs in it."""

from __future__ import annotations

import logging
import re

import pytest
import simcord

from bot.client import Marv
from bot.errors import TooLong
from tests.conftest import Server
from tests.fakes import FakeChat

CANARY = "zebrafinch"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def finished(log: pytest.LogCaptureFixture) -> list[str]:
    """Return what ended, without its time."""
    lines = [each.getMessage() for each in log.records if each.name == "bot.tracing"]
    return [re.sub(r" in [0-9.]+ s$", "", line) for line in lines]


async def test_each_command_form_and_message_is_one_line_without_a_word_of_its_text(
    server: Server, log: pytest.LogCaptureFixture, marv: Marv, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    alice, admin, channel = server.alice, server.admin, server.channel
    await admin.slash(
        channel, "library add-text", title=f"T {CANARY}", text=f"The {CANARY} sings at 9."
    )
    await alice.slash(channel, "ask", question=f"When does the {CANARY} sing?")
    await alice.slash(channel, "search", query=CANARY)
    await alice.slash(channel, "search", query=f"{CANARY} " * 400)
    await alice.send(channel, f"Nobody asked Marv about the {CANARY}.")
    await alice.send(channel, f"<@{marv.user.id}> sing, {CANARY}")

    assert finished(log) == [
        "command library add-text: ok",
        "command ask: ok",
        "command search: ok",
        "command search: TooLong",
        "event message: ok",
    ]
    assert CANARY not in log.text
    simcord.assert_error(simcord_env, TooLong)


async def test_a_press_of_a_button_is_a_request(
    server: Server, log: pytest.LogCaptureFixture
) -> None:
    for number in range(5):
        await server.admin.slash(
            server.channel, "library add-text", title=f"Tide {number}", text=f"Tide {number} turns."
        )
    result = await server.alice.slash(server.channel, "search", query="tide")

    assert result.response is not None
    await server.alice.click(result.response, custom_id="pager:next")

    assert finished(log)[-1] == "button Pager: ok"


async def test_the_code_that_a_member_is_shown_is_the_id_of_the_request(
    server: Server, log: pytest.LogCaptureFixture, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await server.admin.slash(server.channel, "library add-text", title="T", text="The tide turns.")
    chat.script.append(ZeroDivisionError(CANARY))

    result = await server.alice.slash(server.channel, "ask", question="The tide turns when?")

    assert result.response is not None
    [shown] = re.findall(r"`([0-9a-f]{12})`", result.response.content)
    assert f"Unhandled error {shown}" in log.text
    assert finished(log)[-1] == "command ask: broken"
    simcord.assert_error(simcord_env, ZeroDivisionError)


async def test_while_marv_stops_a_command_is_declined(server: Server, marv: Marv) -> None:
    await marv.requests.drained(seconds=0)

    result = await server.alice.slash(server.channel, "search", query="tide")

    simcord.assert_responded(result, contains="being restarted")
