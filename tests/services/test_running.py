"""Answers that are stopped while they are written, and conversations kept in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.audience import sees_everything
from bot.client import Marv
from bot.consent import Door, Scope
from bot.errors import NotYours, TooBusy
from bot.models import Provenance, TurnId
from bot.services.memory import Place
from bot.services.running import Running
from bot.services.turns import Asker, Progress
from bot.services.turnstile import Turnstile
from tests.fakes import FakeChat

GUILD, CHANNEL, MEMBER = 1, 20, 5
ASKER = Asker(
    guild_id=GUILD,
    channel_id=CHANNEL,
    author_id=MEMBER,
    provenance=Provenance.INTERACTION,
    viewer=sees_everything,
)
PLACE = Place(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER)


async def last(updates: AsyncGenerator[Progress, None]) -> Progress:
    final = None
    async for update in updates:
        final = update
    assert final is not None
    return final


async def test_a_stopped_answer_ends_where_it_stands_and_is_never_exported(
    marv: Marv, chat: FakeChat
) -> None:
    stop = asyncio.Event()
    chat.script.append("One two three four five six seven eight nine ten.")
    updates = marv.services.chat.reply(ASKER, "count", stop=stop)
    async for update in updates:
        if "three" in update.text:
            stop.set()
        final = update

    assert final.answer is not None
    assert final.answer.finish_reason == "stopped"
    assert "three" in final.answer.text
    assert "ten" not in final.answer.text
    assert final.turn_id is not None
    turn = await marv.services.chat.log.by_id(GUILD, final.turn_id)
    assert turn is not None
    export = marv.services.dataset.export
    await marv.services.privacy.decide(GUILD, MEMBER, Scope.TRAINING, door=Door.COMMAND)
    turn = await marv.services.chat.log.by_id(GUILD, final.turn_id)
    assert turn is not None
    assert export.reason_to_leave_out(turn) == "unfinished"


def test_only_who_asked_and_staff_may_stop_an_answer() -> None:
    running = Running()
    with running.writing(MEMBER) as writing:
        running.shown(writing, 99)
        with pytest.raises(NotYours):
            running.stop(99, by=6, staff=False)
        assert not writing.stop.is_set()
        assert running.stop(99, by=6, staff=True)
        assert writing.stop.is_set()
    assert not running.stop(99, by=MEMBER, staff=False)


async def test_two_quick_messages_are_answered_in_order_and_know_each_other(
    marv: Marv, chat: FakeChat
) -> None:
    first, second = await asyncio.gather(
        last(marv.services.chat.reply(ASKER, "my boat is called Teapot", place=PLACE)),
        last(marv.services.chat.reply(ASKER, "what is it called?", place=PLACE)),
    )

    assert first.turn_id is not None
    assert second.turn_id == TurnId(first.turn_id + 1)
    assert "my boat is called Teapot" in [each.content for each in chat.requests[-1]]


async def test_a_summary_goes_with_the_words_that_it_was_made_of(marv: Marv) -> None:
    memory = marv.services.chat.memory
    turns = [
        (await last(marv.services.chat.reply(ASKER, f"message {number}", place=PLACE))).turn_id
        for number in range(3)
    ]
    assert all(turns)
    one, two, three = (TurnId(each or 0) for each in turns)
    await memory.log.set_summary(two, "They counted.")
    assert (await memory.recall(GUILD, three)).summary == "They counted."

    await memory.log.drop_words(one)

    recalled = await memory.recall(GUILD, three)
    assert recalled.summary == ""
    assert [turn.id for turn in recalled.kept] == [two, three]


async def test_another_guilds_turns_are_never_remembered(marv: Marv) -> None:
    turn = await last(marv.services.chat.reply(ASKER, "our secret", place=PLACE))
    recalled = await marv.services.chat.memory.recall(2, turn.turn_id)
    assert not recalled.kept


async def test_the_turnstile_lets_some_in_has_some_wait_and_turns_the_rest_away() -> None:
    turnstile = Turnstile(at_once=2, waiting=2)
    done = asyncio.Event()
    inside: list[int] = []

    async def come(number: int) -> None:
        async with turnstile.passed():
            inside.append(number)
            await done.wait()

    coming = [asyncio.create_task(come(number)) for number in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert inside == [0, 1]
    assert isinstance(coming[4].exception(), TooBusy)
    done.set()
    await asyncio.gather(*coming[:4])
    assert inside == [0, 1, 2, 3]
    assert turnstile.present == 0
