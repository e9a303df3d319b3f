"""What the library lacks: found by meaning, shown to whom it may be, answered at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord
import pytest
import simcord

from bot.audience import Audience, sees_everything
from bot.client import Marv
from tests.cogs.test_inquiries import (
    HIDDEN,
    Desk,
    answer_staff,
    ask_staff,
    desk,
    embed_text,
    message_of,
    newest,
    told,
)
from tests.conftest import Server

__all__ = ["desk"]

PARKING = (
    "Where is the parking lot of the harbor?",
    "Where is the harbor parking lot?",
    "parking lot of the harbor where?",
)
READ = discord.PermissionOverwrite(view_channel=True, read_message_history=True)


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Import scikit-learn now: it takes seconds, and the simulated Discord waits five."""
    import sklearn.cluster
    import sklearn.metrics.pairwise  # noqa: F401


async def gaps(desk: Desk, by: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    return message_of(await (by or desk.admin).slash(desk.channel, "explore gaps"))


def page(message: simcord.ResponseMessage) -> str:
    return f"{message.content}\n" + "\n".join(str(embed.description) for embed in message.embeds)


async def test_no_gaps_is_said(desk: Desk) -> None:
    assert "No gaps" in page(await gaps(desk))


async def test_one_question_is_a_gap(desk: Desk) -> None:
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question=PARKING[0]))

    shown = page(await gaps(desk))

    assert PARKING[0] in shown
    assert "Asked: 1×, askers: 1" in shown
    link = f"channels/{desk.server.guild.id}/{desk.channel.id}/{asked.id}"
    assert f"https://discord.com/{link}" in shown


async def test_questions_that_mean_the_same_are_one_gap_and_the_commonest_comes_first(
    desk: Desk,
) -> None:
    await desk.alice.slash(desk.channel, "ask", question="Who painted the Mona Lisa?")
    for question, who in zip(PARKING, (desk.alice, desk.admin, desk.alice), strict=True):
        await who.slash(desk.channel, "ask", question=question)

    first = await gaps(desk)
    assert "Asked: 3×, askers: 2" in page(first)
    assert all(question in page(first) for question in PARKING)
    assert "Mona Lisa" not in page(first)
    await desk.admin.click(first, custom_id="pager:next")
    assert "Mona Lisa" in page(first)


async def test_a_private_question_is_counted_and_never_shown(desk: Desk) -> None:
    await desk.alice.slash(desk.channel, "ask", question=PARKING[0])
    await desk.alice.slash(desk.channel, "ask", question=PARKING[1], private=True)
    await desk.alice.slash(desk.channel, "ask", question="Who painted it?", private=True)

    shown = page(await gaps(desk))

    assert PARKING[0] in shown
    assert PARKING[1] not in shown
    assert "painted" not in shown
    assert "and 1 asked privately" in shown
    assert "1 more were asked privately" in shown


