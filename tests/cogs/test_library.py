"""Keeping the library, as staff do it and as others must not."""

from __future__ import annotations

import discord
import simcord
from discord import app_commands

from bot.audience import sees_everything
from bot.client import Marv
from bot.faults.library import DocumentUnknown
from bot.refusals import DocumentRefused
from tests.conftest import Server
from tests.fakes import FakeEmbedder


def text_of(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return result.response.content + " ".join(part.content for part in result.followups)


async def add(server: Server, name: str, content: bytes) -> simcord.InteractionResult:
    return await server.admin.slash(server.channel, "library add-file", file=(name, content))


async def test_an_uploaded_file_is_found_afterwards(server: Server) -> None:
    result = await add(server, "tea.md", b"# Tea\n\n## Green\n\nSteep green tea at 70 degrees.")
    assert "**tea.md** is in the library" in text_of(result)

    found = await server.alice.slash(server.channel, "search", query="steep green tea")

    assert found.response is not None
    assert "Tea › Green" in str(found.response.embeds[0].fields[0].name)


async def test_the_same_file_again_embeds_nothing(server: Server, embedder: FakeEmbedder) -> None:
    await add(server, "tea.md", b"# Tea\n\nSteep it.")
    before = len(embedder.embedded)

    result = await add(server, "tea.md", b"# Tea\n\nSteep it.")

    assert "word for word" in text_of(result)
    assert len(embedder.embedded) == before


async def test_a_changed_file_embeds_only_what_changed(
    server: Server, embedder: FakeEmbedder
) -> None:
    sections = [
        f"## Part {n}\n\n" + f"Sentence number {n} is here to stay. " * 30 for n in range(5)
    ]
    await add(server, "long.md", ("# Long\n\n" + "\n\n".join(sections)).encode())
    before = len(embedder.embedded)
    sections[2] = sections[2].replace("stay", "change")

    await add(server, "long.md", ("# Long\n\n" + "\n\n".join(sections)).encode())

    fresh = embedder.embedded[before:]
    assert fresh
    assert all("Sentence number 2" in text for text in fresh)


async def test_a_broken_file_is_refused_with_the_reason(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    result = await add(server, "broken.pdf", b"%PDF-1.7 nothing more")

    assert "can't take broken.pdf" in text_of(result)
    simcord.assert_error(simcord_env, DocumentRefused)
    assert not await marv.services.library.documents(server.guild.id, viewer=sees_everything)


async def test_a_file_of_an_unknown_kind_is_refused(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await add(server, "virus.exe", b"MZ\x00\x01")

    assert "kind" in text_of(result)
    simcord.assert_error(simcord_env, DocumentRefused)


async def test_the_list_shows_documents_and_remove_takes_them_away(server: Server) -> None:
    await add(server, "tea.md", b"# Tea\n\nSteep it.")
    listed = await server.admin.slash(server.channel, "library list")
    assert listed.response is not None
    assert "**Tea**" in str(listed.response.embeds[0].description)
    [choice] = await server.admin.autocomplete(server.channel, "library remove", "document", "te")

    removed = await server.admin.slash(server.channel, "library remove", document=choice["value"])

    assert "**Tea** is gone" in text_of(removed)
    listed = await server.admin.slash(server.channel, "library list")
    assert listed.response is not None
    assert "empty" in str(listed.response.embeds[0].description)


async def test_removing_what_is_not_there_says_so(server: Server, simcord_env: simcord.Env) -> None:
    result = await server.admin.slash(server.channel, "library remove", document="nonsense")

    assert "no such document" in text_of(result)
    simcord.assert_error(simcord_env, DocumentUnknown)


async def test_status_counts(server: Server) -> None:
    await add(server, "tea.md", b"# Tea\n\nSteep it.")

    result = await server.admin.slash(server.channel, "library status")

    assert "1 documents, 1 passages" in text_of(result)


async def test_marv_itself_refuses_a_member_whom_the_server_let_through(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    for command in await marv.tree.fetch_commands():
        if command.name in ("library", "dataset", "marv"):
            server.guild.set_command_permissions(command, {server.alice: True})

    for name, options in (
        ("library list", {}),
        ("library add-text", {"title": "Mine", "text": "now"}),
        ("dataset export", {}),
        ("marv status", {}),
    ):
        result = await server.alice.slash(server.channel, name, **options)
        assert result.ephemeral
        assert "Manage Server" in text_of(result)
        simcord.assert_error(simcord_env, app_commands.CheckFailure)

    assert not await marv.services.library.documents(server.guild.id, viewer=sees_everything)


async def test_status_of_marv_names_models_and_no_secret(server: Server) -> None:
    result = await server.admin.slash(server.channel, "marv status")

    assert result.response is not None
    shown = str(result.response.embeds[0].description)
    assert "fake-chat" in shown
    assert "fake-bigrams" in shown


async def test_every_command_speaks_both_languages(marv: Marv, simcord_env: simcord.Env) -> None:
    commands = await marv.tree.fetch_commands()
    assert len(commands) >= 8
    gaps: list[str] = []

    def check(item: object) -> None:
        name = getattr(item, "name", "")
        is_menu = getattr(item, "type", None) is discord.AppCommandType.message
        if discord.Locale.japanese not in getattr(item, "name_localizations", {}):
            gaps.append(f"name of {name}")
        if not is_menu and discord.Locale.japanese not in getattr(
            item, "description_localizations", {}
        ):
            gaps.append(f"description of {name}")
        for option in getattr(item, "options", []):
            check(option)

    for command in commands:
        check(command)
    assert not gaps
