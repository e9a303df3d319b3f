"""What leaves is redacted: the log's export and a frozen version alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteConsents, SqliteTurns
from bot.adapters.sqlite.database import open_database
from bot.consent import Door, Scope
from bot.dataset import FreezeOptions
from bot.models import Answer, Language
from tests.benchmarks.consent_in_exports import GUILD, draft, versions_of

SECRETS = ("mika@example.com", "4111 1111 1111 1111", "discord.gg/abcdef")


@pytest.mark.parametrize("language", list(Language))
async def test_personal_data_leaves_neither_by_export_nor_in_a_version(
    tmp_path: Path, language: Language
) -> None:
    text = f"Write to {SECRETS[0]}, pay with {SECRETS[1]}, come to {SECRETS[2]}. [1]"
    if language is Language.JAPANESE:
        text = f"連絡は {SECRETS[0]}、支払いは {SECRETS[1]}、招待は {SECRETS[2]} です。 [1]"
    async with open_database(tmp_path / "marv.sqlite3") as database:
        for member in range(1, 21):
            await SqliteConsents(database).decide(GUILD, member, Scope.TRAINING, door=Door.COMMAND)
            answer = Answer(text=text, answered=True, language=language, facts=text)
            said = replace(draft(member, member, None), answer=answer, question=f"{member} {text}")
            await SqliteTurns(database).add(said)
        versions = versions_of(database)

        manifest = await versions.export.write(GUILD, tmp_path / "out.jsonl")
        version = await versions.freeze(GUILD, "v", by=1, options=FreezeOptions(seed=False))
        frozen = [row async for row in versions.store.rows(version.id)]

    lines = (tmp_path / "out.jsonl").read_text("utf-8")
    for secret in SECRETS:
        assert secret not in lines
        assert secret not in repr(frozen)
    assert lines.count("[1]") == 60, "question, facts and answer keep their citation"
    assert manifest.redacted["email"] == 60
    told = json.loads((tmp_path / "out.jsonl.manifest.json").read_text("utf-8"))
    assert told["redacted"] == dict(manifest.redacted)
    assert version.header["redacted"]["email"] == 60
