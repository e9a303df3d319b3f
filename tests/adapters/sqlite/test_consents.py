"""Consent: scopes, the notice it was given on, and what an old database becomes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from bot.adapters.sqlite import Database, SqliteConsents, SqliteTurns
from bot.adapters.sqlite.database import open_database
from bot.consent import NOTICE_VERSION, Door, Scope
from bot.models import Answer, Language, Provenance, TurnDraft, TurnKind

GUILD, ALICE, BO = 7, 1, 2


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as opened:
        yield opened


async def add_turn(database: Database, author: int, question: str = "Why?") -> None:
    draft = TurnDraft(
        guild_id=GUILD,
        channel_id=1,
        author_id=author,
        kind=TurnKind.CHAT,
        provenance=Provenance.INTERACTION,
        question=question,
        answer=Answer(text="Because.", answered=True, language=Language.ENGLISH),
        persona="marv",
        persona_version="1",
        latency_seconds=0.0,
        cost_usd=0.0,
    )
    await SqliteTurns(database).add(draft)


async def age_consents(database: Database) -> None:
    """Let every decision have been made on the notice before this one."""
    await database.write(
        lambda connection: connection.execute("UPDATE consents SET notice_version = 0")
    )


def version_6(path: Path) -> None:
    """Write a database as the Marv before consents had scopes left it."""
    with closing(sqlite3.connect(path)) as old:
        for script in sorted(
            files("bot.adapters").joinpath("migrations").iterdir(), key=lambda each: each.name
        ):
            if script.name < "0007":
                old.executescript(script.read_text("utf-8"))
        old.executemany(
            "INSERT INTO consents VALUES (7, ?, ?, '2026-01-01T00:00:00+00:00')",
            [(ALICE, 1), (BO, 0)],
        )
        old.execute("PRAGMA user_version = 6")
        old.commit()


async def test_old_consents_become_both_scopes_on_the_first_notice(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    version_6(path)

    async with open_database(path) as database:
        yes = (await SqliteConsents(database).status(GUILD, ALICE)).consent
        no = (await SqliteConsents(database).status(GUILD, BO)).consent

    assert yes is not None
    assert (yes.scope, yes.notice_version, yes.door) == (Scope.TRAINING, 1, Door.MIGRATED)
    assert yes.decided_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert no is not None
    assert no.scope is Scope.NOTHING


@pytest.mark.parametrize(
    ("scope", "kept", "trained"),
    [(Scope.TRAINING, True, True), (Scope.KEEP, True, False), (Scope.NOTHING, False, False)],
)
async def test_keeping_and_training_follow_their_own_scope(
    database: Database, scope: Scope, *, kept: bool, trained: bool
) -> None:
    turns = SqliteTurns(database)
    await add_turn(database, ALICE)
    await SqliteConsents(database).decide(GUILD, ALICE, scope, door=Door.COMMAND)

    [turn] = [turn async for turn in turns.turns(GUILD)]
    dropped = await turns.drop_texts(before=datetime.now(UTC) + timedelta(days=1))

    assert turn.consented is trained
    assert dropped == (0 if kept else 1)


async def test_a_consent_to_an_older_notice_keeps_but_does_not_train(database: Database) -> None:
    consents, turns = SqliteConsents(database), SqliteTurns(database)
    await add_turn(database, ALICE)
    await consents.decide(GUILD, ALICE, Scope.TRAINING, door=Door.NOTICE)
    await age_consents(database)

    [turn] = [turn async for turn in turns.turns(GUILD)]

    assert not turn.consented
    assert await turns.drop_texts(before=datetime.now(UTC) + timedelta(days=1)) == 0
    assert await consents.claim_notice(GUILD, ALICE), "the notice is shown again"


async def test_the_notice_is_owed_once_and_never_to_who_decided(database: Database) -> None:
    consents = SqliteConsents(database)
    await consents.decide(GUILD, BO, Scope.NOTHING, door=Door.COMMAND)

    owed = [await consents.claim_notice(GUILD, ALICE) for _ in range(3)]

    assert owed == [True, False, False]
    assert not await consents.claim_notice(GUILD, BO)
    assert await consents.claim_notice(GUILD + 1, ALICE), "another server asks for itself"
    assert NOTICE_VERSION >= 1


async def test_a_server_drops_even_what_members_let_it_keep(database: Database) -> None:
    turns = SqliteTurns(database)
    await add_turn(database, ALICE)
    await SqliteConsents(database).decide(GUILD, ALICE, Scope.TRAINING, door=Door.COMMAND)
    later = datetime.now(UTC) + timedelta(hours=1)

    assert await turns.guilds_with_texts() == {GUILD}
    assert await turns.drop_kept_texts(GUILD + 1, before=later) == 0
    assert await turns.drop_kept_texts(GUILD, before=later) == 1
    assert await turns.guilds_with_texts() == frozenset()