async def test_a_hidden_channels_question_is_kept_from_staff_who_may_not_read_it(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    crew = desk.server.guild.create_role("Crew")
    guild = desk.server.guild
    assert guild.me is not None
    cabin = guild.create_text_channel(
        "cabin", overwrites={guild.default_role: HIDDEN, crew: READ, guild.me: READ}
    )
    bo = guild.add_member(simcord_env.create_user("bo"), roles=[crew])
    officer = guild.add_member(simcord_env.create_user("cy"), roles=[crew, guild.roles["Staff"]])
    await bo.slash(cabin, "ask", question="When does the mutiny start?")

    outsider, insider = await gaps(desk), await gaps(desk, officer)

    assert "mutiny" not in page(outsider)
    assert "No gaps" in page(outsider)
    assert "mutiny" in page(insider)


async def test_a_question_without_text_is_counted(desk: Desk, marv: Marv) -> None:
    await desk.alice.slash(desk.channel, "ask", question=PARKING[0])
    await marv.services.privacy.texts.drop_texts(before=datetime.now(UTC) + timedelta(hours=1))

    assert "1 more have no text any more" in page(await gaps(desk))


async def test_a_gap_is_answered_once_for_all_who_wait(desk: Desk, marv: Marv) -> None:
    await ask_staff(desk, PARKING[0])
    await ask_staff(desk, PARKING[1], private=True)
    shown = await gaps(desk)

    form = await desk.admin.click(shown, custom_id="gaps:answer")
    result = await desk.admin.submit_modal(
        form,
        {
            "question": "Where can I park?",
            "answer": "Behind the lighthouse.",
            "audience": ["everyone"],
            "example": ["yes"],
        },
    )

    assert "Delivered to 2 waiting members; 0 could not" in told(result)
    assert "Behind the lighthouse." in newest(desk.channel).content
    assert desk.alice.user.dm_channel.history()[-1].content == "Behind the lighthouse."
    closed = [embed_text(message) for message in desk.staff.history()]
    assert all("Answered by" in text for text in closed)
    assert "No gaps" in page(await gaps(desk)), "what was answered is no gap any more"
    found = await desk.alice.slash(desk.channel, "ask", question="Where can I park?")
    assert "lighthouse" in told(found)
    examples = marv.services.dataset.export.examples.examples(desk.server.guild.id)
    assert [(each.question, each.consented) async for each in examples] == [
        ("Where can I park?", True)
    ], "the staff's own words need nobody's consent"


async def test_an_inquiry_that_was_answered_is_no_gap(desk: Desk) -> None:
    await ask_staff(desk, PARKING[0])
    assert PARKING[0] in page(await gaps(desk))

    await answer_staff(desk)

    assert "No gaps" in page(await gaps(desk))


async def test_only_staff_may_see_gaps(desk: Desk) -> None:
    with pytest.raises(simcord.SetupError):
        await desk.alice.slash(desk.channel, "explore gaps")


async def answered(desk: Desk) -> simcord.ResponseMessage:
    """Ask what the library knows."""
    return message_of(
        await desk.alice.slash(
            desk.channel, "ask", question="Waterproof glue needs how many hours?"
        )
    )


@pytest.mark.parametrize("thumb", ["👎", "👎🏽"])
async def test_a_thumb_down_makes_a_gap_and_taking_it_back_unmakes_it(
    desk: Desk, thumb: str
) -> None:
    message = await answered(desk)
    assert "No gaps" in page(await gaps(desk))

    await desk.alice.react(message, thumb)
    assert "Waterproof glue needs" in page(await gaps(desk))

    await desk.alice.unreact(message, thumb)
    assert "No gaps" in page(await gaps(desk))


async def test_thumbs_are_weighed(desk: Desk) -> None:
    message = await answered(desk)
    await desk.alice.react(message, "👎")
    await desk.admin.react(message, "👍")

    assert "No gaps" in page(await gaps(desk)), "as many like it"

    await desk.admin.react(message, "👎")
    assert "Waterproof glue" in page(await gaps(desk)), "the last thumb counts"


async def test_a_bots_thumb_counts_for_nothing(desk: Desk, simcord_env: simcord.Env) -> None:
    robot = desk.server.guild.add_member(simcord_env.create_user("robot", bot=True))
    message = await answered(desk)

    await robot.react(message, "👎")

    assert "No gaps" in page(await gaps(desk))


async def test_a_thumb_under_anything_else_is_left_alone(desk: Desk) -> None:
    message = await desk.alice.send(desk.channel, "hello")
    await desk.alice.react(message, "👎")
    await desk.alice.react(message, "🎉")
    assert "No gaps" in page(await gaps(desk))


async def test_the_answer_of_a_channels_gap_may_be_for_its_readers(desk: Desk, marv: Marv) -> None:
    await desk.alice.slash(desk.channel, "ask", question=PARKING[0])
    form = await desk.admin.click(await gaps(desk), custom_id="gaps:answer")

    await desk.admin.submit_modal(
        form,
        {
            "question": PARKING[0],
            "answer": "Behind the lighthouse.",
            "audience": [Audience(channel_id=desk.channel.id).key],
            "example": ["no"],
        },
    )

    documents = await marv.services.library.documents(desk.server.guild.id, viewer=sees_everything)
    assert Audience(channel_id=desk.channel.id) in {each.audience for each in documents}


async def test_a_thread_counts_as_its_parent(server: Server, desk: Desk, marv: Marv) -> None:
    channel = marv.get_channel(desk.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="side", type=discord.ChannelType.public_thread)
    [thread] = desk.channel.threads

    await desk.alice.slash(thread, "ask", question=PARKING[0])

    [turn] = [turn async for turn in marv.services.chat.log.turns(desk.server.guild.id)]
    assert (turn.channel_id, turn.audience_channel_id) == (thread.id, desk.channel.id)
    assert PARKING[0] in page(await gaps(desk))
