"""From a fine-tune to who speaks: comparison, blind vote, promotion, rollback, what is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import discord
import pytest
import simcord

from bot.client import Marv
from bot.comparison import BASELINE, ComparisonId, Side
from bot.dataset import Split
from bot.faults.model import ModelGone
from bot.faults.promotion import (
    AlreadyVoted,
    ComparisonOver,
    ModelUnknown,
    NothingToRollBack,
    NotProven,
    OwnQuestion,
    SameModel,
)
from bot.ports import Vectors
from bot.promotion import Change
from bot.settings import Settings
from bot.terms import index_terms
from tests.cogs.test_dataset import lines_of
from tests.cogs.test_inquiries import message_of, told
from tests.cogs.test_persona import everything
from tests.cogs.test_tune import MODEL, freeze, said_in, start
from tests.conftest import Server
from tests.fakes import FakeChat
from tests.openai_faults import MODEL_UNKNOWN
from tests.openai_server import OpenAIServer, serving

TUNED = "ft:gpt-4.1-mini:org::1"


@pytest.fixture
def provider() -> Iterator[OpenAIServer]:
    with serving() as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: OpenAIServer) -> Settings:
    return settings.model_copy(update={"tuning_base_url": provider.url})


@dataclass(slots=True)
class WordTrainer:
    """Learns which words only sarcastic texts have, and judges by them: the real one is slow."""

    def train(self, texts: Sequence[str], vectors: Vectors, labels: Sequence[bool]) -> WordJudge:
        words = {True: set[str](), False: set[str]()}
        for text, label in zip(texts, labels, strict=True):
            words[label] |= {*index_terms(text).split()}
        return WordJudge(words[True] - words[False])


@dataclass(slots=True)
class WordJudge:
    """Calls a text sarcastic that has a word that only sarcastic ones had."""

    words: set[str]
    quality: dict[str, float | int | str] = field(default_factory=lambda: {"f1": 0.9})

    def sarcastic(self, texts: Sequence[str], vectors: Vectors) -> tuple[bool, ...]:
        return tuple(bool(self.words & {*index_terms(text).split()}) for text in texts)


@pytest.fixture
def marv_of_words(marv: Marv, tmp_path: Path) -> Marv:
    """Marv with a quick judge and eight golden questions."""
    trials = marv.services.promoting.trials
    lines = trials.golden_file.read_text("utf-8").splitlines()
    golden = tmp_path / "golden.jsonl"
    golden.write_text("\n".join([*lines[:4], *lines[-4:]]) + "\n", encoding="utf-8")
    object.__setattr__(trials, "golden_file", golden)
    object.__setattr__(trials.automatic, "trainer", WordTrainer())
    return marv


@pytest.fixture
def simcord_bot(marv_of_words: Marv) -> Marv:
    return marv_of_words


async def train(server: Server, marv: Marv) -> None:
    """Make a job and let it come to its end."""
    await freeze(server)
    await start(server)
    for _ in range(6):
        await marv.services.tuning_watch.look()


async def compare(server: Server, **options: object) -> simcord.InteractionResult:
    options = {"a": "baseline", "b": "1", **options}
    return await server.admin.slash(server.channel, "tune compare", **options)


def ballots(server: Server) -> list[discord.Message]:
    """Return the messages that are voted on."""
    return [
        message
        for message in server.channel.history()
        if message.embeds and "Question" in (message.embeds[0].title or "")
    ]


async def electorate(
    server: Server, simcord_env: simcord.Env, marv: Marv, size: int
) -> list[simcord.MemberActor]:
    members = []
    for number in range(size):
        user = simcord_env.create_user(f"voter{number}")
        members.append(server.guild.add_member(user))
        await marv.services.privacy.owes_notice(server.guild.id, members[-1].id)
    return members


async def test_two_models_are_measured_and_put_to_the_vote(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await train(server, marv)
    shown = await compare(server, votes=6)
    text = everything(shown)
    assert "facts kept" in text
    assert "Japanese (4 questions)" in text
    assert "10 questions, 6 votes" in text
    messages = ballots(server)
    assert len(messages) == 10
    assert not any(TUNED in str(each.embeds[0].to_dict()) for each in messages)

    trials = marv.services.promoting.trials
    items = await trials.store.items(ComparisonId(1))
    assert {each.flipped for each in items} == {True, False} or len(items) < 5
    voters = await electorate(server, simcord_env, marv, 2)
    for voter in voters:
        for message, item in list(zip(messages, items, strict=True))[:3]:
            button = "second" if item.side_of(2) is Side.B else "first"
            await voter.click(message, custom_id=f"compare:{button}:{item.id}")
    assert "wins, 6 to 0" in said_in(server)[-1]
    assert TUNED in said_in(server)[-1]
    comparison = await trials.known(server.guild.id, ComparisonId(1))
    assert comparison.closed_at is not None
    assert (await trials.standing(comparison)).winner is Side.B
    late = (await electorate(server, simcord_env, marv, 1))[0]
    with pytest.raises(ComparisonOver):
        await trials.vote(server.guild.id, items[9].id, late.id, 1)


async def test_one_vote_a_member_and_question(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await train(server, marv)
    await compare(server)
    [message, *_] = ballots(server)
    [item, *_] = await marv.services.promoting.trials.store.items(ComparisonId(1))
    first = await server.alice.click(message, custom_id=f"compare:first:{item.id}")
    assert "Counted: 1 of 49" in everything(first)
    again = await server.alice.click(message, custom_id=f"compare:second:{item.id}")
    assert "voted on this one" in everything(again)
    with pytest.raises(AlreadyVoted):
        await marv.services.promoting.trials.vote(server.guild.id, item.id, server.alice.id, 2)


def batched_pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(words[::2], words[1::2], strict=True))


async def test_who_wrote_a_question_does_not_vote_on_it(server: Server, marv: Marv) -> None:
    trials = marv.services.promoting.trials
    nouns = [
        "anchor",
        "bakery",
        "cellar",
        "dynamo",
        "engine",
        "ferry",
        "garden",
        "harbour",
        "island",
        "jetty",
        "kiosk",
        "ladder",
        "mast",
        "needle",
        "oven",
        "pulley",
        "quarry",
        "rudder",
        "sail",
        "tower",
        "urn",
        "valve",
        "winch",
        "yard",
        "zither",
        "apron",
        "bridge",
        "crane",
        "depot",
        "easel",
        "fountain",
        "gutter",
        "hedge",
        "ivy",
        "jar",
        "kettle",
        "lamp",
        "mill",
        "nest",
        "orchard",
    ]
    for first, second in batched_pairs(nouns):
        await marv.services.dataset.add(
            server.guild.id,
            question=f"{first} {second}?",
            answer=f"Look at that: the {first} is behind the {second}. [1]",
            facts=f"The {first} is behind the {second}. [1]",
            by=server.admin.id,
        )
    await train(server, marv)
    await compare(server)
    items = await trials.store.items(ComparisonId(1))
    own = [each for each in items if each.author_id == server.admin.id]
    assert own, "some of twenty examples fall to the validation part"
    with pytest.raises(OwnQuestion):
        await trials.vote(server.guild.id, own[0].id, server.admin.id, 1)
    assert (await trials.vote(server.guild.id, own[0].id, server.alice.id, 1)).votes == 1


async def test_votes_are_preferences_of_those_who_allow_it(server: Server, marv: Marv) -> None:
    await train(server, marv)
    await compare(server)
    trials = marv.services.promoting.trials
    [first, second, *_] = await trials.store.items(ComparisonId(1))
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await trials.vote(server.guild.id, first.id, server.alice.id, 1)
    await trials.vote(server.guild.id, second.id, server.admin.id, 1)  # allows nothing

    await freeze(server, "v2")
    versions = marv.services.dataset.versions
    version = await versions.named(server.guild.id, "v2")
    rows = [row async for row in versions.store.rows(version.id) if row.rejected]
    assert [row.messages[-1].content for row in rows] == [first.shown(1)]
    assert [row.rejected for row in rows] == [first.shown(2)]
    assert {row.split for row in rows} == {Split.VALIDATION}
    chat = await lines_of(
        await server.admin.slash(server.channel, "dataset export", version="v2", format="chat")
    )
    shown = json.dumps(chat, ensure_ascii=False)
    assert json.dumps(first.shown(1), ensure_ascii=False)[1:-1] not in shown


async def test_a_model_must_win_before_it_speaks(
    server: Server, marv: Marv, simcord_env: simcord.Env, provider: OpenAIServer, chat: FakeChat
) -> None:
    await train(server, marv)
    refused = await server.admin.slash(server.channel, "tune promote", model="1")
    assert "never compared" in told(refused)
    simcord.assert_error(simcord_env, NotProven)
    await compare(server, votes=6)
    refused = await server.admin.slash(server.channel, "tune promote", model="1")
    assert "have not voted" in told(refused)
    simcord.assert_error(simcord_env, NotProven)
    trials = marv.services.promoting.trials
    items = await trials.store.items(ComparisonId(1))
    for item in items[:6]:
        place = 1 if item.side_of(1) is Side.B else 2
        await trials.vote(server.guild.id, item.id, server.alice.id, place)
    cast = marv.services.promoting.cast
    comparison, problems = await marv.services.promoting.judged(server.guild.id, BASELINE, TUNED)
    assert comparison is not None
    reason = {"reason": "because I say so"} if problems else {}
    done = await server.admin.slash(server.channel, "tune promote", model="1", **reason)
    assert "speaks from now on" in everything(done)
    assert await cast.speaking(server.guild.id) == TUNED

    before = len(provider.chat.requests)
    await server.alice.slash(server.channel, "chat", message="hello there")
    assert [each.body["model"] for each in provider.chat.requests[before:]] == [TUNED]
    [turn] = [
        each async for each in marv.services.chat.log.turns(server.guild.id) if each.model == TUNED
    ]
    assert turn.answer is not None
    status = everything(await server.admin.slash(server.channel, "marv status"))
    assert TUNED in status

    back = await server.admin.slash(server.channel, "tune rollback", reason="it was rude")
    assert "speaks again" in everything(back)
    await server.alice.slash(server.channel, "chat", message="hello once more")
    assert len(provider.chat.requests) == before + 1
    history = await cast.store.history(server.guild.id)
    assert [each.change for each in history] == [Change.ROLLED_BACK, Change.PROMOTED]
    assert history[0].reason == "it was rude"
    assert history[1].by == server.admin.id
    nothing = await server.admin.slash(server.channel, "tune rollback")
    assert "nothing to go back to" in told(nothing)
    simcord.assert_error(simcord_env, NothingToRollBack)


async def test_a_model_that_lost_needs_a_reason(server: Server, marv: Marv) -> None:
    await train(server, marv)
    await compare(server, votes=6)
    trials = marv.services.promoting.trials
    for item in (await trials.store.items(ComparisonId(1)))[:6]:
        place = 1 if item.side_of(1) is Side.A else 2
        await trials.vote(server.guild.id, item.id, server.alice.id, place)
    promoting = marv.services.promoting
    with pytest.raises(NotProven) as caught:
        await promoting.promote(server.guild.id, "1", by=1)
    assert "lost" in caught.value.problems
    promotion = await promoting.promote(server.guild.id, "1", by=1, reason="courage")
    assert "lost" in str(promotion.figures["problems"])


async def promoted(server: Server, marv: Marv) -> None:
    await train(server, marv)
    await marv.services.promoting.promote(server.guild.id, "1", by=1, reason="a test")


async def test_a_model_that_is_gone_is_replaced_and_the_staff_are_told(
    server: Server, marv: Marv, provider: OpenAIServer, simcord_env: simcord.Env
) -> None:
    staff = server.guild.create_text_channel("staff")
    await server.admin.slash(server.channel, "marv settings", **{"staff-channel": staff})
    await promoted(server, marv)
    provider.chat.fail(MODEL_UNKNOWN)
    answered = await server.alice.slash(server.channel, "chat", message="hello there")
    assert everything(answered).strip()
    assert await marv.services.promoting.cast.speaking(server.guild.id) == BASELINE
    assert "is gone" in staff.history()[-1].content
    [newest, *_] = await marv.services.promoting.cast.store.history(server.guild.id)
    assert (newest.change, newest.previous) == (Change.FELL_BACK, TUNED)


async def test_what_ends_is_said_in_time_and_once(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    staff = server.guild.create_text_channel("staff")
    await server.admin.slash(server.channel, "marv settings", **{"staff-channel": staff})
    await promoted(server, marv)
    promoting = marv.services.promoting
    days = {
        date(2026, 11, 1): [],
        date(2026, 11, 16): [59],
        date(2026, 11, 17): [],
        date(2026, 12, 20): [25],
        date(2027, 1, 10): [4],
        date(2027, 1, 11): [],
    }
    for today, expected in days.items():
        object.__setattr__(promoting, "today", lambda today=today: today)
        assert [each.days for each in await promoting.look_ahead()] == expected
    warnings = [message.content for message in staff.history() if "shut down" in message.content]
    assert len(warnings) == 3
    object.__setattr__(promoting, "today", lambda: date(2027, 1, 14))
    await promoting.look_ahead()
    assert await promoting.cast.speaking(server.guild.id) == BASELINE


async def test_what_cannot_be_compared_says_so(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await train(server, marv)
    same = await compare(server, a="1", b=TUNED)
    assert "same model" in told(same)
    simcord.assert_error(simcord_env, SameModel)
    unknown = await compare(server, b="gpt-9")
    assert "no such model" in told(unknown)
    simcord.assert_error(simcord_env, ModelUnknown)


async def test_the_report_says_what_is_missing_and_opens_the_review(
    server: Server, marv: Marv
) -> None:
    await train(server, marv)
    report = await server.admin.slash(server.channel, "tune report", job=1)
    text = everything(report)
    assert "Not compared yet" in text
    assert "More epochs" in text
    await compare(server, votes=0)
    report = await server.admin.slash(server.channel, "tune report", job=1)
    assert "Not compared yet" not in everything(report)
    view = report.followups[-1] if report.followups else message_of(report)
    if any("tune:review" in str(row) for row in view.message.components):
        shown = await server.admin.click(view, custom_id="tune:review")
        assert "Nothing left" in everything(shown)


async def test_a_gone_model_cannot_be_promoted(
    server: Server, marv: Marv, settings: Settings
) -> None:
    await train(server, marv)
    store = marv.services.tuning.store
    [job] = await store.jobs(server.guild.id)
    local = "local:tuned-" + "0" * 32
    await store.save(replace(job, fine_tuned_model=local))
    with pytest.raises(ModelGone):
        await marv.services.promoting.promote(server.guild.id, "1", by=1, reason="try")
    assert await marv.services.promoting.cast.speaking(server.guild.id) == BASELINE


def test_the_model_of_the_tests_is_the_one_that_is_trained() -> None:
    assert TUNED.startswith(f"ft:{MODEL}")
