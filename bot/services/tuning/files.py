"""The files that a trainer reads: members' words, on disk only while a job is being made."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from bot.dataset import Format, Row, Split, VersionId
from bot.ports import TokenCounter
from bot.ports.dataset import VersionReader
from bot.services.dataset_lines import chat_line, preference_line
from bot.services.freezing.out import fits
from bot.tuning import Method

MESSAGE_TOKENS = 3  # around each message, as OpenAI's cookbook counts them; another 3 a line
PREFIX = "files-"
FORMATS = {Method.SUPERVISED: Format.CHAT, Method.DPO: Format.PREFERENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How much there is to learn from; ``tokens`` are those of an epoch."""

    rows: int
    validation_rows: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFiles:
    """Writes a version's rows for a trainer, and takes them away again."""

    versions: VersionReader
    directory: Path
    counter_of: Callable[[str], TokenCounter]

    async def measure(self, version_id: VersionId, method: Method, model: str) -> Measured:
        """Count what may be used of a version now, as a model's tokens."""
        counter = self.counter_of(model)
        rows = [row async for row in self._rows(version_id, Split.TRAIN, method)]
        validation = [row async for row in self._rows(version_id, Split.VALIDATION, method)]
        tokens = await asyncio.to_thread(lambda: sum(_tokens(row, method, counter) for row in rows))
        return Measured(rows=len(rows), validation_rows=len(validation), tokens=tokens)

    @asynccontextmanager
    async def written(
        self, version_id: VersionId, method: Method
    ) -> AsyncIterator[tuple[Path, Path | None]]:
        """Yield the training file and, where there are rows for one, the validation file."""
        async with self.folder() as folder:
            training = folder / "train.jsonl"
            await self._write(training, version_id, Split.TRAIN, method)
            validation = folder / "validation.jsonl"
            some = await self._write(validation, version_id, Split.VALIDATION, method)
            yield training, (validation if some else None)

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """Yield an empty folder that is deleted afterwards, at the latest at the next start."""
        folder = await asyncio.to_thread(self._folder)
        try:
            yield folder
        finally:
            await asyncio.to_thread(shutil.rmtree, folder)

    def sweep(self) -> None:
        """Delete what a kill left."""
        for folder in self.directory.glob(f"{PREFIX}*"):
            shutil.rmtree(folder)

    def _folder(self) -> Path:
        self.directory.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=PREFIX, dir=self.directory))

    async def _write(self, path: Path, version_id: VersionId, split: Split, method: Method) -> bool:
        line = chat_line if method is Method.SUPERVISED else preference_line
        lines = [line(row) async for row in self._rows(version_id, split, method)]
        await asyncio.to_thread(path.write_bytes, b"".join(lines))
        return bool(lines)

    async def _rows(
        self, version_id: VersionId, split: Split, method: Method
    ) -> AsyncIterator[Row]:
        async for row in self.versions.rows(version_id, split):
            if fits(row, FORMATS[method]):
                yield row


def _tokens(row: Row, method: Method, counter: TokenCounter) -> int:
    texts = [message.content for message in row.messages]
    if method is Method.DPO and row.rejected is not None:
        texts.append(row.rejected)
    return 3 + sum(MESSAGE_TOKENS + counter.count(text) for text in texts)
