"""Models that speak only the Completions protocol, against a server on the loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

import pytest

from bot.adapters.openai_client import Patience
from bot.adapters.openai_completions import (
    SEPARATOR,
    STOP,
    OpenAICompletions,
    speaks_completions,
)
from bot.errors import ChatFailed
from bot.faults.model import ModelGone
from bot.models import ChatMessage
from tests.openai_faults import BROKEN, MODEL_UNKNOWN
from tests.openai_server import OpenAIServer, serving

QUICK = Patience(longest_wait_seconds=0.2)
NAME = "ft:babbage-002:org::1"
ASKED = [
    ChatMessage(role="system", content="You are Marv."),
    ChatMessage(role="user", content="Where is the pier?"),
]


def brain(messages: Sequence[Mapping[str, str]]) -> str:
    """Go on where the prompt ends, as such a model was taught: a blank, the answer, the mark."""
    asked = messages[-1]["content"].removesuffix(SEPARATOR)
    return f" Oh, {asked.lower()} By the water.{STOP} and then it babbles"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving(brain=brain) as server:
        yield server


@pytest.fixture
async def chat(server: OpenAIServer) -> AsyncIterator[OpenAICompletions]:
    chat = OpenAICompletions.open(NAME, base_url=server.url, api_key="sk-test", patience=QUICK)
    yield chat
    await chat.close()


async def test_it_gets_what_it_was_trained_on_and_stops_where_it_was_taught(
    server: OpenAIServer, chat: OpenAICompletions
) -> None:
    deltas = [delta async for delta in chat.stream(ASKED, max_tokens=50)]
    assert "".join(delta.text for delta in deltas) == "Oh, where is the pier? By the water."
    assert deltas[-1].usage is not None
    assert "stop" in [delta.finish_reason for delta in deltas]
    [received] = server.completions.requests
    assert received.body["prompt"] == f"Where is the pier?{SEPARATOR}"
    assert received.body["model"] == NAME


async def test_a_prefix_names_any_other_such_model(server: OpenAIServer) -> None:
    chat = OpenAICompletions.open("completions:my-model", base_url=server.url, api_key=None)
    assert [delta async for delta in chat.stream(ASKED, max_tokens=9)]
    assert server.completions.requests[0].body["model"] == "my-model"
    await chat.close()


async def test_its_failures_are_those_of_any_model(
    server: OpenAIServer, chat: OpenAICompletions
) -> None:
    server.completions.fail(MODEL_UNKNOWN)
    with pytest.raises(ModelGone):
        [delta async for delta in chat.stream(ASKED, max_tokens=9)]
    server.completions.fail(BROKEN, BROKEN, BROKEN)
    with pytest.raises(ChatFailed):
        [delta async for delta in chat.stream(ASKED, max_tokens=9)]


@pytest.mark.parametrize(
    ("name", "legacy"),
    [
        ("ft:babbage-002:org::1", True),
        ("davinci-002", True),
        ("ft:davinci:org:marv:2023", True),
        ("completions:anything", True),
        ("gpt-4.1-mini", False),
        ("ft:gpt-4.1-mini:org::davinci-002", False),
        ("davincible-7b", False),
    ],
)
def test_which_models_know_no_chat(name: str, legacy: bool) -> None:
    assert speaks_completions(name) is legacy
