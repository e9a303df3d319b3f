"""Whose words leave: random logs, random decisions, and every way out searched.

    uv run python -m tests.benchmarks.consent_in_exports [DATABASES]

Each database has members who allow training or not, change their minds before
and after a freeze, or are forgotten. Then the log is exported and the version is
exported, and each line is searched for the words of whoever does not allow it
now. Prints the databases, the lines that left, and those that must not have.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.sqlite import (
    Database,
    SqliteComparisons,
    SqliteConsents,
    SqliteErasures,
    SqliteExamples,
    SqliteExports,
    SqliteReviews,
    SqliteTurns,
    SqliteVersions,
)
from bot.adapters.sqlite.database import open_database
from bot.consent import Door, Scope
from bot.dataset import Format, FreezeOptions, Split
from bot.erasure import ErasureReason
from bot.errors import NothingToExport
from bot.faults.dataset import NoPreferences, NothingToFreeze
from bot.inquiry import ExampleDraft
from bot.models import Answer, Language, Provenance, TurnDraft, TurnId, TurnKind
from bot.services.export import Export
from bot.services.export_writer import ExportWriter
from bot.services.freezing.out import VersionExport
from bot.services.freezing.versions import Versions
from bot.wiring.dataset import GOLDEN_FILE, SEED_FILE
from tests.manners import PERSONAS
from tests.naming import name_book

GUILD = 7
MEMBERS = range(1, 7)


@dataclass(slots=True)
class World:
    """One database, and who allows what in it."""

    database: Database
    random: random.Random
    allowed: dict[int, bool] = field(default_factory=dict)
    last: dict[int, TurnId] = field(default_factory=dict)

    async def decide(self, member: int) -> None:
        """Have a member change their mind, or be forgotten."""
        choice = self.random.choice([*Scope, None])
        if choice is None:
            await self.forget(member)
        else:
            await SqliteConsents(self.database).decide(GUILD, member, choice, door=Door.COMMAND)
            self.allowed[member] = choice.training

    async def forget(self, member: int) -> None:
        """Erase a member's rows, as the service does it."""
        store = SqliteErasures(self.database)
        erasure = await store.open(GUILD, member, ErasureReason.ASKED, with_replies=False)
        for marks in (SqliteExports(self.database), SqliteVersions(self.database)):
            await marks.mark(GUILD, member)
        await store.erase_rows(erasure)
        await store.finish(erasure, member_hash=f"hash{member}")
        self.allowed[member] = False
        self.last.pop(member, None)

    async def talk(self, member: int, number: int) -> None:
        """Have a member ask, and now and then staff write a better answer."""
        parent = self.last.get(member) if self.random.random() < 0.5 else None
        turn_id = await SqliteTurns(self.database).add(draft(member, number, parent))
        self.last[member] = turn_id
        if self.random.random() < 0.2:
            await SqliteExamples(self.database).add(
                ExampleDraft(
                    guild_id=GUILD,
                    question=words(member, number),
                    answer=f"Better {number}.",
                    language=Language.ENGLISH,
                    author_id=99,
                    asker_id=member,
                    question_provenance=Provenance.INTERACTION,
                    inquiry_id=None,
                    turn_id=turn_id,
                )
            )


def dice(seed: int) -> random.Random:
    """Return chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - no secret hangs on it


def words(member: int, number: int) -> str:
    """Return a question that names its author."""
    return f"canary-{member}- asks number {number} {dice(number).random()}"


def draft(member: int, number: int, parent: TurnId | None) -> TurnDraft:
    """Return a turn whose answer repeats its author's words."""
    answer = Answer(
        text=f"You said {words(member, number)}", answered=True, language=Language("en")
    )
    return TurnDraft(
        guild_id=GUILD,
        channel_id=1,
        author_id=member,
        kind=TurnKind.CHAT,
        provenance=Provenance.INTERACTION,
        question=words(member, number),
        answer=answer,
        persona="marv",
        persona_version="1",
        latency_seconds=0.1,
        cost_usd=0.0,
        parent_id=parent,
    )


def versions_of(database: Database) -> Versions:
    """Return what freezes a database."""
    export = Export(
        log=SqliteTurns(database),
        examples=SqliteExamples(database),
        writer=ExportWriter(ledger=SqliteExports(database)),
        personas=PERSONAS,
        names=name_book(database),
    )
    return Versions(
        store=SqliteVersions(database),
        reviews=SqliteReviews(database),
        preferences=SqliteComparisons(database),
        export=export,
        seed_file=SEED_FILE,
        golden_file=GOLDEN_FILE,
    )


async def check(seed: int, folder: Path) -> tuple[int, list[str]]:
    """Return how many lines left a random database, and those that must not have."""
    chance = dice(seed)
    async with open_database(folder / f"{seed}.sqlite3") as database:
        world = World(database, chance)
        for number in range(chance.randrange(4, 14)):
            member = chance.choice(MEMBERS)
            if chance.random() < 0.5:
                await world.decide(member)
            await world.talk(member, number)
        versions = versions_of(database)
        frozen = await freeze(versions)
        for member in MEMBERS:
            if chance.random() < 0.4:
                await world.decide(member)
        lines = await everything(versions, folder / f"{seed}", frozen=frozen)
        silent = [member for member in MEMBERS if not world.allowed.get(member)]
        return len(lines), [
            line for line in lines if any(f"canary-{member}-" in line for member in silent)
        ]


async def freeze(versions: Versions) -> bool:
    """Freeze what there is; tell whether there was anything."""
    try:
        await versions.freeze(GUILD, "v", by=99, options=FreezeOptions(seed=False))
    except NothingToFreeze:
        return False
    return True


async def everything(versions: Versions, stem: Path, *, frozen: bool) -> list[str]:
    """Return every line of every way out."""
    out = VersionExport(versions=versions, writer=versions.export.writer)
    paths = [stem.with_suffix(".log.jsonl")]
    try:
        await versions.export.write(GUILD, paths[0])
    except NothingToExport:
        paths.clear()
    if frozen:
        for split in Split:
            for format_ in Format:
                path = stem.with_suffix(f".{split}.{format_}.jsonl")
                try:
                    await out.write(GUILD, "v", split=split, format_=format_, path=path)
                except (NothingToExport, NoPreferences):
                    continue
                paths.append(path)
    return [line for path in paths for line in path.read_text("utf-8").splitlines()]


async def main(databases: int) -> None:
    """Check many databases and print what was found."""
    lines, wrong = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(databases):
            left, leaked = await check(seed, Path(folder))
            lines, wrong = lines + left, wrong + len(leaked)
    print(f"{databases} databases, {lines} lines left, {wrong} that must not have")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
