"""Fine-tuning jobs and what they told, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.dataset import VersionId
from bot.tuning import (
    ENDED,
    JobId,
    Method,
    TuningEvent,
    TuningJob,
    TuningOptions,
)

_JOBS = (
    "SELECT j.*, v.name AS version FROM tuning_jobs j"
    " JOIN dataset_versions v ON v.id = j.version_id WHERE"
)
_OVER = ", ".join(f"'{status}'" for status in sorted(ENDED))


@dataclass(frozen=True, slots=True)
class SqliteTuningJobs:
    """Fulfils ``bot.ports.tuning.TuningJobStore``."""

    database: Database

    async def add(self, job: TuningJob) -> TuningJob:
        """Write a new job down, or return the one that has its key."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "INSERT OR IGNORE INTO tuning_jobs (guild_id, key, trainer, version_id, options,"
                " status, channel_id, started_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    job.guild_id,
                    job.key,
                    job.trainer,
                    job.version_id,
                    json.dumps(job.options.as_json()),
                    job.status,
                    job.channel_id,
                    job.started_by,
                    job.created_at.isoformat(),
                ),
            )

        await self.database.write(work)
        [row] = await self.database.rows(f"{_JOBS} j.key = ?", (job.key,))
        return _job(row)

    async def save(self, job: TuningJob) -> None:
        """Write what changed about a job."""
        finished = None if job.finished_at is None else job.finished_at.isoformat()
        await self._write(
            "UPDATE tuning_jobs SET status = ?, trainer_id = ?, fine_tuned_model = ?, error = ?,"
            " trained_tokens = ?, finished_at = ? WHERE id = ?",
            job.status,
            job.trainer_id,
            job.fine_tuned_model,
            job.error,
            job.trained_tokens,
            finished,
            job.id,
        )

    async def job(self, guild_id: int, job_id: JobId) -> TuningJob | None:
        """Return a guild's job."""
        rows = await self.database.rows(f"{_JOBS} j.guild_id = ? AND j.id = ?", (guild_id, job_id))
        return _job(rows[0]) if rows else None

    async def jobs(self, guild_id: int) -> tuple[TuningJob, ...]:
        """Return a guild's jobs, the newest first."""
        rows = await self.database.rows(f"{_JOBS} j.guild_id = ? ORDER BY j.id DESC", (guild_id,))
        return tuple(map(_job, rows))

    async def unended(self) -> tuple[TuningJob, ...]:
        """Return jobs that may still change, and those nobody was told the end of."""
        rows = await self.database.rows(
            f"{_JOBS} j.told_at IS NULL OR j.status NOT IN ({_OVER}) ORDER BY j.id"
        )
        return tuple(map(_job, rows))

    async def shown(self, job_id: JobId, message_id: int) -> None:
        """Remember the message that shows a job's progress."""
        await self._write("UPDATE tuning_jobs SET message_id = ? WHERE id = ?", message_id, job_id)

    async def told(self, job_id: JobId, at: datetime) -> None:
        """Remember that the end of a job was announced."""
        await self._write("UPDATE tuning_jobs SET told_at = ? WHERE id = ?", at.isoformat(), job_id)

    async def keep_events(self, job_id: JobId, events: Sequence[TuningEvent]) -> int:
        """Keep events that are not kept yet, by their ids; return how many were new."""

        async def work(connection: aiosqlite.Connection) -> int:
            cursor = await connection.executemany(
                "INSERT OR IGNORE INTO tuning_events (job_id, event_id, at, level, message, data)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        job_id,
                        event.id,
                        event.at.isoformat(),
                        event.level,
                        event.message,
                        json.dumps(dict(event.data)),
                    )
                    for event in events
                ],
            )
            return max(0, cursor.rowcount)

        return await self.database.write(work) if events else 0

    async def events(self, job_id: JobId) -> tuple[TuningEvent, ...]:
        """Return the kept events, the oldest first."""
        rows = await self.database.rows(
            "SELECT * FROM tuning_events WHERE job_id = ? ORDER BY at, rowid", (job_id,)
        )
        return tuple(
            TuningEvent(
                id=row["event_id"],
                at=datetime.fromisoformat(row["at"]),
                level=row["level"],
                message=row["message"],
                data=json.loads(row["data"]),
            )
            for row in rows
        )

    async def _write(self, sql: str, *values: str | int | None) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)


def _job(row: Row) -> TuningJob:
    options = json.loads(row["options"])
    finished = row["finished_at"]
    return TuningJob(
        id=JobId(row["id"]),
        guild_id=row["guild_id"],
        key=row["key"],
        trainer=row["trainer"],
        version_id=VersionId(row["version_id"]),
        version=row["version"],
        options=TuningOptions(**{**options, "method": Method(options["method"])}),
        status=row["status"],
        trainer_id=row["trainer_id"],
        fine_tuned_model=row["fine_tuned_model"],
        error=row["error"],
        trained_tokens=row["trained_tokens"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        started_by=row["started_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        finished_at=None if finished is None else datetime.fromisoformat(finished),
    )
