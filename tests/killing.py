"""Marv, killed with -9 at random moments: what was promised, and what is left.

The parent (``kill_while_logging``, ``kill_while_ingesting``) starts this module
as a child, which opens Marv on real stores with fake models, reports the state
that it found, and works until it is killed. So each start is the check of the
kill before it: it recovered the database and reconciled the index.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from bot.adapters.loaders.reading import content_hash
from bot.adapters.sqlite import Database, SqliteLibrary
from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.erasure import ErasureReason
from bot.models import (
    Answer,
    Chunk,
    Language,
    ParsedDocument,
    Provenance,
    TurnDraft,
    TurnId,
    TurnKind,
)
from bot.opening import Models, open_chat
from bot.runner import stopped_by_signal
from bot.services.folders import roots, source_files
from bot.services.ingest import Batch, IngestReport
from bot.services.turns import Asker
from bot.settings import Settings
from tests import canaries
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import PERSONAS

ROOT = Path(__file__).resolve().parents[1]
GUILD = 7
MEMBERS = 6  # who ask at once
BURST = 200  # turns that wait to be written when the signal comes
FILES, SECTIONS = 24, 10  # of the corpus
LONGEST_DELAY_SECONDS = 1.5
SILENCE_SECONDS = 60.0  # a child that says nothing for so long is broken


@dataclass(slots=True, kw_only=True)
class Damage:
    """What the kills did."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    uneven_starts: int = 0
    half_written: int = 0
    wordless: int = 0
    corrupt: int = 0
    interrupted: int = 0  # kills of an ingest that had written a part
    whole_at_the_end: bool = True
    seconds: float = 0.0

    @property
    def nothing(self) -> bool:
        """Tell whether everything that was promised is there."""
        broken = (self.lost, self.uneven_starts, self.half_written, self.wordless, self.corrupt)
        return not any(broken) and self.whole_at_the_end


def kill_while_logging(directory: Path, *, kills: int, seed: int) -> Damage:
    """Kill Marv while members ask, and count the turns that it had acknowledged and lost."""
    moments, damage, started = random.Random(seed), Damage(), time.perf_counter()  # noqa: S311
    acknowledged: dict[int, str] = {}
    for _ in range(kills):
        with child("log", directory) as marv:
            damage_at_start(damage, marv.state, acknowledged)
            time.sleep(moments.uniform(0.0, LONGEST_DELAY_SECONDS))
            lines = marv.kill()
        damage.kills += 1
        acknowledged.update((turn["id"], turn["question"]) for turn in lines)
    with child("log", directory) as marv:
        damage_at_start(damage, marv.state, acknowledged)
        marv.kill()
    damage.acknowledged = len(acknowledged)
    damage.seconds = time.perf_counter() - started
    return damage


def kill_while_ingesting(directory: Path, *, kills: int, seed: int) -> Damage:
    """Kill Marv while it reads a changing corpus; at the end read it whole and compare."""
    moments, damage, started = random.Random(seed), Damage(), time.perf_counter()  # noqa: S311
    corpus = directory / "corpus"
    for number in range(kills):
        write_corpus(corpus, version=number)
        with child("ingest", directory, corpus) as marv:
            damage_at_start(damage, marv.state, {})
            if number % 2:  # a part is written by then, on the slowest machine and the fastest
                marv.hear()
            time.sleep(moments.uniform(0.0, 0.1 if number % 2 else LONGEST_DELAY_SECONDS))
            lines = marv.kill()
        damage.kills += 1
        damage.interrupted += bool(lines) and "hashes" not in lines[-1]
    with child("ingest", directory, corpus) as marv:
        damage_at_start(damage, marv.state, {})
        after = marv.wait()[-1]
    with child("ingest", directory / "clean", corpus) as marv:
        clean = marv.wait()[-1]
    damage.whole_at_the_end = after["hashes"] == clean["hashes"] and not after["differing"]
    damage.seconds = time.perf_counter() - started
    return damage


def damage_at_start(damage: Damage, state: dict[str, Any], promised: dict[int, str]) -> None:
    """Add what a start found to the damage."""
    found = {turn["id"]: turn["question"] for turn in state["turns"]}
    damage.lost = sum(found.get(id_) != question for id_, question in promised.items())
    damage.uneven_starts += bool(state["differing"])
    damage.half_written += state["half_written"]
    damage.wordless += state["wordless"]
    damage.corrupt += state["integrity"] != "ok"


