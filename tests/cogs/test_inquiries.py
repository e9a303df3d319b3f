"""What Marv does not know: to the staff, back to the member, and into the library."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import pytest
import simcord
from discord.http import MultipartParameters

from bot.app import open_marv
from bot.client import Marv
from bot.errors import NotYours
from bot.faults.inquiry import AlreadyAsked, NoStaffChannel, TooManyInquiries
from bot.faults.moderation import WordsBlocked
from bot.models import Language
from bot.settings import Settings
from tests.conftest import Server
from tests.killing import fake_models

QUESTION = "Who won the glue eating contest in Paris?"
QUESTION_JA = "パリの糊の早食い大会で優勝したのは誰ですか？"
ANSWER = "Nobody. It was **cancelled**, see https://example.org/news"
HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(view_channel=True)


@dataclass(frozen=True, slots=True)
class Desk:
    """A server whose staff have a channel for questions."""

    server: Server
    staff: simcord.ChannelHandle
    alice: simcord.MemberActor
    admin: simcord.MemberActor
    helper: simcord.MemberActor  # reads the staff's channel, may not manage
    channel: simcord.ChannelHandle


@pytest.fixture
async def desk(server: Server, simcord_env: simcord.Env) -> Desk:
    role = server.guild.roles["Staff"]
    helpers = server.guild.create_role("Helpers")
    me = server.guild.me
    assert me is not None
    staff = server.guild.create_text_channel(
        "staff",
        overwrites={server.guild.default_role: HIDDEN, role: SHOWN, helpers: SHOWN, me: SHOWN},
    )
    helper = server.guild.add_member(simcord_env.create_user("helper"), roles=[helpers])
    await server.admin.slash(server.channel, "marv settings", **{"staff-channel": staff})
    await server.admin.slash(
        server.channel, "library add-text", title="Glue", text="Waterproof glue needs 24 hours."
    )
    return Desk(server, staff, server.alice, server.admin, helper, server.channel)


def message_of(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    assert result.response is not None
    return result.response


def told(result: simcord.InteractionResult) -> str:
    parts = [*([result.response] if result.response else []), *result.followups]
    return "\n".join(part.content for part in parts)


def labels(message: simcord.ResponseMessage | discord.Message) -> list[str]:
    shown = message if isinstance(message, discord.Message) else message.message
    rows = [row for row in shown.components if isinstance(row, discord.ActionRow)]
    buttons = [each for row in rows for each in row.children if isinstance(each, discord.Button)]
    return [button.label for button in buttons if button.label]


def newest(channel: simcord.ChannelHandle) -> discord.Message:
    message = channel.last_message
    assert message is not None
    return message


def embed_text(message: discord.Message) -> str:
    [embed] = message.embeds
    fields = "\n".join(f"{field.name}: {field.value}" for field in embed.fields)
    return f"{embed.title}\n{embed.description}\n{fields}"


async def ask_staff(
    desk: Desk,
    question: str = QUESTION,
    *,
    private: bool = False,
    wording: str | None = None,
    by: simcord.MemberActor | None = None,
) -> simcord.InteractionResult:
    """Ask, press the button, and send the form."""
    who = by or desk.alice
    answer = await who.slash(desk.channel, "ask", question=question, private=private)
    modal = await who.click(message_of(answer), label=button_for(question))
    return await who.submit_modal(modal, {"question": wording or question})


def button_for(question: str) -> str:
    return "スタッフに聞く" if question == QUESTION_JA else "Ask the staff"


async def answer_staff(
    desk: Desk, text: str = ANSWER, *, by: simcord.MemberActor | None = None
) -> simcord.InteractionResult:
    """Press "Answer" under the newest question, and send the form."""
    who = by or desk.admin
    modal = await who.click(newest(desk.staff), label="Answer")
    return await who.submit_modal(modal, {"answer": text})


async def test_i_dont_know_says_what_was_searched_and_offers_the_staff(desk: Desk) -> None:
    result = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))

    assert "1 passages of 1 documents that may be read here" in result.content
    assert result.embeds[0].title == "Closest things I found"
    assert labels(result) == ["Ask the staff"]


async def test_an_answer_offers_no_staff(desk: Desk) -> None:
    result = message_of(
        await desk.alice.slash(
            desk.channel, "ask", question="Waterproof glue needs how many hours?"
        )
    )

    assert "24 hours" in result.content
    assert "passages of" not in result.content
    assert not labels(result)


async def test_what_was_searched_counts_only_what_may_be_read_there(desk: Desk) -> None:
    await desk.admin.slash(
        desk.staff, "library add-text", title="Secret", text="Staff tea.", channel=desk.staff
    )

    public = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))

    assert "of 1 documents" in public.content


async def test_a_question_goes_to_the_staff_and_the_answer_comes_back(
    desk: Desk, marv: Marv
) -> None:
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))
    modal = await desk.alice.click(asked, label="Ask the staff")
    assert modal.modal is not None
    assert QUESTION in str(modal.modal), "the form comes filled in"
    sent = await desk.alice.submit_modal(modal, {"question": f"{QUESTION} Really, who?"})

    posted = newest(desk.staff)
    assert "Passed on" in told(sent)
    assert sent.ephemeral
    assert "Really, who?" in embed_text(posted)
    assert f"<@{desk.alice.id}>" in embed_text(posted)
    assert f"/{desk.channel.id}/{asked.id}" in embed_text(posted)
    assert "Glue" in embed_text(posted)
    assert labels(posted) == ["Answer", "Dismiss"]
    assert not posted.mentions

    result = await answer_staff(desk)

    delivered = newest(desk.channel)
    assert "**alice**, the staff have an answer" in delivered.content
    assert ANSWER in delivered.content
    assert delivered.reference is not None
    assert delivered.reference.message_id == asked.id
    assert not delivered.mentions
    closed = newest(desk.staff)
    assert f"Answered by <@{desk.admin.id}>" in embed_text(closed)
    assert "Delivered in the channel" in embed_text(closed)
    assert not labels(closed)
    assert "Keep it?" in told(result)
    assert result.ephemeral


async def test_a_japanese_question_is_answered_in_japanese(desk: Desk) -> None:
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION_JA))
    assert "断片 1 件）を調べました" in asked.content
    modal = await desk.alice.click(asked, label="スタッフに聞く")
    assert "このチャンネルに届きます" in str(modal.modal)
    sent = await desk.alice.submit_modal(modal, {"question": QUESTION_JA})
    assert "スタッフに届けました" in told(sent)

    await answer_staff(desk, "誰も優勝していません。")

    assert "**alice** さん、スタッフから回答が届きました" in newest(desk.channel).content
    assert "誰も優勝していません。" in newest(desk.channel).content


async def test_a_private_question_is_answered_by_direct_message(desk: Desk) -> None:
    await ask_staff(desk, private=True, wording="Who wins such contests?")

    shown = embed_text(newest(desk.staff))
    assert "Who wins such contests?" in shown
    assert "Paris" not in shown, "what was not sent is not shown"
    assert "privately" in shown
    before = len(desk.channel.history())

    result = await answer_staff(desk)

    assert len(desk.channel.history()) == before
    [introduction, answer] = desk.alice.user.dm_channel.history()
    assert "“Who wins such contests?”" in introduction.content
    assert answer.content == ANSWER
    assert "by direct message" in told(result)


async def test_a_closed_direct_message_is_told_to_the_staff(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    await ask_staff(desk, private=True)
    path = f"/channels/{desk.alice.user.dm_channel.id}/messages"
    simcord_env.inject_error("POST", path, status=403, code=50007, message="Cannot send")

    result = await answer_staff(desk)

    assert "Not delivered" in told(result)
    assert "Not delivered" in embed_text(newest(desk.staff))
    assert ANSWER in embed_text(newest(desk.staff)), "the answer is not lost"
    assert not desk.alice.user.dm_channel.history()


async def test_a_private_reply_is_its_askers_alone(desk: Desk, marv: Marv) -> None:
    await desk.alice.slash(desk.channel, "ask", question=QUESTION, private=True)
    turns = [turn async for turn in marv.services.chat.log.turns(desk.server.guild.id)]

    with pytest.raises(NotYours):
        await marv.services.inquiries.askable(desk.server.guild.id, turns[0].id, by=desk.admin.id)


async def test_anybody_may_pass_on_a_public_question_and_gets_the_answer(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))
    bob = desk.server.guild.add_member(simcord_env.create_user("bob"))

    modal = await bob.click(asked, label="Ask the staff")
    await bob.submit_modal(modal, {"question": QUESTION})
    await answer_staff(desk)

    assert "**bob**, the staff" in newest(desk.channel).content


async def test_the_same_question_is_passed_on_once(desk: Desk, simcord_env: simcord.Env) -> None:
    await ask_staff(desk)
    posted = newest(desk.staff).id

    again = await ask_staff(desk, wording=f"  {QUESTION.upper()}")

    assert "already have that question" in told(again)
    assert newest(desk.staff).id == posted
    simcord.assert_error(simcord_env, AlreadyAsked)


async def test_words_that_are_blocked_never_reach_the_staff(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    refused = await ask_staff(desk, wording="Staff should just kill yourself")

    assert told(refused) == WordsBlocked.messages[Language.ENGLISH]
    assert desk.staff.last_message is None
    simcord.assert_error(simcord_env, WordsBlocked)


async def test_three_questions_may_wait_and_a_fourth_may_not(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    for number in range(3):
        await ask_staff(desk, wording=f"Question number {number}")

    fourth = await ask_staff(desk, wording="Question number 4")
    assert "3 questions with the staff already" in told(fourth)
    simcord.assert_error(simcord_env, TooManyInquiries)
    await answer_staff(desk)
    assert "Passed on" in told(await ask_staff(desk, wording="Question number 4"))


async def test_a_member_without_the_right_cannot_use_the_staffs_buttons(desk: Desk) -> None:
    await ask_staff(desk)

    for label in ("Answer", "Dismiss"):
        refused = await desk.helper.click(newest(desk.staff), label=label)
        assert refused.modal is None
        assert refused.ephemeral
        assert "for staff" in told(refused)
    assert labels(newest(desk.staff)) == ["Answer", "Dismiss"]


async def test_the_first_of_two_answers_wins_and_the_second_loses_no_text(
    desk: Desk, simcord_env: simcord.Env
) -> None:
    other = desk.server.guild.add_member(
        simcord_env.create_user("mo"), roles=[desk.server.guild.roles["Staff"]]
    )
    await ask_staff(desk)
    first = await desk.admin.click(newest(desk.staff), label="Answer")
    second = await other.click(newest(desk.staff), label="Answer")

    won = await desk.admin.submit_modal(first, {"answer": "From the admin."})
    lost = await other.submit_modal(second, {"answer": "A long text by Mo."})

    assert "Delivered" in told(won)
    assert "Somebody was faster" in told(lost)
    assert "A long text by Mo." in told(lost)
    assert "From the admin." in newest(desk.channel).content
    assert [m.content for m in desk.channel.history() if "by Mo" in m.content] == []


async def test_dismissing_closes_the_question_without_a_word(desk: Desk) -> None:
    await ask_staff(desk)
    before = newest(desk.channel).id

    result = await desk.admin.click(newest(desk.staff), label="Dismiss")

    assert "Dismissed" in told(result)
    assert f"Dismissed by <@{desk.admin.id}>" in embed_text(newest(desk.staff))
    assert newest(desk.channel).id == before
    assert "Passed on" in told(await ask_staff(desk)), "the member may ask again"


async def test_without_a_staff_channel_there_is_no_button(server: Server) -> None:
    await server.admin.slash(server.channel, "library add-text", title="Tea", text="Hot.")

    result = message_of(await server.alice.slash(server.channel, "ask", question=QUESTION))

    assert "documents that may be read here" in result.content
    assert not labels(result)


async def test_a_deleted_staff_channel_is_explained(desk: Desk, simcord_env: simcord.Env) -> None:
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))
    modal = await desk.alice.click(asked, label="Ask the staff")
    me = desk.server.guild.me
    assert me is not None
    channel = me.guild.get_channel(desk.staff.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()

    late = await desk.alice.click(asked, label="Ask the staff")
    assert late.modal is None
    assert "`/marv settings`" in told(late)
    sent = await desk.alice.submit_modal(modal, {"question": QUESTION})
    assert "`/marv settings`" in told(sent)
    simcord.assert_error(simcord_env, NoStaffChannel)
    again = message_of(await desk.alice.slash(desk.channel, "ask", question=QUESTION))
    assert not labels(again)


async def test_a_question_cannot_smuggle_a_link_or_a_ping_to_the_staff(desk: Desk) -> None:
    await ask_staff(
        desk, wording="Hi @everyone, [free tea](https://evil.example/x) https://evil.example/y"
    )

    shown = embed_text(newest(desk.staff))
    assert "](https://evil" not in shown
    assert "`https://evil.example/y`" in shown
    assert "@everyone" not in shown


async def test_an_answer_may_link_but_mentions_nobody(desk: Desk, simcord_env: simcord.Env) -> None:
    await ask_staff(desk)

    await answer_staff(desk, f"@everyone <@{desk.alice.id}> see https://example.org/rules")

    delivered = newest(desk.channel)
    assert "https://example.org/rules" in delivered.content
    assert "@everyone" not in delivered.content
    assert f"<@{desk.alice.id}>" not in delivered.content
    assert not delivered.mention_everyone
    assert not delivered.mentions
    sent = [
        entry.json
        for entry in simcord_env.http_requests
        if isinstance(entry.json, dict) and entry.json.get("content")
    ]
    assert sent
    assert all(body["allowed_mentions"]["parse"] == [] for body in sent)
    assert not any(body["allowed_mentions"].get("replied_user") for body in sent)


async def test_an_answer_that_grows_by_its_broken_mentions_still_arrives(desk: Desk) -> None:
    await ask_staff(desk)

    result = await answer_staff(desk, "@here " * 300)

    assert "Delivered" in told(result)
    shown = "".join(message.content for message in desk.channel.history())
    assert shown.count("here") == 300 + 1  # and "be read here", under the first answer


async def test_small_talk_offers_no_staff(desk: Desk, marv: Marv) -> None:
    assert marv.user is not None
    await desk.alice.send(desk.channel, f"<@{marv.user.id}> good morning")

    assert not labels(newest(desk.channel))


async def test_buttons_outlive_a_restart(settings: Settings) -> None:
    """Two processes' worth of Marv on one data directory; Discord kept only the message."""
    async with (
        open_marv(settings, models=fake_models()) as first,
        simcord.run(first, settle_timeout=30) as env,
    ):
        harbor = Harbor.built(env)
        await harbor.admin.slash(harbor.general, "marv settings", **{"staff-channel": harbor.staff})
        await harbor.admin.slash(harbor.general, "library add-text", title="Tea", text="Hot.")
        asked = message_of(await harbor.alice.slash(harbor.general, "ask", question=QUESTION))
        kept = [dict(row) for row in asked.components]

    async with (
        open_marv(settings, models=fake_models()) as second,
        simcord.run(second, settle_timeout=30) as env,
    ):
        harbor = Harbor.built(env)
        await harbor.admin.slash(harbor.general, "marv settings", **{"staff-channel": harbor.staff})
        with handle_multipart_for(kept) as parameters:
            await second.http.send_message(harbor.general.id, params=parameters)

        modal = await harbor.alice.click(newest(harbor.general), label="Ask the staff")
        assert QUESTION in str(modal.modal)
        sent = await harbor.alice.submit_modal(modal, {"question": QUESTION})

        assert "Passed on" in told(sent)
        assert QUESTION in embed_text(newest(harbor.staff))


@dataclass(frozen=True, slots=True)
class Harbor:
    """The same server in every simulated Discord."""

    general: simcord.ChannelHandle
    staff: simcord.ChannelHandle
    alice: simcord.MemberActor
    admin: simcord.MemberActor

    @classmethod
    def built(cls, env: simcord.Env) -> Harbor:
        guild = env.create_guild("Harbor", id=1_100_000_000_000_000_001)
        role = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
        return cls(
            guild.create_text_channel("general"),
            guild.create_text_channel("staff"),
            guild.add_member(env.create_user("alice")),
            guild.add_member(env.create_user("admin"), roles=[role]),
        )


def handle_multipart_for(components: list[dict[str, object]]) -> MultipartParameters:
    """Return a message as discord.py sends it, without telling discord.py of its buttons."""
    payload = {"content": "I don't know.", "components": components}
    return MultipartParameters(payload=payload, multipart=None, files=None)
