"""What was computed: kept in memory for a while, or in files that may be deleted."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
MOST = 32
KEPT_SECONDS = 600.0
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class RecentResults:
    """Fulfils ``bot.ports.exploring.Results`` in memory, for ten minutes.

    A result holds row numbers and words of the texts, so that it is not kept for longer.
    """

    _kept: OrderedDict[str, tuple[float, object]] = field(default_factory=OrderedDict)

    async def get(self, key: str, kind: type[T]) -> T | None:
        """Return a result that is not too old."""
        self._drop_old()
        found = self._kept.get(key)
        return None if found is None else cast("T", found[1])

    async def put(self, key: str, kind: type[T], result: T) -> None:
        """Keep a result."""
        self._kept[key] = (time.time(), result)
        self._drop_old()

    def _drop_old(self) -> None:
        while self._kept:
            key, (kept_at, _) = next(iter(self._kept.items()))
            if len(self._kept) <= MOST and time.time() - kept_at < KEPT_SECONDS:
                return
            del self._kept[key]


@dataclass(frozen=True, slots=True)
class FiledResults:
    """Fulfils ``bot.ports.exploring.Results`` in a folder, for an operator's own tables."""

    directory: Path

    async def get(self, key: str, kind: type[T]) -> T | None:
        """Return a result; one that does not make sense is as good as none."""

        def work() -> T | None:
            path = self.directory / f"{key}.json"
            if not path.is_file():
                return None
            try:
                return TypeAdapter(kind).validate_json(path.read_bytes())
            except ValidationError:
                return None

        return await asyncio.to_thread(work)

    async def put(self, key: str, kind: type[T], result: T) -> None:
        """Keep a result in place of the oldest ones."""

        def work() -> None:
            self.directory.mkdir(parents=True, exist_ok=True)
            new = self.directory / f"{key}.part"
            new.write_bytes(TypeAdapter(kind).dump_json(result))
            new.replace(self.directory / f"{key}.json")
            files = sorted(self.directory.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for old in files[:-MOST_FILES]:
                old.unlink(missing_ok=True)

        await asyncio.to_thread(work)
