"""OpenAI's moderation endpoint, over the real protocol."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from bot.adapters.openai_client import Patience
from bot.adapters.openai_moderation import OpenAIModerator
from bot.errors import ConfigurationError, KeyRefused, QuotaSpent
from bot.faults.moderation import ModerationFailed
from bot.moderation import Category, Judge
from bot.opening import open_moderator
from bot.settings import Settings
from tests.openai_faults import (
    BROKEN,
    KEY_REFUSED,
    OVERLOADED,
    QUOTA_SPENT,
    Fault,
    Refusal,
    rate_limited,
)
from tests.openai_server import OpenAIServer, serving

QUICK = Patience(attempts=2, longest_wait_seconds=0.1, try_again_seconds=0.5)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        server.flagging = {
            "ghastly": {"hate": 0.8},
            "rude": {"harassment": 0.7},
            "vile": {"harassment": 0.95},
            "despair": {"self-harm": 0.9, "self-harm/intent": 0.9},
            "method": {"self-harm/instructions": 0.9},
            "threat": {"harassment/threatening": 0.5},
        }
        yield server


@pytest.fixture
async def moderator(server: OpenAIServer) -> AsyncIterator[OpenAIModerator]:
    moderator = OpenAIModerator.open(
        base_url=server.url, api_key="sk-test", patience=QUICK, answer_seconds=1.0
    )
    yield moderator
    await moderator.close()


async def test_a_harmless_text_passes(server: OpenAIServer, moderator: OpenAIModerator) -> None:
    verdict = await moderator.check("When does the café open? カフェは何時から？")

    assert not verdict.blocked
    assert not verdict.scores
    assert verdict.source is Judge.OPENAI
    [request] = server.moderations.requests
    assert request.body["model"] == "omni-moderation-latest"
    assert request.authorization == "Bearer sk-test"


@pytest.mark.parametrize(
    ("text", "blocking"),
    [
        ("something ghastly", {Category.HATE}),
        ("something rude", set()),  # flagged, and not certain enough for a community
        ("something vile", {Category.HARASSMENT}),
        ("a threat", {Category.HARASSMENT_THREATENING}),
        ("my despair", set()),
        ("the method", {Category.SELF_HARM_INSTRUCTIONS}),
    ],
)
async def test_a_flagged_text_is_blocked_by_what_blocks(
    moderator: OpenAIModerator, text: str, blocking: set[Category]
) -> None:
    verdict = await moderator.check(text)

    assert verdict.blocking == blocking
    assert verdict.scores


async def test_despair_is_told_on(moderator: OpenAIModerator) -> None:
    verdict = await moderator.check("my despair")
    assert verdict.self_harm
    assert verdict.scores[Category.SELF_HARM_INTENT] == pytest.approx(0.9)


@pytest.mark.parametrize("fault", [BROKEN, OVERLOADED, rate_limited("0")])
async def test_one_failure_is_tried_again(
    server: OpenAIServer, moderator: OpenAIModerator, fault: Refusal
) -> None:
    server.moderations.fail(fault)
    assert not (await moderator.check("hello")).blocked
    assert len(server.moderations.requests) == 2


@pytest.mark.parametrize(
    "fault", [BROKEN, rate_limited("0"), Fault.MALFORMED_JSON, Fault.WEB_PAGE, Fault.NO_DATA]
)
async def test_a_server_that_fails_gives_no_verdict(
    server: OpenAIServer, moderator: OpenAIModerator, fault: Fault | Refusal
) -> None:
    server.moderations.fail(*[fault] * 2)
    with pytest.raises(ModerationFailed):
        await moderator.check("hello")


async def test_a_server_that_hangs_is_not_waited_for(
    server: OpenAIServer, moderator: OpenAIModerator
) -> None:
    server.moderations.fail(Fault.HANG)
    began = time.monotonic()
    with pytest.raises(ModerationFailed, match="within 1 s"):
        await moderator.check("hello")
    assert time.monotonic() - began < 3.0


async def test_a_wrong_key_and_a_spent_quota_take_one_request(
    server: OpenAIServer, moderator: OpenAIModerator
) -> None:
    server.moderations.fail(KEY_REFUSED, QUOTA_SPENT)
    with pytest.raises(KeyRefused):
        await moderator.check("hello")
    with pytest.raises(QuotaSpent):
        await moderator.check("hello")
    assert len(server.moderations.requests) == 2


@pytest.mark.parametrize(
    ("mode", "key", "base_url", "endpoint"),
    [
        ("auto", None, None, False),
        ("auto", "sk-test", None, True),
        ("auto", "sk-test", "https://models.example/v1", False),
        ("openai", "sk-test", "https://models.example/v1", True),
        ("rules", "sk-test", None, False),
        ("off", "sk-test", None, False),
    ],
)
async def test_the_setting_and_the_key_decide_who_moderates(
    mode: str, key: str | None, base_url: str | None, *, endpoint: bool
) -> None:
    given = {"moderation": mode, "openai_api_key": key, "openai_base_url": base_url}
    settings = Settings.model_validate({name: value for name, value in given.items() if value})
    async with AsyncExitStack() as stack:
        assert (open_moderator(settings, stack) is not None) is endpoint


async def test_the_endpoint_without_a_key_is_a_mistake_that_is_named() -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(ConfigurationError, match="MARV_MODERATION"):
            open_moderator(Settings(moderation="openai"), stack)
