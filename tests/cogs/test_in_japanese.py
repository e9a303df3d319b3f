"""Commands that come in Japanese, as the Japanese playground hears them, are answered in it."""

from __future__ import annotations

import pytest
import simcord

from bot.client import Marv
from bot.faults.exploring import TooFewItems
from bot.language import HAN, KANA
from bot.playground import LOCALES, hear
from tests.cogs.test_inquiries import labels, message_of, told
from tests.cogs.test_persona import everything
from tests.conftest import Server

STAFF = (
    "dataset review",
    "dataset stats",
    "dataset versions",
    "explore gaps",
    "explore routes",
    "library list",
    "library status",
    "marv settings",
    "marv status",
    "marv usage",
    "tune list",
    "tune models",
)
MEMBERS = ("persona show", "privacy status", "privacy export", "privacy forget")


@pytest.fixture(autouse=True)
def _hears_japanese(server: Server, marv: Marv) -> None:
    assert server
    hear(marv, LOCALES["ja"])


def japanese(text: str) -> bool:
    return bool(HAN.search(text) or KANA.search(text))


@pytest.mark.parametrize("command", [*STAFF, *MEMBERS])
async def test_a_command_is_answered_in_japanese(server: Server, command: str) -> None:
    asker = server.alice if command in MEMBERS else server.admin
    result = await asker.slash(server.channel, command)

    assert japanese(everything(result)), everything(result)


async def test_buttons_and_forms_are_in_japanese(server: Server) -> None:
    asked = message_of(await server.alice.slash(server.channel, "privacy forget"))
    form = await server.admin.slash(server.channel, "dataset add")

    assert labels(asked)
    assert all(map(japanese, labels(asked)))
    assert form.modal is not None
    assert japanese(form.modal["title"])


async def test_an_error_is_told_in_japanese(server: Server, simcord_env: simcord.Env) -> None:
    result = await server.admin.slash(server.channel, "explore topics")

    assert japanese(told(result))
    simcord.assert_error(simcord_env, TooFewItems)
