"""Settings in layers: what holds where, and what staff may type."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteSettings
from bot.adapters.sqlite.database import open_database
from bot.faults.setting import BadSetting, ServerWide
from bot.models import Language
from bot.preferences import Origin, Preferences, QuietHours, Speaking
from bot.services.settings_desk import SettingsDesk

GUILD, CHANNEL, OTHER, STAFF = 1, 20, 21, 9


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[SettingsDesk]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        yield SettingsDesk(store=SqliteSettings(database))


async def test_a_channels_value_lies_over_the_servers_and_that_over_the_default(
    desk: SettingsDesk,
) -> None:
    assert await desk.show(GUILD, CHANNEL) == Preferences()
    hours = QuietHours.parse("22:00-07:00")
    server = {"speaking": Speaking.COMMANDS, "quiet_hours": hours}
    await desk.change(GUILD, server, changed_by=STAFF)
    channel = {"speaking": Speaking.AUTO}
    await desk.change(GUILD, channel, changed_by=STAFF, channel_id=CHANNEL)

    layered = await desk.layered(GUILD, CHANNEL)

    assert (layered.values.speaking, layered.values.quiet_hours) == (Speaking.AUTO, hours)
    assert layered.origins["speaking"] is Origin.CHANNEL
    assert layered.origins["quiet_hours"] is Origin.SERVER
    assert layered.origins["ignored_roles"] is Origin.DEFAULT
    assert (await desk.show(GUILD, OTHER)).speaking is Speaking.COMMANDS
    assert await desk.show(2) == Preferences()


async def test_a_value_taken_away_lets_the_layer_below_through(desk: SettingsDesk) -> None:
    await desk.change(GUILD, {"speaking": Speaking.COMMANDS}, changed_by=STAFF)
    auto = {"speaking": Speaking.AUTO}
    await desk.change(GUILD, auto, changed_by=STAFF, channel_id=CHANNEL)

    below = await desk.reset(GUILD, "speaking", channel_id=CHANNEL)
    assert below.speaking is Speaking.COMMANDS
    assert (await desk.reset(GUILD, "speaking")).speaking is Speaking.MENTIONS


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("quiet_hours", "22:00-07:00 Asia/Tokyo", QuietHours.parse("22:00-07:00 Asia/Tokyo")),
        ("quiet_hours", "", None),
        ("retention_days", "90", 90),
        ("retention_days", "", None),
        ("erase_after_days", " 5 ", 5),
    ],
)
async def test_what_staff_type_is_read_and_kept(
    desk: SettingsDesk, key: str, text: str, value: object
) -> None:
    await desk.change_text(GUILD, key, text, changed_by=STAFF)
    assert getattr(await desk.show(GUILD), key) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("quiet_hours", "at night"),
        ("quiet_hours", "22:00-07:00 Mars/Olympus"),
        ("quiet_hours", "25:00-07:00"),
        ("quiet_hours", "07:00-07:00"),
        ("retention_days", "0"),
        ("erase_after_days", ""),
        ("erase_after_days", "-1"),
        ("retention_days", "for ever"),
        ("erase_after_days", "1e3"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_hint_and_changes_nothing(
    desk: SettingsDesk, key: str, text: str
) -> None:
    with pytest.raises(BadSetting):
        await desk.change_text(GUILD, key, text, changed_by=STAFF)
    assert await desk.show(GUILD) == Preferences()


async def test_a_retention_is_the_whole_servers(desk: SettingsDesk) -> None:
    with pytest.raises(ServerWide):
        await desk.change(GUILD, {"retention_days": 5}, changed_by=STAFF, channel_id=CHANNEL)


async def test_chosen_values_come_back_as_they_went_in(desk: SettingsDesk) -> None:
    chosen = {"speaking": Speaking.AUTO, "ignored_roles": frozenset({5, 3})}
    await desk.change(GUILD, chosen, changed_by=STAFF, channel_id=CHANNEL)
    shown = await desk.show(GUILD, CHANNEL)
    assert shown.speaking is Speaking.AUTO
    assert shown.ignored_roles == {3, 5}


def test_quiet_hours_span_midnight_in_their_own_zone() -> None:
    hours = QuietHours.parse("22:00-07:00 Asia/Tokyo")
    assert hours.covers(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))  # midnight there
    assert not hours.covers(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))  # noon there
    day = QuietHours.parse("9:00-17:00")
    assert day.covers(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    assert not day.covers(datetime(2026, 11, 24, 17, 0, tzinfo=UTC))


async def test_settings_of_an_older_marv_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "marv.sqlite3"
    scripts = files("bot.adapters").joinpath("migrations")
    with sqlite3.connect(path) as old:
        for name in sorted(each.name for each in scripts.iterdir() if each.name < "0006"):
            old.executescript(scripts.joinpath(name).read_text("utf-8"))
        old.execute("INSERT INTO guild_settings VALUES (?, 77, 1, 9, '2026-11-24')", (GUILD,))
        old.execute("PRAGMA user_version = 5")
    old.close()
    async with open_database(path) as database:
        shown = await SettingsDesk(store=SqliteSettings(database)).show(GUILD)
    assert (shown.staff_channel_id, shown.read_channels) == (77, True)


async def test_settings_are_read_once_and_anew_after_each_change(desk: SettingsDesk) -> None:
    reads: list[tuple[int, int | None]] = []
    store = desk.store

    class Counted(SqliteSettings):
        async def layers(
            self, guild_id: int, channel_id: int | None
        ) -> Mapping[int, Mapping[str, object]]:
            reads.append((guild_id, channel_id))
            return await store.layers(guild_id, channel_id)

    assert isinstance(store, SqliteSettings)
    counted = SettingsDesk(store=Counted(store.database))
    for _ in range(3):
        await counted.show(GUILD, CHANNEL)
        await counted.show(GUILD)
    assert reads == [(GUILD, CHANNEL), (GUILD, None)]

    await counted.change(GUILD, {"erase_after_days": 3}, changed_by=STAFF)
    assert (await counted.show(GUILD, CHANNEL)).erase_after_days == 3
    await counted.reset(GUILD, "erase_after_days")
    assert (await counted.show(GUILD, CHANNEL)).erase_after_days == 30


async def test_what_was_read_before_a_change_is_not_kept(desk: SettingsDesk) -> None:
    store = desk.store
    reading, go_on = asyncio.Event(), asyncio.Event()

    class Slow(SqliteSettings):
        async def layers(
            self, guild_id: int, channel_id: int | None
        ) -> Mapping[int, Mapping[str, object]]:
            found = await store.layers(guild_id, channel_id)
            reading.set()
            await go_on.wait()
            return found

    assert isinstance(store, SqliteSettings)
    slow = SettingsDesk(store=Slow(store.database))
    old = asyncio.create_task(slow.show(GUILD))
    await reading.wait()
    changing = asyncio.create_task(slow.change(GUILD, {"erase_after_days": 3}, changed_by=STAFF))
    async with asyncio.timeout(5):
        while not slow._changes[GUILD]:
            await asyncio.sleep(0.01)
    go_on.set()
    await asyncio.gather(old, changing)

    assert (await slow.show(GUILD)).erase_after_days == 3


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("server_budget_usd", "$1.50", 1.5),
        ("member_budget_usd", "0", 0.0),
        ("member_budget_usd", "", None),
        ("questions_per_minute", "20", 20),
        ("questions_per_minute", "", None),
    ],
)
async def test_money_and_the_rate_are_typed(
    desk: SettingsDesk, key: str, text: str, value: object
) -> None:
    changed = await desk.change_text(GUILD, key, text, changed_by=STAFF)
    assert getattr(changed, key) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("server_budget_usd", "-1"),
        ("server_budget_usd", "nan"),
        ("server_budget_usd", "1e999"),
        ("member_budget_usd", "much"),
        ("questions_per_minute", "0"),
        ("questions_per_minute", "1.5"),
    ],
)
async def test_money_and_the_rate_that_cannot_be_are_refused(
    desk: SettingsDesk, key: str, text: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        await desk.change_text(GUILD, key, text, changed_by=STAFF)
    for language in Language:
        assert len(refused.value.user_message(language)) > len(BadSetting.messages[language])
