"""Thumbs under answers, what went wrong, and the staff's better answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import simcord
from discord import app_commands

from bot.client import Marv
from bot.errors import NotAllowed, NotYours, QuestionGone
from bot.feedback import Fault
from bot.inquiry import VoteValue
from bot.models import TurnId
from tests.cogs.test_inquiries import message_of, told
from tests.conftest import Server

QUESTION = "Waterproof glue needs how many hours?"
BETTER = "Twenty-four hours, if you can wait that long."


async def answered(server: Server, *, private: bool = False) -> simcord.ResponseMessage:
    await server.admin.slash(
        server.channel, "library add-text", title="Glue", text="Waterproof glue needs 24 hours."
    )
    return message_of(
        await server.alice.slash(server.channel, "ask", question=QUESTION, private=private)
    )


async def give_away(server: Server, marv: Marv) -> None:
    """Have the server override whom Discord shows the staff's commands to."""
    for command in await marv.tree.fetch_commands():
        if command.name in ("dataset", "marv", "Repair answer"):
            server.guild.set_command_permissions(command, {server.alice: True})


def button(message: simcord.ResponseMessage, prefix: str) -> str:
    ids = [
        str(getattr(child, "custom_id", ""))
        for row in message.message.components
        for child in getattr(row, "children", [])
    ]
    [found] = [each for each in ids if each.startswith(prefix)]
    return found


async def test_a_thumb_is_counted_and_can_be_changed(server: Server, marv: Marv) -> None:
    answer = await answered(server)
    tally = marv.services.votes.store.tally

    thanks = await server.alice.click(answer, custom_id=button(answer, "vote:up"))
    assert thanks.ephemeral
    assert (await tally(server.guild.id)).up == 1

    form = await server.alice.click(answer, custom_id=button(answer, "vote:down"))
    assert form.modal is not None
    counted = await tally(server.guild.id)
    assert (counted.up, counted.down) == (0, 1)
    await server.alice.submit_modal(form, {"fault": [Fault.OUTDATED], "words": "It's 12 now."})
    assert (await tally(server.guild.id)).faults == {Fault.OUTDATED: 1}

    await server.alice.click(answer, custom_id=button(answer, "vote:up"))
    counted = await tally(server.guild.id)
    assert (counted.up, counted.down, counted.faults) == (1, 0, {})


async def test_a_private_answer_is_judged_by_who_asked_alone(server: Server, marv: Marv) -> None:
    answer = await answered(server, private=True)
    await server.alice.click(answer, custom_id=button(answer, "vote:up"))
    turn_id = TurnId(int(button(answer, "vote:up").rpartition(":")[2]))

    with pytest.raises(NotYours):
        await marv.services.votes.vote(
            server.guild.id, turn_id, by=server.admin.id, value=VoteValue.DOWN
        )
    with pytest.raises(QuestionGone):
        await marv.services.votes.vote(77, turn_id, by=server.alice.id, value=VoteValue.DOWN)
    tally = await marv.services.votes.store.tally(server.guild.id)
    assert (tally.up, tally.down) == (1, 0)


async def test_staff_repair_an_answer_for_the_data_set_and_the_library(
    server: Server, marv: Marv, tmp_path: Path
) -> None:
    answer = await answered(server)
    form = await server.admin.click(answer, custom_id=button(answer, "vote:down"))
    sorry = await server.admin.submit_modal(form, {"fault": [Fault.TOO_TAME], "words": ""})
    repair = await server.admin.click(message_of(sorry), label="Repair")
    assert repair.modal is not None
    kept = await server.admin.submit_modal(
        repair, {"question": "How long does the glue take?", "answer": BETTER, "keep": ["everyone"]}
    )

    assert "training example" in told(kept)
    stats = message_of(await server.admin.slash(server.channel, "dataset stats"))
    fields = {field.name: field.value for field in stats.embeds[0].fields}
    assert fields["Repaired by staff"] == "1"
    assert "👎 1" in str(fields["Votes"])
    assert "Not sarcastic enough: 1" in str(fields["Votes"])
    assert "repaired by staff: 1" in str(fields["Stays here"])
    manifest = await marv.services.dataset.export.write(server.guild.id, tmp_path / "x.jsonl")
    [row] = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert row["messages"][-1]["content"] == BETTER
    assert manifest.left_out["repaired"] == 1
    found = message_of(await server.alice.slash(server.channel, "search", query="glue take"))
    assert "Twenty-four" in str(found.embeds[0].to_dict())


async def test_a_member_cannot_repair_even_by_the_menu_that_a_server_gave_them(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    answer = await answered(server)
    form = await server.alice.click(answer, custom_id=button(answer, "vote:down"))
    sorry = message_of(
        await server.alice.submit_modal(form, {"fault": [Fault.WRONG], "words": "no"})
    )
    assert not sorry.message.components
    await give_away(server, marv)
    refused = await server.alice.context_menu(server.channel, "Repair answer", answer.message)
    assert "for staff" in told(refused)
    simcord.assert_error(simcord_env, NotAllowed)


async def test_reactions_count_as_before(server: Server, marv: Marv) -> None:
    answer = await answered(server)
    await server.alice.react(answer.message, "👍")
    assert (await marv.services.votes.store.tally(server.guild.id)).up == 1
    await server.alice.unreact(answer.message, "👍")
    assert (await marv.services.votes.store.tally(server.guild.id)).up == 0


async def test_a_plain_member_whom_a_server_gave_dataset_is_refused_by_marv(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await give_away(server, marv)
    for command in ("dataset stats", "dataset export", "marv settings"):
        refused = await server.alice.slash(server.channel, command)
        assert "for staff" in told(refused), command
        simcord.assert_error(simcord_env, app_commands.CheckFailure)
