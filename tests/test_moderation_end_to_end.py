"""The whole of Marv but Discord, with OpenAI's moderation endpoint on the loopback."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.doctor import examine
from bot.faults.moderation import REFUSAL, WordsBlocked
from bot.models import Language, Provenance
from bot.services.moderating import Standing
from bot.services.turns import Asker
from bot.settings import Settings
from tests.killing import fake_models
from tests.openai_faults import BROKEN, KEY_REFUSED, Refusal, rate_limited
from tests.openai_server import OpenAIServer, serving

ASKER = Asker(
    guild_id=7,
    channel_id=2,
    author_id=3,
    provenance=Provenance.INTERACTION,
    viewer=sees_everything,
)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        server.flagging = {"ghastly": {"hate": 0.9}, "今すぐ": {"harassment": 0.99}}
        yield server


@pytest.fixture
def own(server: OpenAIServer, tmp_path: Path, chroma_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path / "var",
        chroma_url=chroma_url,
        openai_api_key="sk-test",
        openai_base_url=server.url,
        moderation="openai",
    )


@pytest.fixture
async def marv(own: Settings) -> AsyncIterator[Marv]:
    async with open_marv(own, models=fake_models()) as marv:
        yield marv


async def said(marv: Marv, message: str) -> str:
    async with aclosing(marv.services.chat.reply(ASKER, message)) as progress:
        return [each async for each in progress][-1].text


@pytest.mark.parametrize("words", ["a ghastly thing", "今すぐいなくなれ"])
async def test_flagged_words_are_refused_in_both_languages(
    server: OpenAIServer, marv: Marv, words: str
) -> None:
    with pytest.raises(WordsBlocked):
        await said(marv, words)
    assert [each.body["input"] for each in server.moderations.requests] == [words]
    assert "omni-moderation-latest" in marv.summary


async def test_question_and_answer_are_both_judged(server: OpenAIServer, marv: Marv) -> None:
    answer = await said(marv, "good morning")

    assert answer != REFUSAL[Language.ENGLISH]
    assert [each.body["input"] for each in server.moderations.requests] == ["good morning", answer]


@pytest.mark.parametrize("fault", [BROKEN, rate_limited("0")])
async def test_without_the_endpoint_the_rules_decide(
    server: OpenAIServer, marv: Marv, fault: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    server.moderations.fail(*[fault] * 4)

    assert "ghastly" in await said(marv, "a ghastly thing")
    with pytest.raises(WordsBlocked):
        await said(marv, "you should kill yourself")
    assert "the rules decide" in caplog.text
    assert marv.services.moderation.standing is Standing.RULES_FOR_NOW


async def test_a_wrong_key_is_told_to_the_operator(
    server: OpenAIServer, marv: Marv, caplog: pytest.LogCaptureFixture
) -> None:
    server.moderations.fail(KEY_REFUSED)

    assert "good morning" in await said(marv, "good morning")

    assert len(server.moderations.requests) == 1
    told = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert len(told) == 1
    assert "OPENAI_API_KEY" in told[0]


async def test_the_doctor_finds_a_wrong_key(server: OpenAIServer, own: Settings) -> None:
    server.moderations.fail(KEY_REFUSED)
    for expected in (False, True):
        report = await examine(own)
        [check] = [each for each in report.checks if each.name == "moderation"]
        assert check.ok is expected
        assert bool(check.remedy) is not expected
