"""Channels as sources, as staff add them and members live in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import discord
import pytest
import simcord

from bot.audience import sees_everything
from bot.client import Marv
from bot.faults.channel import ChannelClosed, ChannelsUnread, ChannelUnknown
from bot.models import Document
from bot.settings import Settings
from cogs.following import FollowingCog
from tests.cogs.forgetting import erased, forget
from tests.cogs.test_audience import HIDDEN, READ, shown
from tests.conftest import Server
from tests.fakes import FakeChat

PLOT = "The mutiny starts at midnight behind the lighthouse."
QUESTION = "When does the mutiny starts behind the lighthouse?"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"message_content": True})


@dataclass(frozen=True, slots=True)
class Crew:
    """A hidden channel, its role, a member and an officer of it."""

    channel: simcord.ChannelHandle
    role: simcord.RoleHandle
    member: simcord.MemberActor
    officer: simcord.MemberActor


@pytest.fixture
async def crew(server: Server, marv: Marv, simcord_env: simcord.Env) -> Crew:
    guild = server.guild
    role = guild.create_role("Crew")
    assert guild.me is not None
    channel = guild.create_text_channel(
        "crew", overwrites={guild.default_role: HIDDEN, role: READ, guild.me: READ}
    )
    staff = guild.create_role("Officer", permissions=discord.Permissions(manage_guild=True))
    member = guild.add_member(simcord_env.create_user("bo"), roles=[role])
    officer = guild.add_member(simcord_env.create_user("cy"), roles=[role, staff])
    await let_read(marv, server)
    return Crew(channel, role, member, officer)


async def let_read(marv: Marv, server: Server, *, on: bool = True) -> None:
    await marv.services.settings.change(
        server.guild.id, {"read_channels": on}, changed_by=server.admin.id
    )


async def add(
    who: simcord.MemberActor, where: simcord.ChannelHandle, channel: simcord.ChannelHandle
) -> str:
    return shown(await who.slash(where, "library add-channel", channel=channel))


async def documents(marv: Marv, server: Server) -> list[Document]:
    library = marv.services.library
    return list(await library.documents(server.guild.id, viewer=sees_everything))


async def search(who: simcord.MemberActor, where: simcord.ChannelHandle, query: str) -> str:
    return shown(await who.slash(where, "search", query=query)).replace("**", "")


async def test_a_channels_words_answer_in_it_and_never_elsewhere(
    server: Server, crew: Crew, chat: FakeChat
) -> None:
    said = await crew.member.send(crew.channel, PLOT)
    added = await add(crew.officer, server.channel, crew.channel)
    await server.admin.slash(server.channel, "library add-text", title="Tea", text="Tea is hot.")
    assert "new conversations: 1" in added

    inside = shown(await crew.member.slash(crew.channel, "ask", question=QUESTION))
    outside = shown(await crew.member.slash(server.channel, "ask", question=QUESTION))

    assert "midnight" in inside
    link = f"https://discord.com/channels/{server.guild.id}/{crew.channel.id}/{said.id}"
    assert link in inside, "the source can be opened"
    assert "midnight" not in outside
    told = [any("midnight" in part.content for part in request) for request in chat.requests]
    assert told == [True, False], "the model itself is not told either"


async def test_adding_twice_finds_nothing_new(server: Server, crew: Crew, marv: Marv) -> None:
    await crew.member.send(crew.channel, PLOT)
    await add(crew.officer, server.channel, crew.channel)
    before = await documents(marv, server)

    again = await add(crew.officer, server.channel, crew.channel)

    assert "Nothing new" in again
    assert await documents(marv, server) == before
    listed = shown(await crew.officer.slash(server.channel, "library list"))
    assert "#crew" in listed
    assert "#crew" not in shown(await server.admin.slash(server.channel, "library list"))


async def test_what_is_said_edited_and_deleted_afterwards_is_followed(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    await add(crew.officer, server.channel, crew.channel)
    said = await crew.member.send(crew.channel, PLOT)
    await simcord_env.advance_time(61)
    assert "midnight" in await search(crew.member, crew.channel, "mutiny")

    await crew.member.edit(said, "The mutiny starts at dawn.")
    await marv.services.channels.flush()
    assert "dawn" in await search(crew.member, crew.channel, "mutiny")
    assert "midnight" not in await search(crew.member, crew.channel, "mutiny")

    await crew.member.delete(said)
    await simcord_env.settle()
    assert not await documents(marv, server)


async def test_bots_and_questions_to_marv_are_no_knowledge(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await let_read(marv, server)
    assert marv.user is not None
    robot = server.guild.add_member(simcord_env.create_user("robot", bot=True))
    await robot.send(server.channel, "I am a robot.")
    await server.alice.send(server.channel, f"<@{marv.user.id}> who are you?")
    await server.alice.send(server.channel, f"Ask <@{server.admin.id}>, he knows ropes.")

    await add(server.admin, server.channel, server.channel)

    found = await search(server.alice, server.channel, "ropes robot")
    assert "Ask @..., he knows ropes." in found
    assert "I am a robot" not in found
    assert len(await documents(marv, server)) == 1


async def test_without_the_servers_setting_nothing_is_read(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await server.alice.send(server.channel, PLOT)

    refused = await add(server.admin, server.channel, server.channel)

    assert "/marv settings read-channels: True" in refused
    simcord.assert_error(simcord_env, ChannelsUnread)
    assert not await documents(marv, server)


async def test_turning_the_setting_off_stops_following_at_once(
    server: Server, crew: Crew, marv: Marv
) -> None:
    await crew.member.send(crew.channel, PLOT)
    await add(crew.officer, server.channel, crew.channel)
    heard = await crew.member.send(crew.channel, "The rope is under the bed.")

    await let_read(marv, server, on=False)
    await crew.member.send(crew.channel, "The captain knows.")
    await marv.services.channels.flush()

    assert "midnight" in await search(crew.member, crew.channel, "mutiny"), "what was read stays"
    found = await search(crew.member, crew.channel, "rope captain mutiny")
    assert heard.content not in found
    assert "captain knows" not in found


async def test_a_missing_permission_is_named(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    assert server.guild.me is not None
    silent = server.guild.create_text_channel(
        "silent",
        overwrites={server.guild.me: discord.PermissionOverwrite(read_message_history=False)},
    )
    hidden = server.guild.create_text_channel("hidden", overwrites={server.guild.me: HIDDEN})

    assert "**Read Message History**" in await add(crew.officer, server.channel, silent)
    simcord.assert_error(simcord_env, ChannelClosed)
    assert "**View Channel**" in await add(crew.officer, server.channel, hidden)
    simcord.assert_error(simcord_env, ChannelClosed)
    assert not await marv.services.channels.added(server.guild.id)


async def test_a_member_who_was_let_through_may_not_add_a_channel(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await let_read(marv, server)
    for command in await marv.tree.fetch_commands():
        if command.name in ("library", "Keep as knowledge"):
            server.guild.set_command_permissions(command, {server.alice: True})
    said = await server.alice.send(server.channel, PLOT)

    for result in (
        await server.alice.slash(server.channel, "library add-channel", channel=server.channel),
        await server.alice.slash(server.channel, "library remove-channel", channel=server.channel),
        await server.alice.context_menu(server.channel, "Keep as knowledge", said),
    ):
        assert "Manage Server" in shown(result)
        simcord.assert_error(simcord_env, discord.app_commands.CheckFailure)
    assert not await documents(marv, server)


async def test_a_removed_channel_is_gone_and_not_followed(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    await crew.member.send(crew.channel, PLOT)
    await add(crew.officer, server.channel, crew.channel)

    removed = await crew.officer.slash(
        server.channel, "library remove-channel", channel=crew.channel
    )
    await crew.member.send(crew.channel, "The rope is under the bed.")
    await marv.services.channels.flush()

    assert "documents: 1" in shown(removed)
    assert not await documents(marv, server)
    again = await crew.officer.slash(server.channel, "library remove-channel", channel=crew.channel)
    assert "not in the library" in shown(again)
    simcord.assert_error(simcord_env, ChannelUnknown)


async def test_a_deleted_channel_takes_its_documents_along(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    await let_read(marv, server)
    pier = server.guild.create_text_channel("pier")
    await server.alice.send(pier, PLOT)
    await add(server.admin, server.channel, pier)
    assert await documents(marv, server)
    found = marv.get_channel(pier.id)
    assert isinstance(found, discord.TextChannel)

    simcord_env.backend.delete_channel(pier.id)
    await simcord_env.settle()

    assert not await documents(marv, server)
    assert not await marv.services.channels.added(server.guild.id)


async def test_forum_posts_and_threads_are_documents_of_their_names(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await let_read(marv, server)
    forum = server.guild.create_forum_channel("help")
    backend = simcord_env.backend
    post = backend.create_thread(forum.id, "Tying a bowline", server.alice.id)
    backend.create_message(post.id, server.alice.id, "How do I tie a bowline?")
    backend.create_message(post.id, server.admin.id, "The rabbit comes out of the hole.")
    secret = backend.create_thread(server.channel.id, "Plot", server.alice.id, type=12)
    backend.create_message(secret.id, server.alice.id, PLOT)
    await simcord_env.settle()

    await add(server.admin, server.channel, forum)
    await add(server.admin, server.channel, server.channel)

    [document] = await documents(marv, server)
    assert document.title == "Tying a bowline"
    assert document.audience.channel_id == forum.id
    found = await search(server.alice, server.channel, "rabbit bowline")
    assert "How do I tie a bowline?" in found, "the post begins with its first message"

    backend.edit_channel(post.id, {"name": "Knots"})
    await simcord_env.settle()
    assert [each.title for each in await documents(marv, server)] == ["Knots"]
    backend.delete_channel(post.id)
    await simcord_env.settle()
    assert not await documents(marv, server)


async def test_what_was_said_while_marv_was_away_is_read_at_the_start(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    await add(crew.officer, server.channel, crew.channel)
    backend = simcord_env.backend
    unheard = backend.create_message  # the gateway is told of it, so the queue is emptied
    unheard(crew.channel.id, crew.member.id, PLOT)
    await simcord_env.settle()
    marv.services.channels.queue.clear()
    assert not await documents(marv, server)

    following = cast("FollowingCog", marv.get_cog("FollowingCog"))
    marv.services.channels.level.clear()
    await following.catch_up()

    assert "midnight" in await search(crew.member, crew.channel, "mutiny")


async def test_a_member_sees_forgets_and_forbids_what_they_wrote(
    server: Server, crew: Crew, marv: Marv, simcord_env: simcord.Env
) -> None:
    await crew.member.send(crew.channel, PLOT)
    await crew.officer.send(crew.channel, "Bring a rope.")
    await add(crew.officer, server.channel, crew.channel)
    status = shown(await crew.member.slash(server.channel, "privacy status"))
    assert "Your messages in the library: 1." in status

    forgotten = await forget(crew.member, server.channel)
    await crew.member.send(crew.channel, "The mutiny starts at dawn.")
    await marv.services.channels.flush()
    await add(crew.officer, server.channel, crew.channel)

    counts = await erased(forgotten)
    assert counts.pop("passages_indexed_anew") >= 1
    assert counts == {"channel_messages": 1}
    assert "Bring a rope." in await search(crew.officer, crew.channel, "rope")
    found = await search(crew.officer, crew.channel, "rope mutiny midnight dawn")
    assert "midnight" not in found.replace("rope mutiny midnight dawn", "")
    assert "starts at dawn" not in found
    status = shown(await crew.member.slash(server.channel, "privacy status"))
    assert "Your messages in the library: 0." in status
    assert "**not** allow me to keep your messages" in status

    await crew.member.slash(server.channel, "privacy channels", choice="yes")
    await crew.member.send(crew.channel, "The mutiny starts at noon.")
    await marv.services.channels.flush()
    assert "noon" in await search(crew.member, crew.channel, "mutiny")


async def test_a_channels_words_never_leave_with_the_data_set(
    server: Server, crew: Crew, marv: Marv
) -> None:
    await crew.member.send(crew.channel, PLOT)
    await add(crew.officer, server.channel, crew.channel)
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="hello there")

    manifest = await marv.services.dataset.export_now(server.guild.id)

    assert manifest.rows == 1
    assert "midnight" not in manifest.path.read_text("utf-8")
