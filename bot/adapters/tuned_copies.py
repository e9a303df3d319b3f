"""Copies of the models that were trained on this machine, for a backup: never of rows."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from bot.adapters.tuning_folder import JobFolder

SUFFIX = ".models"
KEPT = ("job.json", "events.jsonl", "adapter.gguf", "checkpoints")


def beside(backup: Path) -> Path:
    """Return where the models of a backup lie."""
    return backup.with_name(backup.name + SUFFIX)


def copy_models(jobs: Path, target: Path) -> int:
    """Copy the jobs that made a model and are not in the target yet; return how many.

    A copy appears whole, so that a cut one is made again.
    """
    copied = 0
    for path in sorted(jobs.glob("*")):
        folder = JobFolder(path=path)
        there = target / path.name
        if not folder.adapter.is_file() or not folder.exists() or there.exists():
            continue
        unfinished = target / f".{path.name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(path, unfinished, ignore=partial(_others, path))
        unfinished.rename(there)
        copied += 1
    return copied


def _others(job: Path, where: str, names: list[str]) -> list[str]:
    """Return what of a job's own folder is not copied; its checkpoints are taken whole."""
    return [name for name in names if name not in KEPT] if Path(where) == job else []
