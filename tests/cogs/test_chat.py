"""Talking with Marv: by command, by mention, by reply."""

from __future__ import annotations

import simcord

from bot.client import Marv
from bot.errors import ChatFailed, Unreadable
from bot.models import Provenance
from tests.conftest import Server
from tests.fakes import FakeChat, FakeCounter


def last(channel: simcord.ChannelHandle) -> str:
    assert channel.last_message is not None
    return str(channel.last_message.content)


async def test_chat_answers_in_persona(server: Server, chat: FakeChat) -> None:
    result = await server.alice.slash(server.channel, "chat", message="Good morning")

    assert result.response is not None
    assert "Good morning" in result.response.content
    system, *shots, asked = chat.requests[-1]
    assert "Marv" in system.content
    assert len(shots) >= 4
    assert asked.content == "Good morning"


async def test_a_mention_is_answered_with_a_reply(server: Server, marv: Marv) -> None:
    assert marv.user is not None
    message = await server.alice.send(server.channel, f"<@{marv.user.id}> good morning")

    answer = server.channel.last_message
    assert answer is not None
    assert answer.author.id == marv.user.id
    assert answer.reference is not None
    assert answer.reference.message_id == message.id
    assert "good morning" in last(server.channel)


async def test_a_reply_remembers_what_was_said(server: Server, marv: Marv, chat: FakeChat) -> None:
    assert marv.user is not None
    await server.alice.send(server.channel, f"<@{marv.user.id}> my boat is called Teapot")
    first = server.channel.last_message
    assert first is not None

    await server.alice.send(server.channel, "what is it called?", reply_to=first)

    said = [message.content for message in chat.requests[-1]]
    assert "my boat is called Teapot" in said
    assert said[-1] == "what is it called?"


async def test_a_reply_continues_an_answer_of_a_slash_command(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    assert marv.user is not None
    result = await server.alice.slash(server.channel, "chat", message="I like steam engines")
    assert result.response is not None

    await server.alice.send(
        server.channel, f"<@{marv.user.id}> and trains?", reply_to=result.response.message
    )

    assert "I like steam engines" in [message.content for message in chat.requests[-1]]


async def test_a_reply_whose_text_discord_hides_is_told_so(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(server.channel, "chat", message="I like steam engines")
    assert result.response is not None

    await server.alice.send(server.channel, "and trains?", reply_to=result.response.message)

    assert "turn the @ on" in last(server.channel)
    assert len(chat.requests) == 1
    simcord.assert_error(simcord_env, Unreadable)


async def test_memory_is_bounded_and_what_fell_out_is_summarised(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    assert marv.user is not None
    mention = f"<@{marv.user.id}>"
    result = await server.alice.slash(server.channel, "chat", message="zanzibar " + "word " * 300)
    assert result.response is not None
    reply = result.response.message
    for number in range(6):
        await server.alice.send(
            server.channel, f"{mention} {number} " + "filler " * 250, reply_to=reply
        )
        assert server.channel.last_message is not None
        reply = server.channel.last_message

    talks = [each for each in chat.requests if each[0].role == "system"]
    summaries = [each for each in chat.requests if each[0].role == "user"]
    said = "\n".join(message.content for message in talks[-1])
    assert "4 filler" in said
    assert "zanzibar word word" not in said
    assert any("zanzibar" in each[0].content for each in summaries)
    assert "Before this, in short:" in said
    assert FakeCounter().count(said) < 4000


async def test_chat_continues_where_it_was_until_a_new_conversation_is_asked_for(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    first = await server.alice.slash(server.channel, "chat", message="my boat is called Teapot")
    bob = server.guild.add_member(simcord_env.create_user("bob"))
    await bob.slash(server.channel, "chat", message="I am Bob")

    second = await server.alice.slash(server.channel, "chat", message="what is it called?")

    said = [message.content for message in chat.requests[-1]]
    assert "my boat is called Teapot" in said
    assert "I am Bob" not in said
    assert first.response is not None
    assert second.response is not None
    told = await server.alice.click(second.response, label="New conversation")
    assert told.ephemeral
    await server.alice.slash(server.channel, "chat", message="and now?")
    assert "my boat is called Teapot" not in [each.content for each in chat.requests[-1]]


async def test_an_edited_message_is_remembered_as_it_is_now(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    assert marv.user is not None
    mention = f"<@{marv.user.id}>"
    asked = await server.alice.send(server.channel, f"{mention} my boat is called Teapot")
    reply = server.channel.last_message
    assert reply is not None

    await server.alice.edit(asked, f"{mention} my boat is called Kettle")
    await server.alice.send(server.channel, f"{mention} name?", reply_to=reply)

    said = " ".join(message.content for message in chat.requests[-1])
    assert "my boat is called Kettle" in said
    asked_now = [each.content for each in chat.requests[-1] if each.role == "user"]
    assert "my boat is called Teapot" not in asked_now


async def test_a_deleted_message_is_forgotten_and_its_reply_goes_too(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    assert marv.user is not None
    mention = f"<@{marv.user.id}>"
    first = await server.alice.send(server.channel, f"{mention} the secret is Teapot")
    reply = server.channel.last_message
    assert reply is not None
    await server.alice.send(server.channel, f"{mention} fine", reply_to=reply)
    second = server.channel.last_message
    assert second is not None

    await server.alice.delete(first)

    ids = [message.id for message in server.channel.history()]
    assert reply.id not in ids
    assert second.id in ids
    await server.alice.send(server.channel, f"{mention} what was it?", reply_to=second)
    assert "Teapot" not in " ".join(message.content for message in chat.requests[-1])
    [turn, *_] = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert turn.question is None
    assert turn.answer is None


async def test_marv_is_silent_when_nobody_speaks_to_him(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await server.alice.send(server.channel, "nice weather")
    robot = server.guild.add_member(simcord_env.create_user("robot", bot=True))
    await robot.send(server.channel, "<@1> hello Marv")

    assert not chat.requests


async def test_a_mention_that_fails_gets_an_apology(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    chat.script.append(ChatFailed("secret address"))

    await server.alice.send(server.channel, f"<@{marv.user.id}> hello")

    assert "try again" in last(server.channel)
    assert "secret" not in last(server.channel)
    simcord.assert_error(simcord_env, ChatFailed)


async def test_turns_carry_their_provenance(server: Server, marv: Marv) -> None:
    assert marv.user is not None
    await server.alice.slash(server.channel, "chat", message="typed")
    await server.alice.send(server.channel, f"<@{marv.user.id}> read")

    turns = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]

    assert [(turn.question, turn.provenance) for turn in turns] == [
        ("typed", Provenance.INTERACTION),
        ("read", Provenance.MESSAGE),
    ]
