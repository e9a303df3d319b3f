"""Chat over the OpenAI protocol, against a server on the loopback."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.adapters.openai_chat import OpenAIChat
from bot.adapters.openai_client import OFFICIAL_URL, Breaker, Patience, is_official
from bot.errors import ChatFailed, KeyRefused, ModelError, QuotaSpent
from bot.models import ChatDelta, ChatMessage
from bot.opening import open_chat
from bot.settings import Settings
from tests.openai_faults import (
    BROKEN,
    FORBIDDEN,
    KEY_REFUSED,
    MODEL_UNKNOWN,
    OVERLOADED,
    QUOTA_SPENT,
    Fault,
    Refusal,
    rate_limited,
)
from tests.openai_server import OpenAIServer, serving

QUICK = Patience(longest_wait_seconds=0.2)
IMPATIENT = Patience(read_seconds=0.5, longest_wait_seconds=0.2)
LINE = "Rule one: read the pinned message before you ask me."
QUESTION = [
    ChatMessage(role="system", content="You are Marv."),
    ChatMessage(role="user", content="Hello?"),
    ChatMessage(role="assistant", content="Oh, good. You again."),
    ChatMessage(role="user", content="What is rule one?"),
]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving(brain=lambda _: LINE) as server:
        yield server


@pytest.fixture
async def chat(server: OpenAIServer) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat.open("gpt-4.1-mini", base_url=server.url, api_key="sk-test", patience=QUICK)
    yield chat
    await chat.close()


async def replied(chat: OpenAIChat, *, max_tokens: int = 100) -> list[ChatDelta]:
    """Return every piece of a reply."""
    return [delta async for delta in chat.stream(QUESTION, max_tokens=max_tokens)]


def text_of(deltas: list[ChatDelta]) -> str:
    return "".join(delta.text for delta in deltas)


def finish_reasons(deltas: list[ChatDelta]) -> list[str]:
    return [delta.finish_reason for delta in deltas if delta.finish_reason]


async def test_a_reply_comes_in_pieces_with_its_end_and_its_usage(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    deltas = await replied(chat)

    assert text_of(deltas) == LINE
    assert sum(bool(delta.text) for delta in deltas) > 5
    assert finish_reasons(deltas) == ["stop"]
    [usage] = [delta.usage for delta in deltas if delta.usage]
    assert (usage.prompt, usage.completion) == (14, 13)


async def test_the_conversation_is_sent_as_it_is(server: OpenAIServer, chat: OpenAIChat) -> None:
    await replied(chat)

    [request] = server.chat.requests
    assert request.body["messages"] == [
        {"role": message.role, "content": message.content} for message in QUESTION
    ]
    assert request.authorization == "Bearer sk-test"


async def test_a_reply_that_reaches_its_limit_says_length(chat: OpenAIChat) -> None:
    deltas = await replied(chat, max_tokens=3)

    assert text_of(deltas) == LINE[:12]
    assert finish_reasons(deltas) == ["length"]


@pytest.mark.parametrize("name", ["o4-mini", "gpt-5-nano", "ft:gpt-5-mini:us::1"])
async def test_a_reasoning_model_is_spared_what_it_refuses(server: OpenAIServer, name: str) -> None:
    chat = OpenAIChat.open(name, base_url=server.url, api_key=None, patience=QUICK)

    assert text_of(await replied(chat)) == LINE
    await chat.close()

    assert server.chat.requests[0].body["max_completion_tokens"] == 100


@pytest.mark.parametrize(
    ("base_url", "official"),
    [
        (None, True),
        (OFFICIAL_URL, True),
        ("https://api.openai.com", True),
        ("http://127.0.0.1:11434/v1", False),
        ("https://api.openai.com.evil.example/v1", False),
    ],
)
def test_only_openais_own_host_is_official(base_url: str | None, *, official: bool) -> None:
    assert is_official(base_url) is official


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (QUOTA_SPENT, QuotaSpent),
        (Refusal(status=403, kind="insufficient_quota", code=None), KeyRefused),
        (KEY_REFUSED, KeyRefused),
        (FORBIDDEN, KeyRefused),
        (MODEL_UNKNOWN, ChatFailed),
        (
            Refusal(status=400, kind="invalid_request_error", code="context_length_exceeded"),
            ChatFailed,
        ),
    ],
)
async def test_what_another_try_cannot_mend_is_asked_once(
    server: OpenAIServer, chat: OpenAIChat, refusal: Refusal, error: type[ModelError]
) -> None:
    server.chat.fail(refusal)

    with pytest.raises(error):
        await replied(chat)

    assert len(server.chat.requests) == 1


async def test_an_error_names_the_code_and_never_the_key(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.chat.fail(KEY_REFUSED)

    with pytest.raises(KeyRefused, match="401: invalid_api_key") as caught:
        await replied(chat)

    assert "sk-test" not in str(caught.value)


@pytest.mark.parametrize(
    "fault", [BROKEN, OVERLOADED, rate_limited(), rate_limited("not a number")]
)
async def test_a_passing_fault_is_tried_again(
    server: OpenAIServer, chat: OpenAIChat, fault: Refusal
) -> None:
    server.chat.fail(fault, fault)

    assert text_of(await replied(chat)) == LINE
    assert len(server.chat.requests) == 3


async def test_a_lasting_fault_is_given_up_after_three_tries(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.chat.fail(*[BROKEN] * 4)

    with pytest.raises(ChatFailed, match="status 500"):
        await replied(chat)

    assert len(server.chat.requests) == 3


async def test_the_pause_that_a_server_asks_for_is_made(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.chat.fail(rate_limited("0.15"))

    await replied(chat)

    first, second = server.chat.requests
    assert 0.15 <= second.at - first.at < 5.0


async def test_an_endless_pause_is_cut_short(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.chat.fail(rate_limited("3600"))

    async with asyncio.timeout(10):
        await replied(chat)

    first, second = server.chat.requests
    assert second.at - first.at < 5.0


async def test_a_server_that_never_answers_is_given_up_in_time(
    server: OpenAIServer,
) -> None:
    chat = OpenAIChat.open("any", base_url=server.url, api_key=None, patience=IMPATIENT)
    server.chat.fail(*[Fault.HANG] * 4)
    started = time.perf_counter()

    with pytest.raises(ChatFailed, match="APITimeoutError"):
        await replied(chat)
    await chat.close()

    assert time.perf_counter() - started < 10.0
    assert len(server.chat.requests) == 3


async def test_no_server_at_all_is_a_failure() -> None:
    with serving(validating=False) as gone:
        url = gone.url
    chat = OpenAIChat.open("gpt-4.1-mini", base_url=url, api_key=None, patience=QUICK)

    with pytest.raises(ChatFailed, match="APIConnectionError"):
        await replied(chat)
    await chat.close()


@pytest.mark.parametrize(
    "fault",
    [Fault.CUT_SOCKET, Fault.CUT_CLEANLY, Fault.MALFORMED_CHUNK, Fault.ERROR_MID_STREAM],
)
async def test_a_reply_that_breaks_off_keeps_its_words_and_never_says_stop(
    server: OpenAIServer, chat: OpenAIChat, fault: Fault
) -> None:
    server.chat.fail(fault)

    deltas = await replied(chat)

    assert LINE.startswith(text_of(deltas))
    assert 0 < len(text_of(deltas)) < len(LINE)
    assert finish_reasons(deltas) == []
    assert len(server.chat.requests) == 1


@pytest.mark.parametrize("patience", [Patience(answer_seconds=1.0), Patience(read_seconds=1.0)])
async def test_a_reply_that_falls_silent_is_cut_in_time(
    server: OpenAIServer, patience: Patience
) -> None:
    chat = OpenAIChat.open("any", base_url=server.url, api_key=None, patience=patience)
    server.chat.fail(*[Fault.HANG_MID_STREAM] * 3)

    deltas = await replied(chat)
    await chat.close()

    assert 0 < len(text_of(deltas)) < len(LINE)
    assert finish_reasons(deltas) == []
    assert await server.hung_up()


async def test_a_reply_that_breaks_off_leaves_a_trace_without_its_text(
    server: OpenAIServer, chat: OpenAIChat, caplog: pytest.LogCaptureFixture
) -> None:
    server.chat.fail(Fault.CUT_SOCKET)

    with caplog.at_level(logging.INFO):
        await replied(chat)

    assert "broke off" in caplog.text
    assert "Rule one" not in caplog.text


@pytest.mark.parametrize(
    "fault", [Fault.CUT_AT_ONCE, Fault.WEB_PAGE, Fault.NO_DATA, Fault.MALFORMED_JSON]
)
async def test_a_server_that_says_nothing_is_a_failure(
    server: OpenAIServer, chat: OpenAIChat, fault: Fault
) -> None:
    server.chat.fail(fault)

    with pytest.raises(ChatFailed):
        await replied(chat)


async def test_an_empty_reply_is_a_complete_one(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.chat.fail(Fault.EMPTY_ANSWER)

    deltas = await replied(chat)

    assert text_of(deltas) == ""
    assert finish_reasons(deltas) == ["stop"]


async def test_a_flood_is_stopped_where_max_tokens_would_have(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.chat.fail(Fault.HUGE_ANSWER)

    deltas = await replied(chat, max_tokens=1000)

    assert len(text_of(deltas)) == 32_000
    assert finish_reasons(deltas) == ["length"]
    assert await server.hung_up()


async def test_an_answer_that_drips_for_ever_is_cut(server: OpenAIServer) -> None:
    server.brain = lambda _: LINE * 20
    patience = Patience(answer_seconds=1.0)
    chat = OpenAIChat.open("any", base_url=server.url, api_key=None, patience=patience)
    server.chat.fail(Fault.SLOW_STREAM)

    deltas = await replied(chat, max_tokens=1000)
    await chat.close()

    assert 0 < len(text_of(deltas)) < len(LINE * 20)
    assert finish_reasons(deltas) == []


async def test_closing_the_reply_early_stops_the_model(
    server: OpenAIServer, chat: OpenAIChat
) -> None:
    server.chat.fail(Fault.SLOW_STREAM)

    async with aclosing(chat.stream(QUESTION, max_tokens=100)) as deltas:
        async for delta in deltas:
            if delta.text:
                break

    assert await server.hung_up()


async def test_the_general_key_is_never_sent_to_a_separate_chat_address(
    server: OpenAIServer,
) -> None:
    settings = Settings(
        _env_file=None, openai_api_key="sk-general", chat_base_url=server.url, chat_model="llama3"
    )
    chat = open_chat(settings)

    async with aclosing(chat.stream(QUESTION, max_tokens=10)) as deltas:
        assert [delta async for delta in deltas]
    await chat.close()

    assert server.chat.requests[0].authorization == "Bearer none"


async def test_a_key_of_its_own_is_sent_to_a_separate_chat_address(server: OpenAIServer) -> None:
    settings = Settings(
        _env_file=None,
        openai_api_key="sk-general",
        chat_base_url=server.url,
        chat_model="llama3",
        chat_api_key="sk-chat",
    )
    chat = open_chat(settings)

    async with aclosing(chat.stream(QUESTION, max_tokens=10)) as deltas:
        assert [delta async for delta in deltas]
    await chat.close()

    assert server.chat.requests[0].authorization == "Bearer sk-chat"


def test_the_environment_decides_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")

    chat = OpenAIChat.open("gpt-4.1-mini", base_url=None, api_key="sk-test")

    assert str(chat.client.base_url).startswith(OFFICIAL_URL)


async def test_a_spent_quota_is_asked_once_and_the_operator_is_told_once(
    server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = Breaker(rest_seconds=0.3)
    opened = OpenAIChat.open("small", base_url=server.url, api_key=None, patience=QUICK)
    chat = replace(opened, breaker=breaker)
    server.chat.fail(QUOTA_SPENT, QUOTA_SPENT)

    for _ in range(3):
        with pytest.raises(QuotaSpent):
            await replied(chat)
    assert len(server.chat.requests) == 1

    await asyncio.sleep(0.35)
    with pytest.raises(QuotaSpent):
        await replied(chat)
    await asyncio.sleep(0.35)
    assert text_of(await replied(chat)) == LINE
    await chat.close()

    told = [each for each in caplog.records if "no money left" in each.getMessage()]
    assert len(told) == 1
    assert len(server.chat.requests) == 3


def test_the_operator_is_told_of_a_spent_quota_once_an_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 50_000.0
    breaker = Breaker(clock=lambda: now)
    tripped: list[float] = []
    for _ in range(3 * 3600 // 60):  # a try a minute, for three hours, and none succeeds
        try:
            breaker.check()
        except QuotaSpent:
            pass
        else:
            breaker.trip()
            tripped.append(now)
        now += 60

    told = [each for each in caplog.records if "no money left" in each.getMessage()]
    assert len(told) == 3
    assert {each.levelname for each in told} == {"ERROR"}
    assert len(tripped) == 3 * 3600 // 300, "the account itself is asked every five minutes"
