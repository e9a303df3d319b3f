"""The lock that keeps a second process off the data directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import AlreadyRunning, ConfigurationError


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Hold the directory's lock; the system frees it when the process dies, however it dies.

    Raises AlreadyRunning, with the number of the process that holds it, and
    ConfigurationError when the directory cannot be written.
    """
    owner = directory / "marv.pid"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "marv.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunning(
            f"Marv is already running on {directory.name} (process {_read(owner)}): stop it"
            " first, or use the same command in Discord."
        ) from error
    except OSError as error:
        raise ConfigurationError(f"MARV_DATA_DIR: {directory.name} cannot be written.") from error
    try:
        owner.write_text(str(os.getpid()))
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _read(owner: Path) -> str:
    try:
        return owner.read_text()
    except OSError:
        return "unknown"
