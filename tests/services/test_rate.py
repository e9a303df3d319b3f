"""How often a member may ask: the server's number a minute, for each member, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.faults.money import TooFast
from bot.models import Language
from bot.services.rate import RateLimit
from bot.services.settings_desk import SettingsDesk
from tests.spending import FakeSettings

GUILD, ALICE, BOB = 7, 42, 43


@dataclass(slots=True)
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def limit(clock: Clock, **preferences: object) -> RateLimit:
    desk = SettingsDesk(store=FakeSettings(dict(preferences)))
    return RateLimit(settings=desk, clock=clock)


async def admitted(rate: RateLimit, times: int, *, member: int = ALICE, guild: int = GUILD) -> int:
    """Return how many of some questions at once are let through."""
    let_through = 0
    for _ in range(times):
        try:
            await rate.admit(guild, member)
        except TooFast:
            continue
        let_through += 1
    return let_through


async def test_ten_a_minute_unless_staff_say_otherwise() -> None:
    clock = Clock()
    rate = limit(clock)
    assert await admitted(rate, 30) == 10
    assert await admitted(rate, 30, member=BOB) == 10
    assert await admitted(rate, 30, guild=8) == 10
    clock.now += 6
    assert await admitted(rate, 30) == 1
    clock.now += 600
    assert await admitted(rate, 30) == 10


async def test_the_member_is_told_when_the_next_one_is_let_through() -> None:
    clock = Clock()
    rate = limit(clock, questions_per_minute=2)
    await admitted(rate, 2)
    clock.now += 10
    with pytest.raises(TooFast) as refused:
        await rate.admit(GUILD, ALICE)

    expected = datetime.now(UTC) + timedelta(seconds=20)
    assert abs(refused.value.again_at - expected) < timedelta(seconds=2)
    assert "at most 2 questions" in refused.value.user_message(Language.ENGLISH)
    assert "2 問まで" in refused.value.user_message(Language.JAPANESE)
    clock.now += 20
    assert await admitted(rate, 5) == 1


async def test_a_refused_try_is_not_counted() -> None:
    clock = Clock()
    rate = limit(clock, questions_per_minute=1)
    await admitted(rate, 100)
    clock.now += 61
    assert await admitted(rate, 1) == 1


async def test_no_limit_is_no_limit() -> None:
    assert await admitted(limit(Clock(), questions_per_minute=None), 1000) == 1000


async def test_a_change_holds_at_once() -> None:
    rate = limit(Clock(), questions_per_minute=1)
    assert await admitted(rate, 5) == 1
    await rate.settings.change(GUILD, {"questions_per_minute": 3}, changed_by=1)
    assert await admitted(rate, 5) == 3


async def test_as_many_members_as_fit_are_remembered_the_quietest_forgotten_first() -> None:
    rate = limit(Clock(), questions_per_minute=1)
    rate.most_members = 3
    for member in (1, 2, 3):
        await rate.admit(GUILD, member)
    await admitted(rate, 1, member=1)
    await rate.admit(GUILD, 4)

    assert len(rate._allowances) == 3
    assert await admitted(rate, 1, member=1) == 0
    assert await admitted(rate, 1, member=2) == 1
