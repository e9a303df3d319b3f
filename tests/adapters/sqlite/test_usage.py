"""The ledger in SQLite: lines are added to, summed by columns, and become nobody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.adapters.sqlite import (
    Database,
    SqliteErasures,
    SqlitePersonalRecords,
    SqliteSettings,
    SqliteUsage,
)
from bot.adapters.sqlite.database import open_database
from bot.erasure import Erasure, ErasureId, ErasureReason, Stage
from bot.services.settings_desk import SettingsDesk
from bot.services.spending import Spending
from bot.services.usage_desk import UsageDesk
from bot.usage import Payer, UsageKind, UsageLine, Used
from tests.spending import DEAR

TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)
ALICE, BOB, NOBODY = (Payer(guild_id=7, member_id=each) for each in (42, 43, 0))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as opened:
        yield opened


def line(payer: Payer, cost: int, *, day: date = TODAY, model: str = "gpt-x") -> UsageLine:
    used = Used(calls=1, prompt=10, completion=2, cost=cost)
    return UsageLine(day=day, payer=payer, model=model, kind=UsageKind.CHAT, used=used)


async def test_a_thousand_calls_are_one_row(database: Database) -> None:
    ledger = SqliteUsage(database)
    for _ in range(10):
        await ledger.add([line(ALICE, 3)] * 100)

    [[rows]] = await database.rows("SELECT count(*) FROM usage")
    assert rows == 1
    assert await ledger.spent(TODAY) == {ALICE: 3000}


async def test_lines_are_added_up_by_what_is_asked_for(database: Database) -> None:
    ledger = SqliteUsage(database)
    elsewhere = Payer(guild_id=8, member_id=42)
    await ledger.add(
        [
            line(ALICE, 1),
            line(ALICE, 2, day=YESTERDAY),
            line(BOB, 4, model="gpt-y"),
            line(elsewhere, 100),
        ]
    )

    by_member = await ledger.totals(7, YESTERDAY, TODAY, by=("member_id",))
    assert {each.payer.member_id: each.used.cost for each in by_member} == {42: 3, 43: 4}
    by_day = await ledger.totals(7, YESTERDAY, TODAY, by=("day", "model"))
    assert [(each.day, each.model, each.used.cost) for each in by_day] == [
        (YESTERDAY, "gpt-x", 2),
        (TODAY, "gpt-x", 1),
        (TODAY, "gpt-y", 4),
    ]


async def test_a_forgotten_members_use_stays_in_the_totals_without_them(
    database: Database,
) -> None:
    ledger = SqliteUsage(database)
    await ledger.add([line(ALICE, 5), line(ALICE, 7, model="gpt-y"), line(BOB, 2), line(NOBODY, 1)])
    [mine, *_] = (await SqlitePersonalRecords(database).about(7, 42))["usage"]
    assert (mine["member_id"], mine["calls"]) == (42, 1)
    erasure = Erasure(
        id=ErasureId(1),
        guild_id=7,
        user_id=42,
        reason=ErasureReason.ASKED,
        receipt_id="receipt",
        stage=Stage.ASKED,
        in_index=False,
        counts={},
        asked_at=datetime.now(UTC),
    )

    for _ in range(2):  # as after a kill
        await SqliteErasures(database).erase_rows(erasure)

    assert await ledger.spent(TODAY) == {NOBODY: 13, BOB: 2}
    assert (await SqlitePersonalRecords(database).about(7, 42))["usage"] == []


async def test_who_used_what_is_forgotten_with_time_and_the_sums_stay(database: Database) -> None:
    ledger = SqliteUsage(database)
    long_ago = date(2026, 8, 25)  # 91 days
    await ledger.add([line(ALICE, 1, day=long_ago), line(BOB, 2, day=long_ago), line(ALICE, 4)])
    spending = Spending(
        ledger=ledger,
        prices=DEAR,
        settings=SettingsDesk(store=SqliteSettings(database)),
        clock=lambda: datetime(2026, 11, 24, tzinfo=UTC),
    )

    assert await spending.forget_members() == 2
    assert await ledger.spent(long_ago) == {NOBODY: 3}
    assert await ledger.spent(TODAY) == {ALICE: 4}
    assert await spending.forget_members() == 0


async def test_a_report_covers_its_days_and_no_more(database: Database) -> None:
    ledger = SqliteUsage(database)
    spending = Spending(
        ledger=ledger,
        prices=DEAR,
        settings=SettingsDesk(store=SqliteSettings(database)),
        clock=lambda: datetime(2026, 11, 24, 23, 59, tzinfo=UTC),
    )
    await ledger.add(
        [line(ALICE, 1, model="fake-chat"), line(BOB, 2, day=YESTERDAY), line(BOB, 4, day=TODAY)]
    )
    await ledger.add([line(ALICE, 100, day=date(2026, 11, 22)), line(NOBODY, 8)])

    def no_picture() -> object:
        raise AssertionError("nobody asked for a picture")

    desk = UsageDesk(spending=spending, painter=no_picture)  # type: ignore[arg-type]
    report = await desk.report(7, days=2)

    assert report.days == (YESTERDAY, TODAY)
    assert (report.total.cost, report.today.cost) == (15, 13)
    assert report.members[0][0] == 0
    assert [id_ for id_, _ in report.members] == [0, 43, 42]
    assert report.priced == DEAR.prices["fake-chat"].checked
    shown = report.as_json()
    assert shown["total"]["cost_usd"] == 15e-9
    assert shown["members"][1] == {
        "member": "43",
        "calls": 2,
        "prompt_tokens": 20,
        "completion_tokens": 4,
        "cost_usd": 6e-9,
        "estimated_calls": 0,
        "unpriced_calls": 0,
    }
