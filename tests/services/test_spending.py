"""Spending: exact sums, budgets that many calls at once do not overrun, and days in UTC."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot import paying
from bot.errors import ChatFailed, StoreFailed
from bot.faults.money import BudgetSpent
from bot.models import ChatMessage, TokenUsage
from bot.paying import charged
from bot.ports import ChatModel
from bot.services.metering import MeteredChat, MeteredEmbedder, NoMetrics
from bot.services.spending import Spending
from bot.usage import BudgetNotice, Payer, PriceTable, Scope, UsageKind, dollars, nanodollars
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.spending import CHAT, DEAR, FakeLedger, price, spending

ALICE, BOB = Payer(guild_id=7, member_id=42), Payer(guild_id=7, member_id=43)
ELSEWHERE = Payer(guild_id=8, member_id=42)
ASK = [ChatMessage(role="user", content="tide?")]
CENT = nanodollars(0.01)


@dataclass(slots=True)
class Clock:
    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def say(chat: ChatModel, payer: Payer, *, most: int = 5) -> str:
    """Have the model say something on somebody's account."""
    stream = charged(chat.stream(ASK, max_tokens=most), payer)
    async with aclosing(stream) as deltas:
        return "".join([delta.text async for delta in deltas])


def metered(spent: Spending, *script: str | Exception) -> MeteredChat:
    return MeteredChat(FakeChat(script=list(script)), NoMetrics(), spent, FakeCounter())


async def call(spent: Spending, payer: Payer, tokens: int) -> None:
    with paying.paying(payer):
        begun = await spent.begin(UsageKind.CHAT, CHAT, TokenUsage(completion=tokens))
    spent.settle(begun, TokenUsage(completion=tokens))


async def test_calls_are_added_up_by_day_member_model_and_kind() -> None:
    ledger = FakeLedger()
    spent = spending(prices=DEAR, ledger=ledger)
    chat = metered(spent, "one two", "three", "four")
    for payer in (ALICE, ALICE, BOB):
        await say(chat, payer)
    await spent.written()

    lines = {line.payer: line.used for line in ledger.lines.values()}
    words = 3 + 2  # with what FakeChat counts for the end of each reply
    assert (lines[ALICE].calls, lines[ALICE].completion, lines[ALICE].cost) == (
        2,
        words,
        words * CENT,
    )
    assert (lines[BOB].calls, lines[BOB].cost) == (1, 2 * CENT)


async def test_a_sum_of_small_amounts_is_exact() -> None:
    ledger = FakeLedger()
    table = PriceTable(prices={CHAT: price("0.02", "0.1")})
    spent = spending(prices=table, ledger=ledger)
    for _ in range(1000):
        await call(spent, ALICE, 1)
    await spent.written()

    assert ledger.used.cost == 100 * 1000
    assert dollars(ledger.used.cost) == "$0.0001"


async def test_fifty_questions_at_once_overshoot_a_budget_by_less_than_one_answer() -> None:
    ledger = FakeLedger()
    spent = spending(prices=DEAR, ledger=ledger, server_budget_usd=0.13)
    chat = metered(spent, *["one two three four five"] * 50)

    said = await asyncio.gather(
        *(say(chat, Payer(guild_id=7, member_id=n), most=6) for n in range(1, 51)),
        return_exceptions=True,
    )
    await spent.written()

    answered = [each for each in said if isinstance(each, str)]
    refused = [each for each in said if isinstance(each, BudgetSpent)]
    assert (len(answered), len(refused)) == (3, 47)
    assert 13 * CENT <= ledger.used.cost < (13 + 6) * CENT
    assert {each.scope for each in refused} == {Scope.SERVER}


async def test_what_a_call_did_not_use_of_its_estimate_is_free_again() -> None:
    spent = spending(prices=DEAR, member_budget_usd=0.10)
    chat = metered(spent, *["word"] * 9)

    for _ in range(5):
        await say(chat, ALICE, most=100)
    with pytest.raises(BudgetSpent):
        await say(chat, ALICE, most=100)
    assert await say(chat, BOB) == "word"


