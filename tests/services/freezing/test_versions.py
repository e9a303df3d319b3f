"""Freezing: the same bytes for the same database, immutable, verifiable, and never a no."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bot.adapters.sqlite import Database, SqliteConsents, SqliteReviews
from bot.adapters.sqlite.database import open_database
from bot.consent import Door, Scope
from bot.dataset import Decision, Format, FreezeOptions, Source, Split
from bot.faults.dataset import (
    BadVersionName,
    NoPreferences,
    NothingToFreeze,
    VersionExists,
    VersionUnknown,
)
from bot.services.freezing.importing import drafts, exchange
from bot.services.freezing.out import VersionExport
from bot.services.freezing.versions import Versions
from tests.benchmarks.consent_in_exports import GUILD, World, check, dice, versions_of

STAFF = 99
OWN = FreezeOptions(seed=False)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        yield database


@pytest.fixture
async def versions(database: Database) -> Versions:
    """Thirty consenting members with two turns each, some of them repaired."""
    world = World(database, dice(4))
    for member in range(1, 31):
        await SqliteConsents(database).decide(GUILD, member, Scope.TRAINING, door=Door.COMMAND)
        for number in range(2):
            await world.talk(member, 100 * member + 3 * number)
    return versions_of(database)


async def rows_of(versions: Versions, name: str) -> list[Any]:
    version = await versions.named(GUILD, name)
    return [row async for row in versions.store.rows(version.id)]


async def test_the_same_database_gives_the_same_digest_and_a_name_is_for_good(
    versions: Versions,
) -> None:
    first = await versions.freeze(GUILD, "one", by=STAFF)
    second = await versions.freeze(GUILD, "two", by=5)

    assert first.sha256 == second.sha256
    assert first.rows == second.rows
    assert all(first.rows[split] for split in Split)
    with pytest.raises(VersionExists):
        await versions.freeze(GUILD, "one", by=STAFF)
    assert (await versions.freeze(GUILD, "own", by=STAFF, options=OWN)).sha256 != first.sha256
    assert [each.name for each in await versions.store.versions(GUILD)] == ["own", "two", "one"]
    assert await versions.store.versions(GUILD + 1) == ()


@pytest.mark.parametrize("name", ["", "Has Capitals", "../etc", "x" * 41, "名前"])
async def test_a_name_that_is_no_name_is_refused(versions: Versions, name: str) -> None:
    with pytest.raises(BadVersionName):
        await versions.freeze(GUILD, name, by=STAFF)


async def test_nobody_stands_on_two_sides_in_any_version(
    versions: Versions, database: Database
) -> None:
    await versions.freeze(GUILD, "one", by=STAFF, options=OWN)
    world = World(database, dice(5))
    for member in range(1, 31):
        await world.talk(member, 9000 + member)
    await versions.freeze(GUILD, "two", by=STAFF, options=OWN)

    sides: dict[str, set[Split]] = {}
    for name in ("one", "two"):
        for row in await rows_of(versions, name):
            author = row.messages[-2].content.split()[0]
            sides.setdefault(author, set()).add(row.split)
    assert len(sides) == 30
    assert all(len(each) == 1 for each in sides.values()), sides


async def test_what_staff_reject_stays_out_and_what_they_keep_can_be_all(
    versions: Versions, database: Database
) -> None:
    turns = [row.turn_id for row in await _frozen(versions, "all") if row.source is Source.TURN]
    reviews = SqliteReviews(database)
    await reviews.decide(GUILD, f"turn:{turns[0]}", Decision.REJECT, by=STAFF)
    for kept in turns[1:20]:
        await reviews.decide(GUILD, f"turn:{kept}", Decision.KEEP, by=STAFF)

    without = await versions.freeze(GUILD, "without", by=STAFF, options=OWN)
    assert without.header["left_out"]["rejected"] == 1
    kept_only = FreezeOptions(seed=False, only_kept=True)
    await versions.freeze(GUILD, "kept", by=STAFF, options=kept_only)
    found = [row.turn_id for row in await rows_of(versions, "kept") if row.source is Source.TURN]
    assert sorted(found) == sorted(turns[1:20])


async def _frozen(versions: Versions, name: str) -> list[Any]:
    await versions.freeze(GUILD, name, by=STAFF, options=OWN)
    return await rows_of(versions, name)


async def test_verifying_finds_an_altered_row_and_counts_what_changed_since(
    versions: Versions, database: Database
) -> None:
    await versions.freeze(GUILD, "v", by=STAFF, options=OWN)
    fresh = await versions.verify(GUILD, "v")
    assert (fresh.intact, fresh.altered, fresh.gone, fresh.new) == (True, (), 0, 0)

    await World(database, dice(1)).talk(1, 7777)
    assert (await versions.verify(GUILD, "v")).new == 1

    async def tamper(connection: aiosqlite.Connection) -> None:
        await connection.execute(
            "UPDATE dataset_rows SET payload = replace(payload, 'canary', 'parrot') WHERE row = 3"
        )

    await database.write(tamper)
    altered = await versions.verify(GUILD, "v")
    assert not altered.intact
    assert altered.altered == (3,)
    with pytest.raises(VersionUnknown):
        await versions.verify(GUILD, "nothing")


async def test_a_forgotten_member_leaves_every_version_which_still_proves_the_rest(
    versions: Versions, database: Database
) -> None:
    await versions.freeze(GUILD, "v", by=STAFF, options=OWN)

    await World(database, dice(1)).forget(7)

    [version] = await versions.store.versions(GUILD)
    assert version.erased >= 2
    assert not any("canary-7-" in str(row) for row in await rows_of(versions, "v"))
    dump = "\n".join([line async for line in _dump(database)])
    assert "canary-7-" not in dump
    verified = await versions.verify(GUILD, "v")
    assert verified.intact
    assert verified.gone == version.erased


async def _dump(database: Database) -> AsyncIterator[str]:
    for row in await database.rows("SELECT * FROM dataset_rows", ()):
        yield str(tuple(row))


async def test_the_seed_set_is_added_but_for_what_was_asked_here(versions: Versions) -> None:
    with_seed = await versions.freeze(GUILD, "seeded", by=STAFF)

    assert with_seed.header["sources"]["seed"] > 300
    assert with_seed.header["languages"]["ja"] > 150
    seeds = [row for row in await rows_of(versions, "seeded") if row.source is Source.SEED]
    assert {row.split for row in seeds} == {Split.TRAIN, Split.VALIDATION}


async def test_an_empty_log_can_be_frozen_with_the_seed_set_only(database: Database) -> None:
    versions = versions_of(database)

    with pytest.raises(NothingToFreeze):
        await versions.freeze(GUILD, "nothing", by=STAFF, options=OWN)
    assert (await versions.freeze(GUILD, "seed", by=STAFF)).rows[Split.TRAIN] > 250


@pytest.mark.parametrize(
    ("format_", "schema"),
    [
        (Format.CHAT, "FineTuneChatRequestInput"),
        (Format.PREFERENCE, "FineTunePreferenceRequestInput"),
    ],
)
async def test_every_line_of_a_version_passes_the_published_schema(
    versions: Versions, tmp_path: Path, shared_data: Path, format_: Format, schema: str
) -> None:
    await versions.freeze(GUILD, "v", by=STAFF, options=OWN)
    out = VersionExport(versions=versions, writer=versions.export.writer)
    path = tmp_path / "out.jsonl"

    manifest = await out.write(GUILD, "v", split=Split.TRAIN, format_=format_, path=path)

    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == manifest.rows > 3
    for line in lines:
        _validator(shared_data, schema).validate(line)
    if format_ is Format.PREFERENCE:
        assert lines[0]["preferred_output"][0]["content"].startswith("Better")
        assert lines[0]["non_preferred_output"][0]["content"].startswith("You said")
    else:
        assert manifest.versions["dataset"].startswith("v@")


def _validator(shared_data: Path, name: str) -> jsonschema.Draft202012Validator:
    path = shared_data / "openai_openapi" / "finetune_input_schemas_2025-03-22.json"
    schemas = json.loads(path.read_text())
    schemas = schemas.get("components", {}).get("schemas") or schemas
    document = {"components": {"schemas": schemas}}
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:openai", resource)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:openai#/components/schemas/{name}"}, registry=registry
    )


async def test_a_version_without_pairs_has_no_preferences(
    database: Database, tmp_path: Path
) -> None:
    versions = versions_of(database)
    await versions.freeze(GUILD, "seed", by=STAFF)
    out = VersionExport(versions=versions, writer=versions.export.writer)

    with pytest.raises(NoPreferences):
        await out.write(
            GUILD,
            "seed",
            split=Split.TRAIN,
            format_=Format.PREFERENCE,
            path=tmp_path / "out.jsonl",
        )
    assert not list(tmp_path.glob("out*"))


async def test_of_forty_random_databases_nobodys_words_leave_without_a_yes(tmp_path: Path) -> None:
    lines = 0
    for seed in range(40):
        left, leaked = await check(seed, tmp_path)
        lines += left
        assert not leaked, seed
    assert lines > 40


@pytest.mark.parametrize("facts", ["", "The shed opens at nine. [1]"])
async def test_a_staff_example_is_asked_with_its_facts_as_in_service(
    versions: Versions, facts: str
) -> None:
    """Without them in the request a model would learn to make facts up."""
    written = exchange(1, {"question": "When?", "answer": "Nine. [1] Sigh.", "facts": facts})
    for draft in drafts([written], guild_id=GUILD, by=STAFF, source=Source.STAFF):
        await versions.export.examples.add(draft)

    await versions.freeze(GUILD, "one", by=STAFF, options=OWN)

    [row] = [
        row for row in await rows_of(versions, "one") if row.messages[-1].content[-5:] == "Sigh."
    ]
    asked = f"Question: When?\nFacts: {facts}" if facts else "When?"
    assert row.messages[-2].content == asked


async def test_what_was_said_in_another_personas_voice_is_no_row(
    database: Database, versions: Versions
) -> None:
    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute("UPDATE turns SET persona = 'butler' WHERE author_id = 7")

    await database.write(work)
    version = await versions.freeze(GUILD, "one", by=0, options=OWN)

    assert version.header["left_out"]["other_persona"] >= 1
    assert not [row for row in await rows_of(versions, "one") if "canary-7-" in str(row.messages)]
