"""Routes as they are kept: one sorter a server, and what reads them beside a running Marv."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import aiosqlite
import numpy as np
import pytest

from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.sqlite import Database
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.routes import SqliteRoutes
from bot.commands.routes import _lines
from bot.doctor import _routes as routes_check
from bot.errors import StoreFailed
from bot.exploring import Quality, Subject
from bot.route_desk import paused_servers, stored_routes
from bot.routing import Origin, Route, Routes, Target
from bot.settings import Settings
from bot.sorter import Method, Reach, Sorter

GUILD, OTHER = 7, 8
WIDTH = 4


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    async with open_database(settings.database_path) as opened:
        yield opened


def routes(weight: float = 1.0, *, space: str = "use-multilingual/512") -> Routes:
    table = np.full((2, WIDTH), weight, dtype="<f4").tobytes()
    pair = np.zeros(2, dtype="<f4").tobytes()
    return Routes(
        sorter=Sorter(
            labels=("boats", "ケーキ"),
            method=Method.LEARNT,
            dimensions=WIDTH,
            weights=table,
            bias=pair,
            anchors=table,
            floors=pair,
        ),
        origin=Origin(
            space=space,
            subject=Subject.TABLE,
            texts=40,
            labelled=30,
            quality=Quality(accuracy=0.5, macro_f1=0.4),
            majority=Quality(accuracy=0.5, macro_f1=0.3),
            made_at=datetime(2026, 11, 28, tzinfo=UTC),
        ),
    )


def route(label: str, target: Target, right: float | None = 0.75) -> Route:
    return Route(label=label, target=target, confidence=0.7, reach=Reach(share=0.25, right=right))


async def test_routes_come_back_as_they_were_put(database: Database) -> None:
    store, given = SqliteRoutes(database), routes()
    boats = route("boats", Target(channel_id=2**62))
    cakes = route("ケーキ", Target(persona="butler"), right=None)

    await store.put(GUILD, given, boats)
    await store.put(GUILD, given, cakes)

    assert await store.load(GUILD) == replace(given, routes=(boats, cakes))
    assert await store.load(OTHER) is None
    moved = route("boats", Target(persona="archivist"))
    await store.put(GUILD, given, moved)
    assert await store.load(GUILD) == replace(given, routes=(moved, cakes))
    assert await store.spaces() == {GUILD: "use-multilingual/512"}


async def test_another_sorter_drops_the_first_ones_routes_of_its_server_alone(
    database: Database,
) -> None:
    store = SqliteRoutes(database)
    boats = route("boats", Target(channel_id=1))
    for guild_id in (GUILD, OTHER):
        await store.put(guild_id, routes(), boats)
    cakes = route("ケーキ", Target(persona="butler"))

    await store.put(GUILD, routes(2.0), cakes)

    assert await store.load(GUILD) == replace(routes(2.0), routes=(cakes,))
    assert await store.load(OTHER) == replace(routes(), routes=(boats,))


async def test_with_the_last_route_the_sorter_goes(database: Database) -> None:
    store = SqliteRoutes(database)
    for guild_id in (GUILD, OTHER):
        await store.put(guild_id, routes(), route("boats", Target(channel_id=1)))

    await store.remove(GUILD, ["boats", "no such label"])

    assert await store.load(GUILD) is None
    assert set(await store.spaces()) == {OTHER}


async def test_damaged_numbers_are_refused(database: Database) -> None:
    store = SqliteRoutes(database)
    await store.put(GUILD, routes(), route("boats", Target(channel_id=1)))

    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute("UPDATE sorters SET weights = x'00'")

    await database.write(work)
    with pytest.raises(StoreFailed, match="damaged"):
        await store.load(GUILD)


def test_a_target_is_one_thing() -> None:
    for wrong in ({}, {"channel_id": 1, "persona": "butler"}):
        with pytest.raises(ValueError, match="or a persona"):
            Target(**wrong)  # type: ignore[arg-type]


async def test_the_command_line_and_the_doctor_say_what_is_paused(settings: Settings) -> None:
    with pytest.raises(StoreFailed, match="no database yet"):
        await stored_routes(settings, GUILD)
    assert (await routes_check(settings)).ok
    async with open_database(settings.database_path) as database:
        store = SqliteRoutes(database)
        await store.put(GUILD, routes(), route("boats", Target(channel_id=1)))
        await store.put(OTHER, routes(space="gone/8"), route("boats", Target(persona="butler")))

    found, paused = await stored_routes(settings, GUILD)
    assert found is not None
    assert not paused
    assert found.as_json(paused=paused)["routes"] == [
        {
            "label": "boats",
            "channel": 1,
            "persona": None,
            "confidence": 0.7,
            "coverage": 0.25,
            "right": 0.75,
        }
    ]
    assert "no better than always guessing the commonest label" in _lines(found, paused=False)
    assert await stored_routes(settings, 9) == (None, False)
    other, paused = await stored_routes(settings, OTHER)
    assert other is not None
    assert paused
    assert any("paused: made with gone/8" in line for line in _lines(other, paused=True))
    assert await paused_servers(settings) == {OTHER: "gone/8"}
    check = await routes_check(settings)
    assert not check.ok
    assert f"{OTHER} (made with gone/8)" in check.detail
    assert "/explore routes" in check.remedy


def test_a_width_that_is_not_known_yet_does_not_pause() -> None:
    space = UseEmbedder().space
    assert routes().origin.holds_in(space)
    assert routes().origin.holds_in(replace(space, dimensions=0))
    assert not routes().origin.holds_in(replace(space, dimensions=256))
    assert not routes().origin.holds_in(replace(space, model="use", dimensions=0))
