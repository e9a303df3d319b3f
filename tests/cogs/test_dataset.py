"""The data set as staff meet it: review, freeze, export of a version, examples by hand and file."""

from __future__ import annotations

import json
from typing import Any

import simcord
from discord import app_commands

from bot.client import Marv
from bot.faults.dataset import BadExamples, VersionExists, VersionUnknown
from bot.inquiry import VoteValue
from bot.models import TurnId
from tests.cogs.test_feedback import give_away
from tests.cogs.test_inquiries import message_of, told
from tests.cogs.test_persona import everything
from tests.conftest import Server


async def talk(server: Server, *messages: str) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    for message in messages:
        await server.alice.slash(server.channel, "chat", message=message)


async def turn_ids(server: Server, marv: Marv) -> dict[str, int]:
    return {
        turn.question or "": turn.id async for turn in marv.services.chat.log.turns(server.guild.id)
    }


async def vote(marv: Marv, turn_id: int, server: Server, value: VoteValue) -> None:
    await marv.services.votes.vote(
        server.guild.id, TurnId(turn_id), by=server.admin.id, value=value
    )


def question_of(message: simcord.ResponseMessage) -> str:
    return str(message.embeds[0].description)


async def test_review_walks_through_the_liked_first_and_decisions_hold(
    server: Server, marv: Marv
) -> None:
    await talk(server, "plain words", "liked words", "bad words")
    ids = await turn_ids(server, marv)
    await vote(marv, ids["liked words"], server, VoteValue.UP)
    await vote(marv, ids["bad words"], server, VoteValue.DOWN)

    view = message_of(await server.admin.slash(server.channel, "dataset review"))
    assert view.ephemeral
    assert question_of(view) == "liked words"
    assert "👍 1 · 👎 0" in str(view.embeds[0].fields)
    await server.admin.click(view, custom_id="review:keep")
    assert question_of(view) == "plain words"
    await server.admin.click(view, custom_id="review:page:1")
    assert question_of(view) == "bad words"
    await server.admin.click(view, custom_id="review:reject")
    assert question_of(view) == "plain words"
    await server.admin.click(view, custom_id="review:skip")
    assert "Nothing left" in question_of(view)

    frozen = await server.admin.slash(
        server.channel, "dataset freeze", name="v1", seed=True, **{"only-kept": True}
    )
    assert "rejected in review: 1" in everything(frozen)
    assert "not reviewed yet: 1" in everything(frozen)


async def test_what_may_not_be_used_or_was_private_is_not_shown_for_review(
    server: Server,
) -> None:
    await server.alice.slash(server.channel, "chat", message="before my yes")
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "privacy consent", choice="nothing")

    view = message_of(await server.admin.slash(server.channel, "dataset review"))

    assert "Nothing left" in question_of(view)


async def test_a_repair_from_review_replaces_the_turn(server: Server, marv: Marv) -> None:
    await talk(server, "how do knots work")
    view = message_of(await server.admin.slash(server.channel, "dataset review"))

    form = await server.admin.click(view, custom_id="review:repair")
    await server.admin.submit_modal(
        form,
        {"question": "how do knots work", "answer": "By friction.", "keep": ["training"]},
    )
    await server.admin.slash(server.channel, "dataset freeze", name="v1", seed=False)
    result = await server.admin.slash(server.channel, "dataset export", version="v1", format="chat")

    [line] = await lines_of(result)
    assert line["messages"][-1]["content"] == "By friction."


async def lines_of(result: simcord.InteractionResult) -> list[dict[str, Any]]:
    messages = [message_of(result), *result.followups]
    files = [file for message in messages for file in message.attachments]
    texts = [(await each.read()).decode() for each in files if each.filename.endswith("l")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


async def test_a_frozen_version_is_listed_exported_and_cannot_be_overwritten(
    server: Server, simcord_env: simcord.Env
) -> None:
    await server.admin.slash(server.channel, "dataset freeze", name="v1")

    listed = everything(await server.admin.slash(server.channel, "dataset versions"))
    assert "v1" in listed
    assert "to train on" in listed
    exported = await lines_of(
        await server.admin.slash(server.channel, "dataset export", version="v1")
    )
    assert len(exported) > 300
    again = await server.admin.slash(server.channel, "dataset freeze", name="v1")
    assert "frozen is frozen" in told(again)
    simcord.assert_error(simcord_env, VersionExists)


async def test_a_version_that_is_not_there_says_where_to_look(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await server.admin.slash(server.channel, "dataset export", version="nothing")

    assert "/dataset versions" in told(result)
    simcord.assert_error(simcord_env, VersionUnknown)


async def test_examples_come_by_form_and_by_file_all_or_none(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    form = await server.admin.slash(server.channel, "dataset add")
    await server.admin.submit_modal(
        form, {"question": "Who ties knots?", "facts": "", "answer": "Sailors, mostly."}
    )
    rows = "".join(json.dumps({"question": f"Q{n}?", "answer": f"A{n}."}) + "\n" for n in range(3))
    taken = await server.admin.slash(
        server.channel, "dataset import", file=("mine.jsonl", rows.encode())
    )
    assert "3" in told(taken)
    bad = await server.admin.slash(
        server.channel,
        "dataset import",
        file=("bad.jsonl", rows.encode() + b'{"question": "no answer"}'),
    )
    assert "Line 4" in told(bad)
    simcord.assert_error(simcord_env, BadExamples)

    kept = [each async for each in marv.services.dataset.export.examples.examples(server.guild.id)]
    assert [(each.question, each.source) for each in kept] == [
        ("Who ties knots?", "staff"),
        ("Q0?", "import"),
        ("Q1?", "import"),
        ("Q2?", "import"),
    ]


async def test_a_member_who_was_given_the_command_is_refused_by_marv_himself(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await give_away(server, marv)

    for command in ("dataset review", "dataset versions", "dataset add"):
        result = await server.alice.slash(server.channel, command)
        assert "staff" in told(result)
        simcord.assert_error(simcord_env, app_commands.CheckFailure)
    frozen = await server.alice.slash(server.channel, "dataset freeze", name="mine")
    assert "staff" in told(frozen)
    simcord.assert_error(simcord_env, app_commands.CheckFailure)
    assert await marv.services.dataset.versions.store.versions(server.guild.id) == ()
