"""What explorations look like: within Discord's limits, in both languages; and stopping them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, cast

import discord
import pytest

from bot.client import Marv
from bot.errors import NotYours
from bot.exploring import Item, Items, Subject
from bot.faults.exploring import AnalysisRunning, AnalysisStopped
from bot.models import Language
from bot.services.exploring.desk import ExploreDesk
from bot.services.exploring.explorer import Looked
from cogs import explore_views as views
from cogs.explore_running import StopWork, Tell, with_progress
from tests.services.exploring.test_explorer import LABELS, FakeWorker, explorer, looked


def long_looked() -> Looked:
    """Return items with long texts that hold what Discord would act on."""
    given = looked(labels=LABELS)
    items = tuple(
        Item(
            id=item.id,
            text=f"{item.text} @everyone [here](https://evil.test) **bold** " + "and on " * 300,
            label=item.label,
            when=item.when,
        )
        for item in given.items.items
    )
    kept = Items(subject=Subject.QUESTIONS, items=items, left_out={"private": 3, "older": 2})
    return Looked(items=kept, vectors=given.vectors)


async def embeds(language: Language) -> list[discord.Embed]:
    explore, given = explorer(FakeWorker()), long_looked()
    topics = await explore.topics(given)
    drawn = await explore.map(given, topics=topics)
    assert len(views.map_alt(drawn, language)) <= 1024
    names = {"boats": "#boats", "cakes": "#cakes", "taxes": "#taxes"}
    return [
        views.topics_embed(topics, language),
        views.map_embed(drawn, language, page="map.html"),
        views.outliers_embed(await explore.outliers(given), language, names),
        views.diversity_embed(await explore.diversity(given, before=looked(60)), language),
        views.classify_embed(await explore.classify(given), language, names),
    ]


@pytest.mark.parametrize("language", list(Language))
async def test_every_view_fits_and_says_what_was_left_out(language: Language) -> None:
    for embed in await embeds(language):
        assert len(embed) <= 6000
        assert all(len(str(field.value)) <= 1024 for field in embed.fields)
        assert "3" in str(embed.footer.text)
        shown = "".join(str(field.value) for field in embed.fields)
        assert "](https://evil.test)" not in shown
        assert "**bold**" not in shown


async def test_the_two_languages_differ() -> None:
    english, japanese = await embeds(Language.ENGLISH), await embeds(Language.JAPANESE)
    for one, other in zip(english, japanese, strict=True):
        assert one.title != other.title
        assert one.footer.text != other.footer.text


async def test_a_useless_classifier_is_called_that() -> None:
    given = looked(labels=LABELS)
    mixed = tuple(
        replace(item, label=label, text="the same")
        for item, label in zip(given.items.items, sorted(LABELS), strict=True)
    )
    report = await explorer(FakeWorker()).classify(
        Looked(items=replace(given.items, items=mixed), vectors=given.vectors[:1].repeat(90, 0))
    )
    report = replace(report, items=replace(report.items, subject=Subject.LIBRARY))

    assert "Do not rely on it" in str(views.classify_embed(report, Language.ENGLISH, {}).fields[0])


@dataclass(slots=True)
class FakeResponse:
    async def defer(self) -> None:
        pass


@dataclass(slots=True)
class FakeUser:
    id: int


@dataclass(slots=True)
class FakeInteraction:
    """Remembers what its reply was."""

    user: FakeUser
    locale: str = "en-US"
    shown: list[str] = field(default_factory=list)
    response: FakeResponse = field(default_factory=FakeResponse)

    async def edit_original_response(self, *, content: str, **_: object) -> None:
        self.shown.append(content)

    async def delete_original_response(self) -> None:
        self.shown.append("deleted")


def interaction(user_id: int = 1) -> tuple[FakeInteraction, discord.Interaction[Marv]]:
    fake = FakeInteraction(user=FakeUser(user_id))
    return fake, cast("discord.Interaction[Marv]", fake)


async def test_work_is_stopped_by_its_owner_alone() -> None:
    _, given = interaction()
    view = StopWork(given)
    with pytest.raises(NotYours):
        await view.interaction_check(interaction(2)[1])
    assert await view.interaction_check(given)

    view.task = asyncio.create_task(asyncio.sleep(60))
    button: Any = view.halt
    await button.callback(given)
    with pytest.raises(asyncio.CancelledError):
        await view.task


async def test_stopped_work_says_so_and_takes_its_progress_away() -> None:
    fake, given = interaction()
    started = asyncio.Event()
    tasks: list[asyncio.Task[Any]] = []

    async def work(tell: Tell) -> int:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        started.set()
        await asyncio.sleep(60)
        return 1

    waiting = asyncio.create_task(with_progress(given, work))
    await started.wait()
    tasks[0].cancel()
    with pytest.raises(AnalysisStopped):
        await waiting
    assert fake.shown[-1] == "deleted"


async def test_finished_work_is_returned_and_a_restart_cancels_it() -> None:
    fake, given = interaction()

    async def quick(tell: Tell) -> int:
        tell("too soon to be shown")
        return 7

    assert await with_progress(given, quick) == 7
    assert len(fake.shown) == 1

    async def slow(tell: Tell) -> int:
        await asyncio.sleep(60)
        return 1

    waiting = asyncio.create_task(with_progress(given, slow))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_a_server_has_one_analysis_at_a_time(marv: Marv) -> None:
    desk: ExploreDesk = marv.services.explore
    with desk._alone(1):
        with pytest.raises(AnalysisRunning), desk._alone(1):
            raise AssertionError("two at once")
        with desk._alone(2):
            pass
    with desk._alone(1):
        pass
