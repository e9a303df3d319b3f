"""Exports on the disk: what of them has to go when a member is forgotten."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.erasure import TaintedFile
from bot.ports.erasure import ExportLedger

PREFIX = "marv"


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What became of the files."""

    rewritten: int = 0
    deleted: int = 0
    lost: int = 0  # no longer where they were written


def export_name(guild_id: int, moment: datetime) -> str:
    """Return the name of an export's file."""
    return f"{PREFIX}-{guild_id}-{moment:%Y%m%dT%H%M%SZ}.jsonl"


def manifest_path(path: Path) -> Path:
    """Return where an export's manifest is."""
    return path.with_name(f"{path.name}.manifest.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFiles:
    """Takes erased lines out of the files that Marv wrote."""

    ledger: ExportLedger
    directory: Path

    async def clean(self, guild_id: int) -> FileReport:
        """Rewrite the guild's exports without the erased lines; one without lines is deleted.

        A file in the exports directory that nobody knows the lines of is deleted too.
        """
        report = FileReport()
        for file in await self.ledger.tainted(guild_id):
            await asyncio.to_thread(_without, file, report)
            await self.ledger.cleaned(file.id)
        known = {Path(path) for path in await self.ledger.paths(guild_id)}
        await asyncio.to_thread(self._delete_unknown, guild_id, known, report)
        return report

    def _delete_unknown(self, guild_id: int, known: set[Path], report: FileReport) -> None:
        for path in self.directory.glob(f"{PREFIX}-{guild_id}-*.jsonl"):
            if path not in known:
                _delete(path)
                report.deleted += 1
        for unfinished in self.directory.glob(f"{PREFIX}-{guild_id}-*.part"):
            unfinished.unlink(missing_ok=True)


def _without(file: TaintedFile, report: FileReport) -> None:
    """Rewrite a file without some lines; done again, it changes nothing."""
    path = Path(file.path)
    if not path.exists():
        report.lost += 1
        return
    kept, digest = 0, hashlib.sha256()
    unfinished = path.with_name(f"{path.name}.part")
    with path.open("rb") as old, unfinished.open("wb") as new:
        for line in old:
            if hashlib.sha256(line).hexdigest() not in file.lines:
                new.write(line)
                digest.update(line)
                kept += 1
    if not kept:
        unfinished.unlink()
        _delete(path)
        report.deleted += 1
        return
    unfinished.replace(path)
    _note(manifest_path(path), rows=kept, sha256=digest.hexdigest())
    report.rewritten += 1


def _note(path: Path, *, rows: int, sha256: str) -> None:
    """Let a manifest say what its file is now."""
    if path.exists():
        manifest = json.loads(path.read_text("utf-8"))
        manifest |= {"rows": rows, "sha256": sha256, "erased_at": datetime.now(UTC).isoformat()}
        path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)
    manifest_path(path).unlink(missing_ok=True)
