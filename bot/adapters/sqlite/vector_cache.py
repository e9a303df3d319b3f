"""Vectors of an operator's own tables, in a file beside the database that may be deleted.

Nothing of members' goes in here: their texts must be forgettable.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from bot.adapters.sqlite.database import batches, marks
from bot.errors import StoreFailed
from bot.models import EmbeddingSpace
from bot.ports.models import Vectors

T = TypeVar("T")
MOST = 300_000  # vectors, 600 MB at 512 dimensions; the oldest go first
BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class SqliteVectorCache:
    """Fulfils ``bot.ports.exploring.VectorCache``; any process may use the same file."""

    path: Path

    async def get(self, space: EmbeddingSpace, digests: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are there, float32 as they were put."""

        def work(connection: sqlite3.Connection) -> dict[str, Vectors]:
            found: dict[str, Vectors] = {}
            for batch in batches(dict.fromkeys(digests)):
                rows = connection.execute(
                    "SELECT digest, vector FROM vectors WHERE space = ?"  # noqa: S608 - marks only
                    f" AND digest IN ({marks(batch)})",
                    (space.key, *batch),
                )
                found.update((digest, np.frombuffer(blob, dtype="<f4")) for digest, blob in rows)
            return found

        return await asyncio.to_thread(self._with, work)

    async def put(self, space: EmbeddingSpace, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors."""
        values = [
            (space.key, digest, vector.astype("<f4").tobytes())
            for digest, vector in vectors.items()
        ]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors (space, digest, vector) VALUES (?, ?, ?)", values
            )
            connection.execute(
                "DELETE FROM vectors WHERE id <= (SELECT max(id) FROM vectors) - ?", (MOST,)
            )

        await asyncio.to_thread(self._with, work)

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in a transaction of its own."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (
                closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection,
                connection,
            ):
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                    " space TEXT NOT NULL, digest TEXT NOT NULL, vector BLOB NOT NULL,"
                    " UNIQUE (space, digest)) STRICT"
                )
                return work(connection)
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(
                f"the cache of vectors {self.path.name} cannot be used ({error}); it may be deleted"
            ) from error
