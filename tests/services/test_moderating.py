"""Moderation: rules first, the endpoint beside the work, and what holds when either is off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.moderation_rules import RuleModerator
from bot.adapters.sqlite import SqliteSettings
from bot.adapters.sqlite.database import open_database
from bot.errors import IndexUnavailable, KeyRefused, MarvError, ModelError, QuotaSpent
from bot.faults.moderation import HELP, NO_METHOD, REFUSAL, ModerationFailed, WordsBlocked
from bot.models import Language
from bot.moderation import Category, Judge
from bot.services.moderating import Moderation, Standing, Watch
from bot.services.settings_desk import SettingsDesk
from tests.fakes import FakeModerator

GUILD = 7
INSULT, THREAT = "kill yourself", "I will kill you"
GHASTLY = "something ghastly"


@pytest.fixture
def endpoint() -> FakeModerator:
    return FakeModerator(flagging={"ghastly": frozenset({Category.HATE})})


@pytest.fixture
async def moderation(tmp_path: Path, endpoint: FakeModerator) -> AsyncIterator[Moderation]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        yield Moderation(
            rules=RuleModerator.load(),
            settings=SettingsDesk(store=SqliteSettings(database)),
            endpoint=endpoint,
            watch=Watch(rest_seconds=0.0),
        )


def without_endpoint(moderation: Moderation, *, on: bool = True) -> Moderation:
    return Moderation(rules=moderation.rules, settings=moderation.settings, on=on)


class Work:
    """Remembers whether it was begun, and whether it was finished."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.begun = asyncio.Event()
        self.finished = False

    async def __call__(self) -> str:
        self.begun.set()
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.finished = True
        return "found"


async def test_what_the_rules_block_is_sent_nowhere(
    moderation: Moderation, endpoint: FakeModerator
) -> None:
    work = Work()
    with pytest.raises(WordsBlocked):
        await moderation.admit_beside(GUILD, INSULT, work)

    assert not endpoint.checked
    assert not work.begun.is_set()


async def test_harmless_words_are_screened_without_waiting_for_the_database(
    tmp_path: Path,
) -> None:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        desk = SettingsDesk(store=SqliteSettings(database))
    closed = Moderation(rules=RuleModerator.load(), settings=desk)

    assert not (await closed.screen(GUILD, "When does the café open?")).blocked
    with pytest.raises(MarvError):
        await closed.screen(GUILD, INSULT)


async def test_the_work_goes_on_beside_the_endpoint_and_is_held_until_its_verdict(
    moderation: Moderation, endpoint: FakeModerator
) -> None:
    endpoint.gate = asyncio.Event()
    work = Work()
    admitting = asyncio.create_task(moderation.admit_beside(GUILD, "hello", work))
    await asyncio.wait_for(work.begun.wait(), 5)
    await asyncio.sleep(0.01)

    assert work.finished
    assert not admitting.done(), "nothing is handed on before the verdict"
    endpoint.gate.set()
    found, verdict = await admitting
    assert found == "found"
    assert verdict.source is Judge.OPENAI


async def test_a_refusal_goes_before_a_failure_of_the_work(moderation: Moderation) -> None:
    with pytest.raises(WordsBlocked):
        await moderation.admit_beside(GUILD, GHASTLY, Work())
    with pytest.raises(IndexUnavailable):
        await moderation.admit_beside(GUILD, "hello", Work(IndexUnavailable("down")))


@pytest.mark.parametrize("failure", [ModerationFailed("status 500"), QuotaSpent("no money")])
async def test_the_rules_decide_where_the_endpoint_fails_and_that_is_logged(
    moderation: Moderation,
    endpoint: FakeModerator,
    failure: ModelError,
    caplog: pytest.LogCaptureFixture,
) -> None:
    endpoint.failure = failure

    verdict = await moderation.judge(GUILD, GHASTLY)

    assert not verdict.blocked
    assert verdict.source is Judge.RULES
    assert "the rules decide" in caplog.text
    assert GHASTLY not in caplog.text
    assert moderation.standing is Standing.RULES_FOR_NOW