def write_corpus(folder: Path, *, version: int) -> None:
    """Write a corpus of which each version changes, adds and drops documents."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        path = folder / f"{number:02}.md"
        if (number + version) % 7 == 6:
            path.unlink(missing_ok=True)
            continue
        sections = [
            f"## Part {part}\n\n" + f"Boat {number} keeps rope {part} of year {year}. " * 25
            for part in range(SECTIONS)
            for year in [version if part % 2 else number]
        ]
        path.write_text(f"# Log {number}\n\n" + "\n\n".join(sections))


@dataclass(slots=True)
class Child:
    """A running Marv that reports in JSON lines, its state first."""

    process: subprocess.Popen[str]
    state: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def hear(self) -> dict[str, Any]:
        """Wait for its next line."""
        assert self.process.stdout is not None
        line: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.heard.append(line)
        return line

    def kill(self) -> list[dict[str, Any]]:
        """Kill it with -9 and return what it had said by then."""
        self.process.kill()
        return self.wait()

    def wait(self) -> list[dict[str, Any]]:
        """Return everything that it said and still says after its state."""
        said, _ = self.process.communicate(timeout=SILENCE_SECONDS)
        # a line that the kill cut short was never said
        whole = [line for line in said.splitlines(keepends=True) if line.endswith("\n")]
        return [*self.heard, *map(json.loads, whole)]


@contextmanager
def child(task: str, directory: Path, *arguments: Path) -> Iterator[Child]:
    """Yield a child that has opened Marv on ``directory`` and told its state."""
    directory.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killing", task, str(directory), *map(str, arguments)],
        cwd=directory,
        env=bare_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        started = Child(process)
        started.state = started.hear()
        started.heard.clear()
        yield started
    finally:
        process.kill()
        process.communicate()


def bare_environment() -> dict[str, str]:
    """Return the environment without Marv's settings, and with the checkout importable."""
    foreign = ("MARV_", "OPENAI_", "DISCORD_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PYTHONPATH": str(ROOT)}


def fake_models() -> Models:
    """Return models without weights."""
    return Models(
        chat=FakeChat(),
        embedder=FakeEmbedder(),
        counter=FakeCounter(),
        personas=PERSONAS,
    )


async def work(task: str, directory: Path, *arguments: str) -> None:
    """Open Marv, say what is there, and work until the end, a signal or the kill."""
    settings = Settings(data_dir=directory / "var")
    models = fake_models()
    if task == "serve-llama":
        models = replace(models, chat=open_chat(settings))
        await models.warm_up()
    if task == "ingest":
        await ingest(settings, models, Path(arguments[0]))
    elif task == "log":
        await log_forever(settings, models)
    elif task == "forget":
        await forget(settings, models)
    else:
        await serve(settings, models)
    await models.chat.close()


async def ingest(settings: Settings, models: Models, corpus: Path) -> None:
    """Read a corpus, and say what is there before and after, and each time more is written."""
    written = 0

    def progress(_done: int, _total: int, report: IngestReport) -> None:
        nonlocal written
        if report.chunks > written:
            say({"chunks": (written := report.chunks)})

    async with open_marv(settings, models=models) as marv:
        engine = marv.services.library.ingest
        await engine.parser.parse(b"Starts the reader.", source="warm.txt")
        say(await state_of(marv))
        await engine.files(
            Batch(guild_id=GUILD),
            list(source_files([corpus])),
            roots=roots([corpus]),
            progress=progress,
        )
        say(await state_of(marv))


async def log_forever(settings: Settings, models: Models) -> None:
    """Let members ask, all at once, until the kill."""
    async with open_marv(settings, models=models) as marv:
        await add_tides(marv)
        await marv.services.warm_up()  # as the runner does; a kill before that interrupts nothing
        say(await state_of(marv))
        await asyncio.gather(*(ask_forever(marv, member) for member in range(MEMBERS)))


