"""Delivery: how often an answer is edited, and that its end always arrives."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator
from typing import Any, cast

import discord
import pytest

from bot.models import Answer, Language, TurnId
from bot.services.running import Running
from bot.services.turns import Progress
from cogs.delivery import Pace, Preview, Stoppable, deliver, preview
from cogs.doors import interaction_edit

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


async def test_a_preview_that_fails_does_not_keep_the_last_edit_away() -> None:
    channel = FakeChannel()

    async def edit(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        if text.endswith("▌"):
            raise ConnectionResetError
        return await channel.show(text, embed, view)

    await deliver(words(1.6), edit=edit, send=channel.show)

    assert [text for _, text in channel.shown] == [FINAL.text]


async def test_previews_slow_down_when_discord_does() -> None:
    async def refuse(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        raise ConnectionResetError

    showing = Preview(edit=refuse, interval=0.0)
    for interval in (0.2, 0.4, 0.8):
        showing.interval = interval
        showing.shown_at -= 10
        showing.offer("text")
        await showing.settled()
        assert showing.interval == interval * 2


def test_all_messages_share_one_bucket_of_previews() -> None:
    pace = Pace(per_second=4.0, tokens=4.0)
    assert [pace.take() for _ in range(6)] == [True] * 4 + [False] * 2


def test_a_preview_closes_its_code_fence() -> None:
    shown = preview("Look:\n```py\n" + "x = 1\n" * 600)
    assert shown.count("```") == 2
    assert len(shown) <= 2000
    assert shown.endswith("▌")


async def test_a_message_that_somebody_deleted_stops_the_answer() -> None:
    running = Running()

    async def gone(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        raise discord.NotFound(cast("Any", FakeResponse(404)), {"code": 10008})

    with running.writing(5) as writing:
        stop = Stoppable(running=running, writing=writing, view=discord.ui.View())
        showing = Preview(edit=gone, stoppable=stop, interval=0.0)
        showing.offer("text")
        await showing.settled()
        assert writing.stop.is_set()


class FakeResponse:
    """What discord.py's errors read of a response."""

    reason = "refused"

    def __init__(self, status: int) -> None:
        self.status = status


class FakeInteraction:
    """An interaction whose token has run out; messages take its place."""

    channel_id = 20
    guild_id = 1

    def __init__(self, status: int, code: int) -> None:
        self.error = discord.HTTPException(cast("Any", FakeResponse(status)), {"code": code})
        self.client = self
        self.user = self
        self.sent: list[tuple[str, str]] = []

    async def edit_original_response(self, **_: object) -> discord.Message:
        raise self.error

    def get_partial_messageable(self, channel_id: int, *, guild_id: int) -> FakePlace:
        return FakePlace(f"channel {channel_id}", self.sent)

    async def create_dm(self) -> FakePlace:
        return FakePlace("dm", self.sent)


class FakePlace:
    def __init__(self, name: str, sent: list[tuple[str, str]]) -> None:
        self.name = name
        self.sent = sent

    async def send(self, text: str, **_: object) -> FakePlace:
        self.sent.append((self.name, text))
        return self

    async def edit(self, *, content: str, **_: object) -> FakePlace:
        self.sent.append((f"{self.name}, edited", content))
        return self


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027)])
@pytest.mark.parametrize("private", [False, True])
async def test_once_the_token_has_run_out_a_message_takes_the_replys_place(
    status: int, code: int, private: bool
) -> None:
    interaction = FakeInteraction(status, code)
    edit = interaction_edit(cast("Any", interaction), private=private)

    await edit("so far ▌", None)
    await edit("The end.", None)

    place = "dm" if private else "channel 20"
    assert interaction.sent == [(place, "so far ▌"), (f"{place}, edited", "The end.")]


async def test_another_refusal_of_discords_is_an_error() -> None:
    interaction = FakeInteraction(400, 50035)
    with pytest.raises(discord.HTTPException):
        await interaction_edit(cast("Any", interaction), private=False)("text", None)
    assert not interaction.sent
