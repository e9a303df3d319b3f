"""Export many turns in constant memory, and freeze a part of them twice.

``python -m tests.benchmarks.big_export [TURNS] [FROZEN]`` (100,000 and 10,000): real SQLite. Prints
the seconds, the memory beyond what was there, the ratio to writing the same rows as JSON plainly
(without reading, deciding, redacting or hashing), and whether two versions have one digest.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import aiosqlite

from bot.adapters.sqlite import SqliteConsents, SqliteTurns
from bot.adapters.sqlite.database import Database, open_database
from bot.consent import Door, Scope
from bot.dataset import FreezeOptions
from tests.benchmarks.consent_in_exports import GUILD, draft, versions_of
from tests.naming import name_book

MEMBERS = 500


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def fill(database: Database, turns: int) -> None:
    """Log one turn as Marv does, and copy it with other words by SQL, which is quick."""
    book = name_book(database)
    for member in range(1, MEMBERS + 1):
        await book.learn(GUILD, member, (f"Captain{member} Vale", f"船長{member}"))
        await SqliteConsents(database).decide(GUILD, member, Scope.TRAINING, door=Door.COMMAND)
    await SqliteTurns(database).add(draft(1, 0, None))
    [first] = await database.rows("SELECT * FROM turns")
    columns = [
        name for name in dict(first) if name not in ("id", "author_id", "question", "answer")
    ]
    named = ", ".join(columns)

    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f" INSERT INTO turns ({named}, author_id, question, answer) SELECT {named},"
            f" 1 + i % {MEMBERS},"
            " 'What about ' || hex(randomblob(6)) || ' and Captain' || (1 + i % 500) || '?',"
            " 'It is like ' || hex(randomblob(8)) || ', number ' || i || ', as everybody knows.'"
            " FROM turns, n WHERE id = 1",
            (turns - 1,),
        )

    await database.write(work)


async def export(folder: Path, turns: int) -> dict[str, object]:
    """Export everything once."""
    async with open_database(folder / "export.sqlite3") as database:
        await fill(database, turns)
        versions = versions_of(database)
        path = folder / "out.jsonl"
        before, started = megabytes(), time.perf_counter()
        manifest = await versions.export.write(GUILD, path)
        seconds, peak = time.perf_counter() - started, megabytes()
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    started = time.perf_counter()
    with (folder / "plain.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    plain = time.perf_counter() - started
    return {
        "turns": turns,
        "rows": manifest.rows,
        "seconds": round(seconds, 1),
        "rows_a_second": round(manifest.rows / seconds),
        "memory_before_mb": round(before),
        "memory_added_mb": round(peak - before, 1),
        "ratio_to_plain_json": round(seconds / plain, 1),
    }


async def freeze(folder: Path, turns: int) -> dict[str, object]:
    """Freeze the same database twice."""
    async with open_database(folder / "freeze.sqlite3") as database:
        await fill(database, turns)
        versions = versions_of(database)
        before, started = megabytes(), time.perf_counter()
        first = await versions.freeze(GUILD, "one", by=0, options=FreezeOptions())
        seconds, peak = time.perf_counter() - started, megabytes()
        second = await versions.freeze(GUILD, "two", by=0, options=FreezeOptions())
    return {
        "turns": turns,
        "rows": dict(first.rows),
        "seconds": round(seconds, 1),
        "memory_added_mb": round(peak - before, 1),
        "same_sha256": first.sha256 == second.sha256,
        "sha256": first.sha256[:16],
    }


def main() -> None:
    """Export, then freeze; each in a fresh folder."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    frozen = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({"export": asyncio.run(export(Path(folder), turns))}), flush=True)
        print(json.dumps({"freeze": asyncio.run(freeze(Path(folder), frozen))}), flush=True)


if __name__ == "__main__":
    main()
