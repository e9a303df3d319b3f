"""Delivery: how often an answer is edited, and that its end always arrives."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator
from typing import cast

import discord
import pytest

from bot.models import Answer, Language, TurnId
from bot.services.turns import Progress
from cogs.delivery import deliver

FINAL = Answer(text="The end. [1]", answered=True, language=Language.ENGLISH)


class FakeChannel:
    """Remembers what was shown, and when."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []

    async def show(
        self, text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        self.shown.append((asyncio.get_running_loop().time(), text))
        return cast("discord.Message", object())


async def words(seconds: float) -> AsyncGenerator[Progress, None]:
    for number in range(round(seconds / 0.05)):
        yield Progress(text="word " * (number + 1))
        await asyncio.sleep(0.05)
    yield Progress(text=FINAL.text, answer=FINAL, turn_id=TurnId(7))


async def test_edits_are_throttled_and_the_last_one_is_whole() -> None:
    channel = FakeChannel()

    delivered = await deliver(words(3.0), edit=channel.show, send=channel.show)

    times = [when for when, _ in channel.shown]
    previews = [text for _, text in channel.shown[:-1]]
    assert delivered.turn_id == 7
    assert channel.shown[-1][1] == FINAL.text
    assert 1 <= len(previews) <= 3
    assert all(text.endswith("▌") for text in previews)
    gaps = [after - before for before, after in itertools.pairwise(times[:-1])]
    assert all(gap >= 1.0 for gap in gaps)


async def test_a_quick_answer_is_shown_once() -> None:
    channel = FakeChannel()
    await deliver(words(0.1), edit=channel.show, send=channel.show)
    assert [text for _, text in channel.shown] == [FINAL.text]


async def test_a_failure_closes_the_stream() -> None:
    closed = asyncio.Event()

    async def failing() -> AsyncGenerator[Progress, None]:
        try:
            yield Progress(text="so far")
            yield Progress(text=FINAL.text, answer=FINAL, turn_id=TurnId(7))
        finally:
            closed.set()

    async def refuse(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await deliver(failing(), edit=refuse, send=refuse)
    assert closed.is_set()