async def forget(settings: Settings, models: Models) -> None:
    """Let a member write everywhere once, then forget them, telling each stage that is reached."""
    async with open_marv(settings, models=models) as marv:
        store, stage = marv.services.erasing.store, ""
        status = await marv.services.privacy.status(canaries.GUILD, canaries.MEMBER)
        if status.turns and not await store.unfinished():
            raise AssertionError("it was killed before anybody was to be forgotten")
        say({"resumed": bool(await store.unfinished())})
        if not await marv.services.erasing.last_receipt(canaries.GUILD, canaries.MEMBER):
            if not await store.unfinished():
                await canaries.write_everywhere(marv)
                vectors = await canaries.vector_needles(marv)
                say({"vectors": {key: [each.hex() for each in v] for key, v in vectors.items()}})
                await marv.services.erasing.begin(
                    canaries.GUILD, canaries.MEMBER, ErasureReason.ASKED
                )
            finishing = asyncio.create_task(marv.services.erasing.resume())
            while waiting := await store.unfinished():
                if waiting[0].stage != stage:
                    say({"stage": (stage := waiting[0].stage)})
                await asyncio.sleep(0.001)
            await finishing
        receipt = await marv.services.erasing.last_receipt(canaries.GUILD, canaries.MEMBER)
        say({"receipt": receipt.as_json() if receipt else None})


async def serve(settings: Settings, models: Models) -> None:
    """Wait for SIGTERM as Marv on Discord does, then end while a burst of turns is queued."""
    async with open_marv(settings, models=models) as marv:
        await add_tides(marv)
        with stopped_by_signal(marv, patience_seconds=settings.stop_seconds):
            say(await state_of(marv))
            while not marv.is_closed():
                await asyncio.sleep(0.01)
        burst = [asyncio.create_task(add_turn(marv, number)) for number in range(BURST)]
        await asyncio.sleep(0)  # queued, not yet written
    say({"ids": await asyncio.gather(*burst)})


async def add_tides(marv: Marv) -> None:
    await marv.services.library.add_text(
        GUILD, title="Tides", text="The tide turns twice a day.", added_by=1
    )


async def add_turn(marv: Marv, number: int) -> TurnId:
    answer = Answer(text="Twice a day.", answered=True, language=Language.ENGLISH)
    draft = TurnDraft(
        guild_id=GUILD,
        channel_id=1,
        author_id=1,
        kind=TurnKind.ASK,
        provenance=Provenance.INTERACTION,
        question=f"Last question {number}?",
        answer=answer,
        persona="marv",
        persona_version="1",
        latency_seconds=0.0,
        cost_usd=0.0,
    )
    return await marv.services.ask.recorder.log.add(draft)


async def ask_forever(marv: Marv, member: int) -> None:
    """Ask, and tell each turn once Marv has acknowledged it."""
    asker = Asker(
        guild_id=GUILD,
        channel_id=1,
        author_id=member,
        provenance=Provenance.INTERACTION,
        viewer=sees_everything,
    )
    number = 0
    while True:
        question = f"When does the tide turn, asks {member} for the {number}th time?"
        async for progress in marv.services.ask.ask(asker, question):
            if progress.turn_id is not None:
                say({"id": progress.turn_id, "question": question})
        number += 1


async def state_of(marv: Marv) -> dict[str, Any]:
    """Return what the two stores hold, and what of it is broken."""
    engine = marv.services.library.ingest
    assert isinstance(engine.library, SqliteLibrary)
    database = engine.library.database
    stored = await engine.library.chunks(GUILD)
    documents = await stored_documents(database)
    words = {row["rowid"] for row in await database.rows("SELECT rowid FROM chunk_words")}
    turns = await database.rows("SELECT id, question FROM turns")
    return {
        "integrity": await database.integrity(),
        "differing": len(stored.keys() ^ (await engine.index.chunks(GUILD)).keys()),
        "half_written": sum(
            content_hash(document.title, document.chunks) != document.content_hash
            for document in documents
        ),
        "wordless": len(stored.keys() ^ words),
        "turns": [{"id": row["id"], "question": row["question"]} for row in turns],
        "hashes": sorted((document.source, document.content_hash) for document in documents),
        "children": [process.pid for process in psutil.Process().children(recursive=True)],
    }


async def stored_documents(database: Database) -> list[ParsedDocument]:
    """Return the documents as their rows say, the hash as it was written with them."""
    return [
        ParsedDocument(
            source=document["source"],
            title=document["title"],
            content_hash=document["content_hash"],
            chunks=tuple(
                Chunk(
                    ordinal=row["ordinal"],
                    heading=tuple(json.loads(row["heading"])),
                    text=row["text"],
                    tokens=row["tokens"],
                )
                for row in await database.rows(
                    "SELECT * FROM chunks WHERE document_id = ? ORDER BY ordinal",
                    (document["id"],),
                )
            ),
        )
        for document in await database.rows("SELECT * FROM documents")
    ]


def say(line: dict[str, Any]) -> None:
    """Write one line in one piece."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
