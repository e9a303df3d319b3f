"""Checks a server's own data set: a frozen version, or what freezing now would give."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dataset import Format, FreezeOptions, Row, Split, VersionId
from bot.findings import Report
from bot.models import TurnId
from bot.ports import Embedder, TurnLog
from bot.ports.tuning import TuningJobStore
from bot.services.checks.checker import CounterOf, DatasetCheck, Question
from bot.services.checks.persona_score import RemarkScorer
from bot.services.dataset_lines import chat_line
from bot.services.freezing.out import fits
from bot.services.freezing.seed import SeedExample
from bot.services.freezing.versions import Versions
from bot.services.tuning.files import TrainingFiles
from bot.tuning import CANCELLED, FAILED


@dataclass(frozen=True, slots=True)
class _Jobs:
    """Fulfils ``TrainedBefore`` for the file of one version."""

    store: TuningJobStore
    guild_id: int
    version_id: VersionId | None

    async def job(self, sha256: str) -> str | None:
        """Return the job that learnt, or learns, from the version."""
        for job in await self.store.jobs(self.guild_id):
            if job.version_id == self.version_id and job.status not in (FAILED, CANCELLED):
                return f"#{job.id} ({job.options.model})"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChecking:
    """Writes a data set where nobody else reads, has it checked, and deletes it."""

    versions: Versions
    files: TrainingFiles
    jobs: TuningJobStore
    log: TurnLog
    counter_of: CounterOf
    embedder: Embedder
    examples: Sequence[SeedExample]

    async def check(self, guild_id: int, name: str | None, *, model: str) -> Report:
        """Return what there is to say; without a name, of what freezing now would give.

        Raises VersionUnknown and NothingToFreeze.
        """
        version_id, rows, left_out = await self._rows(guild_id, name)
        checker = DatasetCheck(
            counter_of=self.counter_of,
            embedder=self.embedder,
            scorer=self._scorer(),
            trained=_Jobs(self.jobs, guild_id, version_id),
            redactor=(await self.versions.export.cleaning(guild_id)).redactor,
        )
        async with self.files.folder() as folder:
            parts = {
                split: await asyncio.to_thread(_write, folder / f"{split}.jsonl", rows, split)
                for split in Split
            }
            question = Question(
                path=folder / f"{Split.TRAIN}.jsonl",
                validation=parts[Split.VALIDATION],
                golden=parts[Split.GOLDEN],
                model=model,
                left_out=left_out,
                authors=await self._authors(guild_id, rows),
            )
            return await checker.check(question)

    async def _rows(
        self, guild_id: int, name: str | None
    ) -> tuple[VersionId | None, list[Row], Mapping[str, int]]:
        if name is None:
            rows, left_out = await self.versions.rows_now(guild_id, FreezeOptions())
            return None, rows, left_out
        version = await self.versions.named(guild_id, name)
        rows = [row async for row in self.versions.store.rows(version.id)]
        return version.id, rows, version.header["left_out"]

    async def _authors(self, guild_id: int, rows: Sequence[Row]) -> Mapping[int, int]:
        """Return whose question a line of the training part is, where it is a member's."""
        authors = {}
        for line, row in enumerate(_of(rows, Split.TRAIN), start=1):
            if row.turn_id is not None:
                turn = await self.log.by_id(guild_id, TurnId(row.turn_id))
                if turn is not None:
                    authors[line] = turn.author_id
        return authors

    def _scorer(self) -> RemarkScorer:
        return RemarkScorer.of(
            [each.reply.replace(each.facts, " ") for each in self.examples],
            [text for each in self.examples for text in (each.facts, each.question)],
        )


def _of(rows: Sequence[Row], split: Split) -> list[Row]:
    return [row for row in rows if row.split is split and fits(row, Format.CHAT)]


def _write(path: Path, rows: Sequence[Row], split: Split) -> Path | None:
    chosen = _of(rows, split)
    path.write_bytes(b"".join(map(chat_line, chosen)))
    return path if chosen else None
