"""Who may see a document: what staff set, and what members are then shown."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import pytest
import simcord

from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import NothingFound
from bot.faults.library import DocumentUnknown, OneAudience
from tests.conftest import Server
from tests.fakes import FakeChat

PLOT = "The mutiny starts at midnight behind the lighthouse."
READ = discord.PermissionOverwrite(view_channel=True, read_message_history=True)
HIDDEN = discord.PermissionOverwrite(view_channel=False)


@dataclass(frozen=True, slots=True)
class Crew:
    """A hidden channel, a role that reads it, a member and an officer who have the role."""

    channel: simcord.ChannelHandle
    role: simcord.RoleHandle
    member: simcord.MemberActor
    officer: simcord.MemberActor


@pytest.fixture
async def crew(server: Server, simcord_env: simcord.Env) -> Crew:
    role = server.guild.create_role("Crew")
    channel = server.guild.create_text_channel(
        "crew", overwrites={server.guild.default_role: HIDDEN, role: READ}
    )
    member = server.guild.add_member(simcord_env.create_user("bo"), roles=[role])
    staff = server.guild.create_role("Officer", permissions=discord.Permissions(manage_guild=True))
    officer = server.guild.add_member(simcord_env.create_user("cy"), roles=[role, staff])
    return Crew(channel, role, member, officer)


async def add_secret(
    server: Server, who: simcord.MemberActor, **audience: object
) -> simcord.InteractionResult:
    return await who.slash(
        server.channel, "library add-text", title="Mutiny", text=PLOT, **audience
    )


def shown(result: simcord.InteractionResult) -> str:
    parts = [*([result.response] if result.response else []), *result.followups]
    embeds = [embed for part in parts for embed in part.embeds]
    fields = [f"{field.name}{field.value}" for embed in embeds for field in embed.fields]
    return "\n".join(
        (*(part.content for part in parts), *(str(e.description) for e in embeds), *fields)
    )


async def test_a_channels_document_answers_in_that_channel_only(
    server: Server, crew: Crew, chat: FakeChat
) -> None:
    await add_secret(server, crew.officer, channel=crew.channel)
    await server.admin.slash(server.channel, "library add-text", title="Tea", text="Tea is hot.")
    question = "When does the mutiny starts behind the lighthouse?"

    inside = await crew.member.slash(crew.channel, "ask", question=question)
    outside = await crew.member.slash(server.channel, "ask", question=question)

    assert "midnight" in shown(inside)
    assert "midnight" not in shown(outside)
    told = [any("midnight" in part.content for part in request) for request in chat.requests]
    assert told == [True, False], "the model itself is not told either"


async def test_a_private_answer_uses_what_its_asker_may_read(server: Server, crew: Crew) -> None:
    await add_secret(server, crew.officer, channel=crew.channel)
    await server.admin.slash(server.channel, "library add-text", title="Tea", text="Tea is hot.")
    question = "When does the mutiny starts behind the lighthouse?"

    bo = await crew.member.slash(server.channel, "ask", question=question, private=True)
    alice = await server.alice.slash(server.channel, "ask", question=question, private=True)

    assert "midnight" in shown(bo)
    assert "midnight" not in shown(alice)


async def test_a_roles_document_is_found_by_its_holders_alone(
    server: Server, crew: Crew, simcord_env: simcord.Env
) -> None:
    await add_secret(server, crew.officer, role=crew.role)

    bo = await crew.member.slash(server.channel, "search", query="mutiny", private=True)
    public = await crew.member.slash(server.channel, "search", query="mutiny")
    alice = await server.alice.slash(server.channel, "search", query="mutiny", private=True)

    assert "midnight" in shown(bo)
    assert "midnight" not in shown(public) + shown(alice)
    simcord.assert_error(simcord_env, NothingFound)


async def test_lists_counts_and_suggestions_keep_the_secret_from_staff_who_may_not_read_it(
    server: Server, crew: Crew, simcord_env: simcord.Env
) -> None:
    await add_secret(server, crew.officer, channel=crew.channel)

    listed = await server.admin.slash(server.channel, "library list")
    status = await server.admin.slash(server.channel, "library status")
    removed = await server.admin.slash(server.channel, "library remove", document="Mutiny")
    typed = await server.admin.autocomplete(server.channel, "library remove", "document", "Mut")

    assert "Mutiny" not in shown(listed)
    assert "0 documents" in shown(status)
    assert "no such document" in shown(removed)
    assert not typed
    simcord.assert_error(simcord_env, DocumentUnknown)
    assert "Mutiny" in shown(await crew.officer.slash(server.channel, "library list"))


async def test_staff_change_who_may_see_a_document(
    server: Server, crew: Crew, simcord_env: simcord.Env
) -> None:
    await add_secret(server, crew.officer)
    assert "midnight" in shown(await server.alice.slash(server.channel, "search", query="mutiny"))

    await crew.officer.slash(
        server.channel, "library audience", document="Mutiny", channel=crew.channel
    )

    hidden = await server.alice.slash(server.channel, "search", query="mutiny")
    assert "midnight" not in shown(hidden)
    simcord.assert_error(simcord_env, NothingFound)
    assert "midnight" in shown(await crew.member.slash(crew.channel, "search", query="mutiny"))


async def test_a_document_that_is_replaced_keeps_its_audience(
    server: Server, crew: Crew, marv: Marv
) -> None:
    await add_secret(server, crew.officer, channel=crew.channel)

    await crew.officer.slash(
        server.channel, "library add-text", title="Mutiny", text=f"{PLOT} Bring rope."
    )

    documents = await marv.services.library.documents(server.guild.id, viewer=sees_everything)
    assert [document.audience.channel_id for document in documents] == [crew.channel.id]


async def test_a_channel_that_is_closed_takes_its_documents_along_at_once(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    harbor = server.guild.create_text_channel("harbor")
    await add_secret(server, server.admin, channel=harbor)
    assert "midnight" in shown(await server.alice.slash(server.channel, "search", query="mutiny"))

    closed = marv.get_channel(harbor.id)
    assert isinstance(closed, discord.TextChannel)
    await closed.set_permissions(closed.guild.default_role, overwrite=HIDDEN)

    assert "midnight" not in shown(
        await server.alice.slash(server.channel, "search", query="mutiny")
    )
    simcord.assert_error(simcord_env, NothingFound)


async def test_a_channel_and_a_role_at_once_are_refused(
    server: Server, crew: Crew, simcord_env: simcord.Env
) -> None:
    result = await add_secret(server, crew.officer, channel=crew.channel, role=crew.role)

    assert "not both" in shown(result)
    simcord.assert_error(simcord_env, OneAudience)
