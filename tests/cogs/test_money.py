"""Money as members, staff and strangers meet it: budgets, the rate, the ledger's figures."""

from __future__ import annotations

import re

import discord
import pytest
import simcord

from bot.client import Marv
from bot.faults.money import BudgetSpent, TooFast
from bot.preferences import Speaking
from bot.services.spending import Spending
from bot.usage import Payer, PriceTable, nanodollars
from tests.cogs.test_inquiries import Desk, desk, message_of, newest, told
from tests.conftest import Server
from tests.fakes import FakeChat, FakeEmbedder
from tests.spending import DEAR, FREE

__all__ = ["desk"]

QUESTION = "Waterproof glue needs how many hours?"
QUESTION_JA = "防水の接着剤は何時間かかりますか？"
STAMP = re.compile(r"<t:(\d+):t> \(<t:\1:R>\)")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def prices(marv: Marv) -> None:
    """A word costs a cent, comparing meaning a little."""
    marv.services.spending.prices = DEAR


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Import matplotlib now: it takes a second, and the simulated Discord waits five."""
    from bot.adapters.charts import MatplotlibPainter

    MatplotlibPainter.open()


async def budget(marv: Marv, server: Server, **values: object) -> None:
    await marv.services.settings.change(server.guild.id, values, changed_by=server.admin.id)


async def glue(server: Server) -> None:
    await server.admin.slash(
        server.channel, "library add-text", title="Glue", text="Waterproof glue needs 24 hours."
    )


async def used(spending: Spending, payer: Payer) -> int:
    await spending.written()
    return (await spending.ledger.spent(spending.clock().date())).get(payer, 0)


def of(server: Server, member: simcord.MemberActor | None = None) -> Payer:
    return Payer(guild_id=server.guild.id, member_id=member.id if member else 0)


async def test_an_answer_is_charged_to_the_asker_and_the_library_to_nobody(
    server: Server, marv: Marv
) -> None:
    await glue(server)
    spending = marv.services.spending
    before = await used(spending, of(server))
    assert before > 0, "embedding the document"
    assert await used(spending, of(server, server.admin)) == 0

    await server.alice.slash(server.channel, "ask", question=QUESTION)
    await server.alice.slash(server.channel, "search", query="glue")

    assert await used(spending, of(server, server.alice)) > nanodollars(0.05)
    assert await used(spending, of(server)) == before


async def test_a_mention_and_a_direct_message_are_charged_to_their_author(
    server: Server, marv: Marv
) -> None:
    assert marv.user is not None
    spending = marv.services.spending
    await server.alice.send(server.channel, f"<@{marv.user.id}> hello")
    first = await used(spending, of(server, server.alice))
    await server.alice.send_dm("hello")

    assert 0 < first < await used(spending, of(server, server.alice))


async def test_without_budget_a_question_gets_the_passages_found_by_words(
    server: Server, marv: Marv, chat: FakeChat, embedder: FakeEmbedder
) -> None:
    await glue(server)
    embedded = len(embedder.embedded)
    await budget(marv, server, server_budget_usd=0.0)

    result = message_of(await server.alice.slash(server.channel, "ask", question=QUESTION))

    assert "This server's budget for today is spent" in result.content
    assert STAMP.search(result.content)
    assert "`/search` still works" in result.content
    [shown] = result.embeds
    assert "24 **hours**" in str(shown.fields[0].value)
    assert "by words only" in str(shown.footer.text)
    assert not chat.requests
    assert len(embedder.embedded) == embedded
    assert not result.message.components, "there is no answer to vote on"


async def test_a_japanese_question_is_refused_in_japanese(server: Server, marv: Marv) -> None:
    await glue(server)
    await budget(marv, server, member_budget_usd=0.0)

    result = message_of(
        await server.alice.slash(server.channel, "ask", question=QUESTION_JA, private=True)
    )

    assert "あなたの今日の予算を使い切りました" in result.content
    assert "語句の一致だけ" in str(result.embeds[0].footer.text)


async def test_search_works_by_words_without_a_budget(server: Server, marv: Marv) -> None:
    await glue(server)
    await budget(marv, server, server_budget_usd=0.0)

    result = message_of(await server.alice.slash(server.channel, "search", query="glue"))

    assert "cost money" in str(result.embeds[0].description)
    assert "needs 24 hours" in str(result.embeds[0].fields[0].value)


async def test_chat_and_mentions_point_to_search(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    await budget(marv, server, member_budget_usd=0.0)

    said = told(await server.alice.slash(server.channel, "chat", message="hello"))
    assert "Your budget for today is spent" in said
    assert "`/search`" in said
    simcord.assert_error(simcord_env, BudgetSpent)
    await server.alice.send(server.channel, f"<@{marv.user.id}> こんにちは、元気ですか？")
    assert "あなたの今日の予算" in newest(server.channel).content
    simcord.assert_error(simcord_env, BudgetSpent)


async def test_one_members_budget_is_not_anothers(server: Server, marv: Marv) -> None:
    await glue(server)
    await budget(marv, server, member_budget_usd=0.01)

    first = message_of(await server.alice.slash(server.channel, "ask", question=QUESTION))
    second = message_of(await server.alice.slash(server.channel, "ask", question=QUESTION))
    others = message_of(await server.admin.slash(server.channel, "ask", question=QUESTION))

    assert "24 hours" in first.content
    assert "Your budget" in second.content
    assert "24 hours" in others.content


async def test_what_costs_nothing_needs_no_budget(server: Server, marv: Marv) -> None:
    marv.services.spending.prices = FREE
    await glue(server)
    await budget(marv, server, server_budget_usd=0.0)

    result = message_of(await server.alice.slash(server.channel, "ask", question=QUESTION))

    assert "24 hours" in result.content


async def test_the_staff_are_told_once_in_their_channel(desk: Desk, marv: Marv) -> None:
    await budget(marv, desk.server, server_budget_usd=0.08)
    for _ in range(3):
        await desk.alice.slash(desk.channel, "ask", question=QUESTION)

    texts = [message.content for message in desk.staff.history()]
    assert len(texts) == 1
    assert "100 % of this server's budget of the day is spent" in texts[0]
    assert "of $0.08" in texts[0]
    assert STAMP.search(texts[0])


async def test_a_member_who_asks_too_often_is_told_when_to_ask_again(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    marv.services.rate.clock = lambda: 0.0
    await budget(marv, server, questions_per_minute=3)
    for _ in range(3):
        await server.alice.slash(server.channel, "chat", message="hello")
    asked = len(chat.requests)

    for command, text in (("ask", "question"), ("search", "query"), ("chat", "message")):
        result = await server.alice.slash(server.channel, command, **{text: "glue"})
        said = message_of(result)
        assert "at most 3 questions a minute" in said.content
        assert re.search(r"<t:\d+:R>", said.content)
        assert said.message.flags.ephemeral
        simcord.assert_error(simcord_env, TooFast)
    await server.alice.send(server.channel, f"<@{marv.user.id}> 接着剤はどこですか？")
    assert "1分に 3 問まで" in newest(server.channel).content
    simcord.assert_error(simcord_env, TooFast)
    assert len(chat.requests) == asked
    await server.admin.slash(server.channel, "chat", message="hello")
    assert len(chat.requests) == asked + 1


async def test_staff_set_budgets_in_dollars(server: Server, marv: Marv) -> None:
    view = message_of(await server.admin.slash(server.channel, "marv settings"))
    form = await server.admin.select(view, ["server_budget_usd"], custom_id="settings:key")
    await server.admin.submit_modal(form, {"value": "$1.5"})

    shown = {str(each.name): str(each.value) for each in view.embeds[0].fields}
    assert shown["Budget of the server a day"] == "$1.50\n*set for the server*"
    assert (await marv.services.settings.show(server.guild.id)).server_budget_usd == 1.5


async def test_members_and_strangers_may_not_see_what_others_used(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    stranger = server.guild.add_member(simcord_env.create_user("stranger"))
    [command] = [each for each in await marv.tree.fetch_commands() if each.name == "marv"]
    server.guild.set_command_permissions(command, {server.alice: True, stranger: True})
    for member in (server.alice, stranger):
        member_may_see = await member.slash(server.channel, "marv usage")
        assert not member_may_see.followups
        assert "$" not in told(member_may_see)
        simcord.assert_error(simcord_env, discord.app_commands.CheckFailure)


@pytest.mark.parametrize("by", ["day", "member", "model"])
async def test_staff_see_the_figures_and_a_chart_that_says_what_it_shows(
    server: Server, marv: Marv, by: str
) -> None:
    await glue(server)
    await server.alice.slash(server.channel, "ask", question=QUESTION)
    await budget(marv, server, server_budget_usd=2.0)

    shown = message_of(await server.admin.slash(server.channel, "marv usage", days=7, by=by))

    [embed] = shown.embeds
    fields = {str(each.name): str(each.value) for each in embed.fields}
    assert embed.title == "Usage in 7 days"
    assert "of the budget of $2.00" in fields["Today (UTC)"]
    assert f"<@{server.alice.id}>: **$" in fields["Who used most"]
    assert "`fake-chat` (answers)" in fields["Models"]
    [file] = shown.message.attachments
    assert file.filename == "usage.png"
    assert str(file.description).startswith("Bar chart. Usage by " + by)
    assert shown.message.flags.ephemeral


async def test_an_unknown_price_is_said(server: Server, marv: Marv) -> None:
    marv.services.spending.prices = PriceTable()
    await server.alice.slash(server.channel, "chat", message="hello")

    [embed] = message_of(await server.admin.slash(server.channel, "marv usage")).embeds
    fields = {str(each.name): str(each.value) for each in embed.fields}

    assert "cost unknown" in fields["Total"]
    assert "`fake-chat`" in fields["Mind"]


async def test_nothing_used_is_said_without_a_chart(server: Server) -> None:
    shown = message_of(await server.admin.slash(server.channel, "marv usage"))

    assert "Nothing was used" in str(shown.embeds[0].description)
    assert not shown.message.attachments


async def test_who_is_refused_is_left_without_a_thread(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    await budget(marv, server, speaking=Speaking.THREADS, member_budget_usd=0.0)

    await server.alice.send(server.channel, f"<@{marv.user.id}> hello")

    assert "Your budget for today is spent" in newest(server.channel).content
    assert not server.channel.threads
    simcord.assert_error(simcord_env, BudgetSpent)


async def test_who_is_in_need_is_told_where_help_is_whatever_is_spent(
    server: Server, marv: Marv
) -> None:
    assert marv.user is not None
    await budget(marv, server, speaking=Speaking.THREADS, member_budget_usd=0.0)

    by_command = await server.alice.slash(server.channel, "chat", message="I want to kill myself")
    await server.alice.send(server.channel, f"<@{marv.user.id}> 死にたいです")

    for message in (message_of(by_command).message, newest(server.channel)):
        assert "budget" not in message.content
        assert "予算" not in message.content
        assert message.embeds, "where help is"
