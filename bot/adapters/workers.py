"""A process of its own for arithmetic that would hold up the event loop, ended when cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from contextvars import Context
from pathlib import Path
from typing import TypeVar, cast

from bot.faults.exploring import AnalysisBroke

log = logging.getLogger(__name__)
T = TypeVar("T")

LENGTH_BYTES = 8
IDLE_SECONDS = 60.0  # after which the process ends: it holds 150 MB
_SLICE = 1024 * 1024
_COMMAND = (sys.executable, "-P", "-m", "bot.adapters.worker_process")
_ROOT = Path(__file__).parents[2]
# What Python, scientific libraries and fonts need of the environment: none of Marv's secrets
_PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "MPLCONFIGDIR",
    "SYSTEMROOT",
    "USERPROFILE",
    "LOCALAPPDATA",
)
# One core is left to everything else; threads that wait by spinning would take it
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_BROKEN = (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError)


class ProcessWorker:
    """Fulfils ``bot.ports.exploring.Worker``: keeps a child for a minute, kills it on cancel.

    The child is one of ours and gets what it computes from us alone, so that
    objects travel pickled.
    """

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._lock = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._killed = False  # the child, whose end may not be known yet
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return what ``function`` makes of ``arguments``, in the child.

        Raises AnalysisBroke when the child ends before it has answered.
        """
        job = await asyncio.to_thread(pickle.dumps, (function, arguments), 5)
        async with self._lock:
            self._stay()
            child = await self._running()
            answered = False
            try:
                await _send(child, job)
                answer = await _receive(child)
                answered = True
            except _BROKEN as error:
                raise AnalysisBroke(f"{function!r} ended the worker") from error
            finally:
                if not answered:
                    await asyncio.shield(self._stop())
                self._leave_later()
        result = await asyncio.to_thread(pickle.loads, answer)
        return cast("T", result)

    async def close(self) -> None:
        """End the child, and with it what it is computing."""
        self._stay()
        self._kill()
        async with self._lock:
            await self._stop()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None and not self._killed:
            return self._child
        await self._stop()
        self._killed = False
        self._child = await asyncio.create_subprocess_exec(
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(os.environ),
            start_new_session=True,  # a Ctrl-C in the terminal is for Marv
        )
        return self._child

    def _leave_later(self) -> None:
        """End the child once nobody has needed it for a while."""
        loop = asyncio.get_running_loop()
        # in a context of its own: it is no part of the request that needed the child last
        self._timer = Context().run(loop.call_later, self._idle_seconds, self._kill)

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _stop(self) -> None:
        self._kill()
        child, self._child = self._child, None
        if child is not None:
            await child.communicate()  # also lets the pipes close

    def _kill(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._killed = True
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()


async def _send(child: asyncio.subprocess.Process, job: bytes) -> None:
    if child.stdin is None:
        raise BrokenPipeError
    child.stdin.write(len(job).to_bytes(LENGTH_BYTES, "big"))
    for start in range(0, len(job), _SLICE):  # so that a large job does not hold up the loop
        child.stdin.write(memoryview(job)[start : start + _SLICE])
        await child.stdin.drain()


async def _receive(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise BrokenPipeError
    size = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES), "big")
    return await child.stdout.readexactly(size)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what the child needs of our environment, and none of our secrets."""
    own = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return own | _ONE_THREAD | {name: ours[name] for name in _PASSED if name in ours}
