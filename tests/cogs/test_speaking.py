"""When Marv speaks, as members see it: each setting, threads, direct messages."""

from __future__ import annotations

import discord
import pytest
import simcord

from bot.client import Marv
from bot.preferences import QuietHours, Speaking
from bot.settings import Settings
from tests.conftest import Server
from tests.fakes import FakeChat
from tests.spending import DEAR


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Marv with the intent that shows him the words of every message."""
    return settings.model_copy(update={"message_content": True})


QUESTION = "Waterproof glue needs how many hours?"


async def choose(marv: Marv, server: Server, **values: object) -> None:
    await marv.services.settings.change(
        server.guild.id, values, changed_by=server.admin.id, channel_id=server.channel.id
    )


async def teach(server: Server) -> None:
    await server.admin.slash(
        server.channel, "library add-text", title="Glue", text="Waterproof glue needs 24 hours."
    )


def mention(marv: Marv) -> str:
    assert marv.user is not None
    return f"<@{marv.user.id}>"


async def test_on_commands_only_a_mention_is_not_answered_but_a_command_is(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await choose(marv, server, speaking=Speaking.COMMANDS)

    await server.alice.send(server.channel, f"{mention(marv)} hello")
    assert not chat.requests
    await server.alice.slash(server.channel, "chat", message="hello")
    assert chat.requests
    other = server.guild.create_text_channel("other")
    await server.alice.send(other, f"{mention(marv)} hello")
    assert len(chat.requests) == 2


async def test_ignored_roles_and_quiet_hours_hold_for_mentions(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    role = server.guild.create_role("Loud")
    loud = server.guild.add_member(simcord_env.create_user("loud"), roles=[role])
    await choose(marv, server, ignored_roles=frozenset({role.id}))
    await loud.send(server.channel, f"{mention(marv)} hello")
    assert not chat.requests

    await choose(marv, server, quiet_hours=QuietHours.parse("00:00-23:59"))
    await server.alice.send(server.channel, f"{mention(marv)} hello")
    assert not chat.requests


async def test_a_question_to_nobody_is_answered_where_that_is_set_and_the_library_knows(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)
    before = server.channel.last_message
    await server.alice.send(server.channel, QUESTION)
    assert not chat.requests
    await choose(marv, server, speaking=Speaking.AUTO)

    asked = await server.alice.send(server.channel, QUESTION)

    answer = server.channel.last_message
    assert answer is not None
    assert answer is not before
    assert "24 hours" in answer.content
    assert answer.reference is not None
    assert answer.reference.message_id == asked.id


async def test_what_the_library_does_not_know_leaves_silence_and_no_trace(
    server: Server, marv: Marv
) -> None:
    await teach(server)
    await choose(marv, server, speaking=Speaking.AUTO)

    asked = await server.alice.send(server.channel, "Who won the chess tournament of 1987?")

    assert server.channel.last_message is not None
    assert server.channel.last_message.id == asked.id
    assert not [turn async for turn in marv.services.chat.log.turns(server.guild.id)]


async def test_a_mention_opens_a_thread_in_which_marv_remembers(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await choose(marv, server, speaking=Speaking.THREADS)

    asked = await server.alice.send(server.channel, f"{mention(marv)} my boat is called Teapot")

    channel = marv.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    [thread] = channel.threads
    assert thread.id == asked.id
    assert "my boat" in thread.name
    [handle] = server.channel.threads
    await server.alice.send(handle, f"{mention(marv)} what is it called?")
    assert "my boat is called Teapot" in [each.content for each in chat.requests[-1]]

    await server.alice.send(handle, "and the anchor?")  # in Marv's thread nobody need mention him
    said = [each.content for each in chat.requests[-1]]
    assert said[-1] == "and the anchor?"
    assert "my boat is called Teapot" in said


async def test_a_direct_message_is_answered_from_the_one_server_in_common(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)

    await server.alice.send_dm("my boat is called Teapot")
    await server.alice.send_dm("what is it called?")

    assert "my boat is called Teapot" in [each.content for each in chat.requests[-1]]
    turns = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert len(turns) == 2
    assert all(turn.private for turn in turns)


async def test_a_stranger_is_told_that_there_are_no_documents(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    stranger = simcord_env.create_user("stranger")
    await stranger.send_dm("hello?")
    assert not chat.requests


async def test_without_a_budget_nobody_is_answered_unasked(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)
    await choose(marv, server, speaking=Speaking.AUTO)
    marv.services.spending.prices = DEAR
    budget = {"server_budget_usd": 0.0}
    await marv.services.settings.change(server.guild.id, budget, changed_by=server.admin.id)

    asked = await server.alice.send(server.channel, QUESTION)

    assert server.channel.last_message is not None
    assert server.channel.last_message.id == asked.id
    assert not chat.requests