async def test_the_operators_budget_is_of_all_servers_together() -> None:
    spent = spending(prices=DEAR)
    spent.operator_budget = 3 * CENT

    await call(spent, ALICE, 2)
    await call(spent, ELSEWHERE, 1)

    with pytest.raises(BudgetSpent) as refused:
        await call(spent, BOB, 1)
    assert refused.value.scope is Scope.OPERATOR


async def test_a_budget_of_nothing_allows_only_what_is_free() -> None:
    free = PriceTable(prices={CHAT: price("0"), "dear": price("1")})
    spent = spending(prices=free, server_budget_usd=0.0)
    await call(spent, ALICE, 1000)
    with paying.paying(ALICE), pytest.raises(BudgetSpent):
        await spent.begin(UsageKind.CHAT, "dear", TokenUsage(prompt=1))


async def test_what_nobody_asked_for_is_charged_to_the_server_and_not_refused() -> None:
    ledger = FakeLedger()
    spent = spending(prices=DEAR, ledger=ledger, server_budget_usd=0.0)
    embedder = MeteredEmbedder(FakeEmbedder(), NoMetrics(), spent, FakeCounter())
    with paying.paying(Payer(guild_id=7)):
        await embedder.embed_documents(["two words", "three more words"])
    await spent.written()

    [line] = ledger.lines.values()
    assert (line.payer, line.kind) == (Payer(guild_id=7), UsageKind.EMBEDDING)
    tokens = FakeCounter().count("two words") + FakeCounter().count("three more words")
    assert (line.used.prompt, line.used.cost) == (tokens, tokens * 1000)


