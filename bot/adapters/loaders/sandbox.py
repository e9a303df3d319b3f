"""Reads untrusted files in a child process that may break without breaking Marv."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.adapters.loaders import protocol
from bot.adapters.loaders.exchange import receive, send
from bot.models import ParsedDocument
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason

log = logging.getLogger(__name__)

_WORKER = (sys.executable, "-P", "-m", "bot.adapters.loaders.worker")
_ROOT = Path(__file__).parents[3]
_GRACE_SECONDS = 1  # between our limit and the child's own alarm
_CHILD_BROKE = (
    protocol.ProtocolBroken,
    asyncio.IncompleteReadError,
    BrokenPipeError,
    ConnectionResetError,
)


class SandboxedParser:
    """A ``DocumentParser`` that keeps one warm child, and replaces it when a file breaks it."""

    def __init__(
        self,
        *,
        model: str = "",
        time_limit_seconds: float = 20.0,
        worker: Sequence[str] = _WORKER,
    ) -> None:
        self._model = model
        self._time_limit_seconds = time_limit_seconds
        self._worker = worker
        self._lock = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    async def parse(
        self, content: bytes, *, source: str, suffix: str = ""
    ) -> tuple[ParsedDocument, ...]:
        """Return the documents that a file holds; files wait for one another.

        Raises DocumentRefused, also when the child crashes or runs out of time or memory.
        """
        if len(content) > MAX_FILE_BYTES:
            raise DocumentRefused(
                source, RefusalReason.TOO_LARGE, f"over {MAX_FILE_BYTES >> 20} MB"
            )
        async with self._lock:
            child = await self._running_child()
            in_step = False  # until the child has answered in full
            try:
                async with asyncio.timeout(self._time_limit_seconds):
                    await send(child, content, source, suffix)
                    documents, last = await receive(child, source)
                in_step = not last
            except TimeoutError as error:
                raise DocumentRefused(source, RefusalReason.TOO_SLOW) from error
            except _CHILD_BROKE as error:
                raise await self._verdict(child, source) from error
            finally:
                if not in_step:
                    await asyncio.shield(self._stop())
        if isinstance(documents, DocumentRefused):
            raise documents
        return documents

    async def close(self) -> None:
        """Stop the child, and with it a file that is being read."""
        self._kill()
        async with self._lock:
            await self._stop()

    async def _running_child(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        await self._stop()
        alarm = str(math.ceil(self._time_limit_seconds) + _GRACE_SECONDS)
        self._child = await asyncio.create_subprocess_exec(
            *self._worker,
            *(str(os.getpid()), alarm, self._model),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_bare_environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for Marv
        )
        return self._child

    async def _verdict(self, child: asyncio.subprocess.Process, source: str) -> DocumentRefused:
        """Say why a child that stopped making sense did so."""
        await self._stop()
        log.warning("The document reader broke (status %s)", child.returncode)
        if sys.platform != "win32" and child.returncode == -signal.SIGALRM:
            return DocumentRefused(source, RefusalReason.TOO_SLOW)
        return DocumentRefused(source, RefusalReason.BROKEN)

    async def _stop(self) -> None:
        self._kill()
        child, self._child = self._child, None
        if child is not None:
            await child.communicate()  # also lets the pipes close

    def _kill(self) -> None:
        if self._child is None or self._child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._child.kill()
            else:
                # Popen.kill would first reap a dead child, and asyncio never learn how it died
                os.kill(self._child.pid, signal.SIGKILL)


def _bare_environment() -> dict[str, str]:
    """Return what Python needs to start, and none of Marv's secrets."""
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    if sys.platform == "win32":
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    return environment
