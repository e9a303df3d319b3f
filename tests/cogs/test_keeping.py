"""What staff keep of an answer, what leaves with the data set, and what a member takes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
import simcord

from bot.audience import EVERYONE, Audience, sees_everything
from bot.client import LOCAL_GUILD, Marv
from bot.faults.inquiry import CannotPost
from bot.inquiry import InquiryId
from bot.models import Document
from bot.playground import choose_staff_channel
from tests.cogs.forgetting import erased, forget
from tests.cogs.test_inquiries import (
    ANSWER,
    QUESTION,
    Desk,
    answer_staff,
    ask_staff,
    desk,
    message_of,
    newest,
    told,
)
from tests.conftest import Server

__all__ = ["desk"]


async def press_keep(
    desk: Desk, label: str, *, private: bool = False
) -> tuple[simcord.InteractionResult, simcord.ResponseMessage]:
    """Ask, answer, and press one of the two offers."""
    await ask_staff(desk, private=private)
    offer = message_of(await answer_staff(desk))
    return await desk.admin.click(offer, label=label), offer


async def documents(desk: Desk, marv: Marv) -> list[Document]:
    every = await marv.services.library.documents(desk.server.guild.id, viewer=sees_everything)
    return [document for document in every if document.title != "Glue"]


async def test_an_answer_becomes_a_document_for_the_channels_readers(
    desk: Desk, marv: Marv
) -> None:
    form, _ = await press_keep(desk, "Keep in the library")
    assert QUESTION in str(form.modal)
    audience = Audience(channel_id=desk.channel.id)
    assert "Readers of #general" in str(form.modal)

    kept = await desk.admin.submit_modal(
        form, {"question": QUESTION, "answer": ANSWER, "audience": [audience.key]}
    )

    assert "is in the library" in told(kept)
    [document] = await documents(desk, marv)
    assert (document.title, document.audience) == (QUESTION, audience)
    found = await desk.alice.slash(desk.channel, "search", query="glue eating contest")
    assert "cancelled" in str(message_of(found).embeds[0].fields[0].value)


async def test_staff_may_open_an_answer_to_everyone_and_replace_it(desk: Desk, marv: Marv) -> None:
    form, offer = await press_keep(desk, "Keep in the library")
    values = {"question": "Contest?", "answer": ANSWER, "audience": ["everyone"]}
    await desk.admin.submit_modal(form, values)
    again = await desk.admin.click(offer, label="Keep in the library")

    await desk.admin.submit_modal(again, {**values, "question": "Who won?"})

    [document] = await documents(desk, marv)
    assert (document.title, document.audience) == ("Who won?", EVERYONE)


async def test_a_private_questions_answer_is_opened_explicitly_or_not_at_all(desk: Desk) -> None:
    form, _ = await press_keep(desk, "Keep in the library", private=True)

    assert "Readers of" not in str(form.modal)
    assert "'default': True" not in str(form.modal)


async def test_nothing_is_kept_unless_staff_say_so(desk: Desk, marv: Marv) -> None:
    await ask_staff(desk)
    await answer_staff(desk)

    assert await documents(desk, marv) == []
    assert await rows(desk, marv) == []


async def test_a_member_cannot_press_what_is_offered_to_staff(desk: Desk, marv: Marv) -> None:
    """Discord shows the offer to one staff member; a lost right must still count."""
    _, offer = await press_keep(desk, "Keep in the library")
    member = await marv_member(marv, desk)
    roles = {role.name: role for role in member.guild.roles}
    await member.add_roles(roles["Helpers"])
    await member.remove_roles(roles["Staff"])

    refused = await desk.admin.click(offer, label="Keep in the library")

    assert refused.modal is None
    assert "for staff" in told(refused)


async def marv_member(marv: Marv, desk: Desk) -> discord.Member:
    guild = marv.get_guild(desk.server.guild.id)
    assert guild is not None
    return await guild.fetch_member(desk.admin.id)


async def rows(desk: Desk, marv: Marv) -> list[str]:
    examples = marv.services.dataset.export.examples.examples(desk.server.guild.id)
    return [example.question async for example in examples]


async def keep_example(desk: Desk, question: str = QUESTION) -> simcord.InteractionResult:
    form, _ = await press_keep(desk, "Keep as training example")
    return await desk.admin.submit_modal(form, {"question": question, "answer": ANSWER})


async def exported(desk: Desk, marv: Marv, path: Path) -> tuple[list[str], dict[str, int]]:
    await desk.admin.slash(desk.channel, "privacy consent", choice="training")
    await desk.admin.slash(desk.channel, "chat", message="hello")  # so that there is a row
    manifest = await marv.services.dataset.export.write(desk.server.guild.id, path)
    lines = [json.loads(line)["messages"] for line in path.read_text("utf-8").splitlines()]
    return [messages[1]["content"] for messages in lines], dict(manifest.left_out)


async def test_a_members_words_leave_only_with_their_consent(
    desk: Desk, marv: Marv, tmp_path: Path
) -> None:
    kept = await keep_example(desk)
    assert "only with their consent" in told(kept)

    before, left_out = await exported(desk, marv, tmp_path / "a.jsonl")
    await desk.alice.slash(desk.channel, "privacy consent", choice="training")
    after, _ = await exported(desk, marv, tmp_path / "b.jsonl")

    assert QUESTION not in before
    assert left_out["no_consent"] == 2, "the turn and the example"
    assert QUESTION in after


async def test_staffs_own_words_leave(desk: Desk, marv: Marv, tmp_path: Path) -> None:
    kept = await keep_example(desk, "Did anybody win the contest?")
    assert "in your words" in told(kept)

    questions, _ = await exported(desk, marv, tmp_path / "a.jsonl")
    again, _ = await exported(desk, marv, tmp_path / "b.jsonl")

    assert "Did anybody win the contest?" in questions
    assert again[: len(questions) - 1] == questions[:-1], "turns first, then examples"


async def test_forget_takes_inquiries_votes_and_own_words_along(desk: Desk, marv: Marv) -> None:
    await keep_example(desk)
    asked = message_of(await desk.alice.slash(desk.channel, "ask", question="Waterproof glue?"))
    await desk.alice.react(asked, "👎")
    status = await desk.alice.slash(desk.channel, "privacy status")
    assert "1 questions to the staff, 1 votes" in told(status)

    forgotten = await forget(desk.alice, desk.channel)

    assert await erased(forgotten) == {"turns": 2, "votes": 1, "inquiries": 1, "examples": 1}
    status = await desk.alice.slash(desk.channel, "privacy status")
    assert "0 questions to the staff, 0 votes" in told(status)
    assert await rows(desk, marv) == []


async def test_forget_leaves_the_staffs_words_and_other_members(desk: Desk, marv: Marv) -> None:
    await keep_example(desk, "Did anybody win the contest?")
    await ask_staff(desk, "Who painted it?", by=desk.helper)

    await forget(desk.alice, desk.channel)

    assert await rows(desk, marv) == ["Did anybody win the contest?"]
    answered = await answer_staff(desk)
    assert "Delivered" in told(answered)


async def test_a_forgotten_question_cannot_be_answered_any_more(desk: Desk) -> None:
    await ask_staff(desk)
    form = await desk.admin.click(newest(desk.staff), label="Answer")
    await forget(desk.alice, desk.channel)

    late = await desk.admin.submit_modal(form, {"answer": "A careful text."})

    assert "no longer have that question" in told(late)
    assert "A careful text." in told(late), "and the staff's text is given back"


async def test_closed_inquiries_lose_their_text_like_turns_and_open_ones_do_not(
    desk: Desk, marv: Marv
) -> None:
    await ask_staff(desk, wording="First question")
    await answer_staff(desk)
    await ask_staff(desk, wording="Second question")
    later = datetime.now(UTC) + timedelta(hours=1)

    await marv.services.privacy.texts.drop_texts(before=later)

    store, guild_id = marv.services.inquiries.store, desk.server.guild.id
    found = [await store.get(guild_id, id_) for id_ in await ids(marv)]
    assert [each.question for each in found if each] == [None, "Second question"]


async def ids(marv: Marv) -> list[InquiryId]:
    database = marv.services.chat.log.database  # type: ignore[attr-defined]
    return [
        InquiryId(row["id"]) for row in await database.rows("SELECT id FROM inquiries ORDER BY id")
    ]


async def test_consented_inquiries_keep_their_text(desk: Desk, marv: Marv) -> None:
    await desk.alice.slash(desk.channel, "privacy consent", choice="training")
    await keep_example(desk)

    await marv.services.privacy.texts.drop_texts(before=datetime.now(UTC) + timedelta(hours=1))

    assert await rows(desk, marv) == [QUESTION]


def settings_of(shown: simcord.ResponseMessage) -> tuple[str, str]:
    """Return the staff channel and whether channels may be read, as the view shows them."""
    values = {field.name: str(field.value).partition("\n")[0] for field in shown.embeds[0].fields}
    return values["Staff channel"], values["Channels as sources"]


async def test_settings_are_shown_and_changed_one_at_a_time(server: Server) -> None:
    shown = message_of(await server.admin.slash(server.channel, "marv settings"))
    assert settings_of(shown) == ("not set", "No")

    await server.admin.slash(server.channel, "marv settings", **{"read-channels": True})
    changed = message_of(
        await server.admin.slash(
            server.channel, "marv settings", **{"staff-channel": server.channel}
        )
    )

    assert settings_of(changed) == (f"<#{server.channel.id}>", "Yes")


@pytest.mark.parametrize(
    ("denied", "name"), [("send_messages", "Send Messages"), ("view_channel", "View Channel")]
)
async def test_a_staff_channel_where_marv_cannot_post_is_refused_with_what_is_missing(
    server: Server, simcord_env: simcord.Env, denied: str, name: str
) -> None:
    me = server.guild.me
    assert me is not None
    overwrite = discord.PermissionOverwrite(**{denied: False})
    closed = server.guild.create_text_channel("closed", overwrites={me: overwrite})

    refused = await server.admin.slash(server.channel, "marv settings", **{"staff-channel": closed})

    assert name in told(refused)
    simcord.assert_error(simcord_env, CannotPost)
    shown = message_of(await server.admin.slash(server.channel, "marv settings"))
    assert settings_of(shown)[0] == "not set"


async def test_the_playground_chooses_its_staff_channel_once(server: Server, marv: Marv) -> None:
    marv.local_guild_id = server.guild.id
    await choose_staff_channel(marv, server.channel.id)
    other = server.guild.create_text_channel("other")
    await choose_staff_channel(marv, other.id)

    shown = message_of(await server.admin.slash(server.channel, "marv settings"))
    assert settings_of(shown) == (f"<#{server.channel.id}>", "Yes")

    await choose_staff_channel(marv, 1)  # what is there is left alone
    real = marv.get_channel(server.channel.id)
    assert isinstance(real, discord.TextChannel)
    await real.delete()
    await choose_staff_channel(marv, other.id)
    assert (await marv.services.settings.show(LOCAL_GUILD)).staff_channel_id == other.id