async def test_a_day_ends_at_midnight_in_utc_and_a_call_belongs_to_the_day_it_began() -> None:
    clock, ledger = Clock(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)), FakeLedger()
    spent = spending(prices=DEAR, ledger=ledger, member_budget_usd=0.02)
    spent.clock = clock
    with paying.paying(ALICE):
        late = await spent.begin(UsageKind.CHAT, CHAT, TokenUsage(completion=2))
    with pytest.raises(BudgetSpent) as refused:
        await call(spent, ALICE, 1)
    assert refused.value.resets_at == datetime(2026, 11, 25, tzinfo=UTC)

    clock.now = datetime(2026, 11, 25, 0, 0, 1, tzinfo=UTC)
    await call(spent, ALICE, 1)
    spent.settle(late, TokenUsage(completion=2))
    await call(spent, ALICE, 1)
    with pytest.raises(BudgetSpent):
        await call(spent, ALICE, 1)
    await spent.written()

    by_day = {line.day.day: line.used.cost // CENT for line in ledger.lines.values()}
    assert by_day == {24: 2, 25: 2}


async def test_days_gone_by_are_forgotten() -> None:
    clock = Clock()
    spent = spending(prices=DEAR, member_budget_usd=1.0)
    spent.clock = clock
    for day in range(1, 20):
        clock.now = datetime(2026, 12, day, tzinfo=UTC)
        await call(spent, ALICE, 90)
    assert len(spent._spent) == 2 * 3
    assert len(spent._told) <= 2 * 3


async def test_a_restart_takes_over_what_the_day_has_cost() -> None:
    ledger = FakeLedger()
    before = spending(prices=DEAR, ledger=ledger, member_budget_usd=0.02)
    await call(before, ALICE, 2)
    await before.written()

    after = spending(prices=DEAR, ledger=ledger, member_budget_usd=0.02)
    with pytest.raises(BudgetSpent):
        await call(after, ALICE, 1)
    await call(after, BOB, 1)


async def test_a_reply_that_is_cut_or_stopped_is_charged_by_its_counted_tokens() -> None:
    ledger = FakeLedger()
    table = PriceTable(prices={CHAT: price("1", "1")})
    spent = spending(prices=table, ledger=ledger)
    chat = metered(spent, "one two three ✂", "four five six")
    await say(chat, ALICE)
    async with aclosing(charged(chat.stream(ASK, max_tokens=9), BOB)) as stream:
        async for _ in stream:
            break
    await spent.written()

    cut, stopped = (line.used for line in ledger.lines.values())
    prompt = FakeCounter().count("tide?") + 4
    assert (cut.prompt, cut.completion, cut.estimated) == (
        prompt,
        FakeCounter().count("one two three"),
        1,
    )
    assert (stopped.prompt, stopped.completion, stopped.estimated) == (prompt, 1, 1)


async def test_a_call_that_the_provider_refused_costs_nothing_and_is_counted() -> None:
    ledger = FakeLedger()
    spent = spending(prices=DEAR, ledger=ledger, member_budget_usd=0.01)
    with pytest.raises(ChatFailed):
        await say(metered(spent, ChatFailed("no")), ALICE, most=50)
    await spent.written()

    assert (ledger.used.calls, ledger.used.cost) == (1, 0)
    assert await say(metered(spent, "word"), ALICE) == "word", "what was held back is free again"


async def test_an_unknown_price_is_said_once_and_never_counted_as_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ledger = FakeLedger()
    spent = spending(prices=PriceTable(), ledger=ledger)
    with caplog.at_level(logging.WARNING):
        await say(metered(spent, "one", "two"), ALICE)
        await say(metered(spent, "one", "two"), ALICE)
    await spent.written()

    assert (ledger.used.calls, ledger.used.unpriced) == (2, 2)
    assert spent.unknown == {CHAT}
    assert sum("Nobody knows what fake-chat costs" in each for each in caplog.messages) == 1


async def test_the_staff_are_told_at_four_fifths_and_at_the_end_once_a_day() -> None:
    told: list[BudgetNotice] = []
    clock = Clock()
    spent = spending(prices=DEAR, server_budget_usd=0.10)
    spent.clock = clock
    spent.listeners.append(told.append)
    for tokens in (7, 1, 1, 1):
        await call(spent, ALICE, tokens)
    for _ in range(3):
        with pytest.raises(BudgetSpent):
            await call(spent, BOB, 1)

    assert [(each.percent, each.scope) for each in told] == [
        (80, Scope.SERVER),
        (100, Scope.SERVER),
    ]
    assert told[0].guild_id == ALICE.guild_id
    clock.now = datetime(2026, 11, 25, tzinfo=UTC)
    await call(spent, ALICE, 20)
    assert [each.percent for each in told] == [80, 100, 100]


async def test_what_cannot_be_written_now_is_written_later() -> None:
    ledger = FakeLedger(faults=[StoreFailed("full")])
    spent = spending(prices=DEAR, ledger=ledger)
    await call(spent, ALICE, 2)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not ledger.lines

    await call(spent, ALICE, 3)
    await spent.written()
    assert ledger.used.cost == 5 * CENT


async def test_a_payer_holds_for_the_steps_of_a_generator_and_for_nobody_else() -> None:
    seen: list[Payer] = []

    async def watched() -> AsyncGenerator[None, None]:
        for _ in range(2):
            seen.append(paying.current())
            yield
        seen.append(paying.current())

    with paying.paying(BOB):
        seen.extend([paying.current() async for _ in charged(watched(), ALICE)])

    assert seen == [ALICE, ALICE, ALICE, BOB, BOB]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0.00"), (1500, "$0.000002"), (12_345_678, "$0.0123"), (1_234_567_890_123, "$1,234.57")],
)
def test_an_amount_is_shown_with_as_many_places_as_it_needs(amount: int, shown: str) -> None:
    assert dollars(amount) == shown


def test_prices_are_found_for_dated_and_fine_tuned_models_and_never_guessed() -> None:
    table = PriceTable(prices={"gpt-x": price("1"), "ft:gpt-x": price("2")})
    found: Callable[[str], object] = lambda name: (each := table.of(name)) and each.prompt  # noqa: E731
    assert found("gpt-x") == found("gpt-x-2025-04-14") == 1
    assert found("ft:gpt-x-2025-04-14:org:name:id") == found("ft:gpt-x:org::id") == 2
    assert found("local:marv-270m") == 0
    assert found("gpt-x-large") is None
    assert found("ft:gpt-y:org::id") is None
