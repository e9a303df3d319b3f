"""Consent, forgetting, and the data set that respects both."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import jsonschema
import simcord
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bot.client import Marv
from bot.errors import NothingToExport
from bot.settings import Settings
from tests.cogs.forgetting import erased, forget
from tests.conftest import Server


def text_of(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return result.response.content + " ".join(part.content for part in result.followups)


async def exported(server: Server) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    result = await server.admin.slash(server.channel, "dataset export")
    assert result.ephemeral
    assert result.response is not None
    messages = [result.response, *result.followups]
    attachments = [file for message in messages for file in message.attachments]
    rows_file, manifest_file = attachments
    rows = [json.loads(line) for line in (await rows_file.read()).decode().splitlines()]
    return rows, json.loads(await manifest_file.read())


async def test_consent_is_off_until_given(server: Server, simcord_env: simcord.Env) -> None:
    await server.alice.slash(server.channel, "chat", message="a secret wish")

    status = await server.alice.slash(server.channel, "privacy status")
    assert "I take that as a **no**" in text_of(status)
    refused = await server.admin.slash(server.channel, "dataset export")

    assert "nothing to export" in text_of(refused)
    simcord.assert_error(simcord_env, NothingToExport)


async def test_only_consented_commands_leave(server: Server, marv: Marv) -> None:
    assert marv.user is not None
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="I agreed to this")
    await server.alice.send(server.channel, f"<@{marv.user.id}> read from a channel")
    await server.admin.slash(server.channel, "chat", message="nobody asked me")

    rows, manifest = await exported(server)

    assert [row["messages"][1]["content"] for row in rows] == ["I agreed to this"]
    assert [message["role"] for message in rows[0]["messages"]] == ["system", "user", "assistant"]
    assert manifest["left_out"] == {"message_content": 1, "no_consent": 1}
    assert manifest["rows"] == 1
    assert "/" not in manifest["path"]


async def test_a_withdrawn_consent_counts(server: Server, simcord_env: simcord.Env) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="I agreed to this")
    await server.alice.slash(server.channel, "privacy consent", choice="nothing")

    refused = await server.admin.slash(server.channel, "dataset export")

    assert "nothing to export" in text_of(refused)
    simcord.assert_error(simcord_env, NothingToExport)


async def test_forget_erases_the_members_rows_from_the_file_itself(
    server: Server, marv: Marv, settings: Settings
) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="canary-4711 sings")
    await server.admin.slash(server.channel, "chat", message="admin stays")

    result = await forget(server.alice, server.channel)

    assert await erased(result) == {"turns": 1}
    turns = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert [turn.question for turn in turns] == ["admin stays"]
    status = await server.alice.slash(server.channel, "privacy status")
    assert "not decided yet" in text_of(status)


async def test_texts_without_consent_expire(server: Server, marv: Marv) -> None:
    await server.alice.slash(server.channel, "chat", message="short-lived")

    dropped = await marv.services.privacy.texts.drop_texts(
        before=datetime.now(UTC) + timedelta(hours=1)
    )

    assert dropped == 1
    [turn] = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert (turn.question, turn.answer) == (None, None)


async def test_the_same_log_exports_the_same_bytes(
    server: Server, marv: Marv, tmp_path: Path
) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    for number in range(3):
        await server.alice.slash(server.channel, "chat", message=f"wish {number} 願い")
    export = marv.services.dataset.export

    first = await export.write(server.guild.id, tmp_path / "a.jsonl")
    second = await export.write(server.guild.id, tmp_path / "b.jsonl")

    assert first.sha256 == second.sha256
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.rows == 3


async def test_every_exported_line_passes_the_fine_tuning_schema(
    server: Server, marv: Marv, tmp_path: Path, shared_data: Path
) -> None:
    await server.admin.slash(
        server.channel, "library add-text", title="Tea", text="Steep green tea at 70 degrees."
    )
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="hello there")
    await server.alice.slash(server.channel, "ask", question="Steep green tea at what degrees?")
    manifest = await marv.services.dataset.export.write(server.guild.id, tmp_path / "a.jsonl")
    assert manifest.rows == 2
    path = shared_data / "openai_openapi" / "finetune_input_schemas_2025-03-22.json"
    schemas = json.loads(path.read_text())
    schemas = schemas.get("components", {}).get("schemas") or schemas
    document = {"components": {"schemas": schemas}}
    registry: Registry[Any] = Registry().with_resource(
        "urn:openai", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    validator = jsonschema.Draft202012Validator(
        {"$ref": "urn:openai#/components/schemas/FineTuneChatRequestInput"}, registry=registry
    )

    for line in manifest.path.read_text("utf-8").splitlines():
        validator.validate(json.loads(line))


async def test_an_export_above_discords_limit_is_left_in_the_data_directory(
    server: Server, marv: Marv, settings: Settings
) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    log = marv.services.chat.log
    await server.alice.slash(server.channel, "chat", message="padding")
    [turn] = [turn async for turn in log.turns(server.guild.id)]
    assert turn.answer is not None
    database = log.database  # type: ignore[attr-defined]

    async def swell(connection: aiosqlite.Connection) -> None:
        await connection.execute("UPDATE turns SET answer = ?", ("x" * 27_000_000,))

    await database.write(swell)

    result = await server.admin.slash(server.channel, "dataset export")

    assert "too large for Discord" in text_of(result)
    [file] = settings.exports_dir.glob("*.jsonl")
    assert file.name in text_of(result)