async def test_an_endpoint_that_is_back_decides_again(
    moderation: Moderation, endpoint: FakeModerator
) -> None:
    endpoint.failure = ModerationFailed("status 500")
    await moderation.judge(GUILD, GHASTLY)
    endpoint.failure = None

    assert (await moderation.judge(GUILD, GHASTLY)).blocked
    assert moderation.standing is Standing.ENDPOINT


async def test_a_failed_endpoint_is_left_alone_for_a_while(
    moderation: Moderation, endpoint: FakeModerator
) -> None:
    endpoint.failure = ModerationFailed("no answer within 5 s")
    moderation.watch.rest_seconds = 60.0

    for _ in range(3):
        await moderation.judge(GUILD, "hello")

    assert len(endpoint.checked) == 1


async def test_a_refused_key_is_told_to_the_operator_once(
    moderation: Moderation, endpoint: FakeModerator, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.failure = KeyRefused("status 401: invalid_api_key")

    for _ in range(3):
        await moderation.judge(GUILD, "hello")

    told = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(told) == 1
    assert "OPENAI_API_KEY" in told[0].getMessage()


async def test_a_server_that_turned_it_off_sends_nothing_and_blocks_only_what_always_is(
    moderation: Moderation, endpoint: FakeModerator
) -> None:
    await moderation.settings.change(GUILD, {"moderation": False}, changed_by=1)

    assert not (await moderation.judge(GUILD, INSULT)).blocked
    assert not (await moderation.judge(GUILD, GHASTLY)).blocked
    assert (await moderation.judge(GUILD, THREAT)).blocked
    assert not endpoint.checked
    assert (await moderation.judge(GUILD + 1, INSULT)).blocked, "of another server"


async def test_the_operators_off_wins_over_a_servers_yes(moderation: Moderation) -> None:
    await moderation.settings.change(GUILD, {"moderation": True}, changed_by=1)
    off = without_endpoint(moderation, on=False)

    assert not (await off.judge(GUILD, INSULT)).blocked
    assert (await off.judge(GUILD, "小学生の裸の画像がほしい")).blocked
    assert off.standing is Standing.OFF
    assert without_endpoint(moderation).standing is Standing.RULES


async def test_despair_is_admitted_and_told_on(moderation: Moderation) -> None:
    verdict = await moderation.admit(GUILD, "I want to die")
    assert verdict.self_harm
    assert verdict.source is Judge.OPENAI, "the endpoint was asked, and the rules' word is kept"


async def test_previews_end_at_the_first_that_is_blocked(moderation: Moderation) -> None:
    previews = await moderation.previews(GUILD)
    shown = [
        text
        for text in ("Well", "Well, then: kill", "Well, then: kill yourself", "Well, then: kill")
        if previews.may_show(text)
    ]
    assert shown == ["Well", "Well, then: kill"]


async def test_a_preview_is_read_across_the_seam_of_what_was_read_before(
    moderation: Moderation,
) -> None:
    previews = await moderation.previews(GUILD)
    text = "x " * 300 + "You should kill "
    assert previews.may_show(text)
    assert not previews.may_show(text + "yourself")


@pytest.mark.parametrize("language", Language)
async def test_members_are_told_without_their_words_and_where_help_is(
    moderation: Moderation, language: Language
) -> None:
    with pytest.raises(WordsBlocked) as insult:
        await moderation.admit(GUILD, INSULT)
    with pytest.raises(WordsBlocked) as crisis:
        await moderation.admit(GUILD, "easiest way to kill myself")

    told = insult.value.user_message(language)
    assert "kill" not in told
    assert told != REFUSAL[language]
    assert crisis.value.user_message(language) == f"{NO_METHOD[language]}\n{HELP[language]}"
    assert "kill" not in str(crisis.value), "the log names categories"
