"""The supervised `chroma run`: started on a free loopback port, watched, restarted, stopped."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from httpx import AsyncClient, HTTPError

from bot.errors import IndexUnavailable

log = logging.getLogger(__name__)

START_SECONDS = 60.0
STOP_SECONDS = 5.0
HEARTBEAT_SECONDS = 5.0
MISSED_HEARTBEATS = 3
RESTART_DELAYS_SECONDS = (0.2, 1.0, 5.0, 15.0, 30.0)
HOST = "127.0.0.1"  # the Rust server has no authentication: never beyond loopback

# Linux: ask for SIGTERM when Marv dies, even by kill -9 (PR_SET_PDEATHSIG = 1, SIGTERM = 15)
CHILD = """
import sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 15)
from chromadb.cli.cli import app
app()
"""


@dataclass(slots=True)
class ChromaServer:
    """A `chroma run` child over one directory."""

    directory: Path
    port: int = 0
    _process: asyncio.subprocess.Process | None = None
    _watch: asyncio.Task[None] | None = None
    _log: Path = field(init=False)
    _claim: Path = field(init=False)

    def __post_init__(self) -> None:
        self._log = self.directory.with_suffix(".log")
        self._claim = self.directory.with_suffix(".pid")

    @property
    def url(self) -> str:
        """Return the address; it stays the same over restarts."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the child's process id."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the child and wait until it answers.

        Raises IndexUnavailable when it does not within a minute; it is then
        watched and started again all the same, until ``stop``.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self._stop_orphan)
        self.port = self.port or _free_port()
        try:
            await self._spawn()
        finally:
            self._watch = asyncio.create_task(self._keep_alive(), name="chroma-watch")

    async def stop(self) -> None:
        """Stop watching, then stop the child; idempotent."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._stop_process()
        self._claim.unlink(missing_ok=True)

    async def replace_directory(self, fresh: Path) -> None:
        """Stop, put ``fresh`` in the directory's place, and start again at the same address.

        The old directory is dropped. Raises IndexUnavailable when the child
        does not come back in time; it is watched and started again then.
        """
        await self.stop()
        try:
            await asyncio.to_thread(swap, fresh, self.directory)
        finally:
            try:
                await self._spawn()
            finally:
                self._watch = asyncio.create_task(self._keep_alive(), name="chroma-watch")

    async def _spawn(self) -> None:
        arguments = ["run", "--path", str(self.directory), "--host", HOST, "--port", str(self.port)]
        environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                CHILD,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,  # a Ctrl-C is for Marv, which stops Chroma last
            )
        started = psutil.Process(self._process.pid).create_time()
        self._claim.write_text(json.dumps({"pid": self._process.pid, "started": started}))
        await self._wait_until_healthy()

    async def _wait_until_healthy(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await healthy(self.url):
                    if self._process is not None and self._process.returncode is not None:
                        raise IndexUnavailable(f"Chroma ended at start; see {self._log.name}")
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise IndexUnavailable(f"Chroma did not start in {START_SECONDS:g} s") from error

    async def _keep_alive(self) -> None:
        """Restart the child whenever it dies or stops answering, ever more patiently."""
        failures = 0
        while True:
            await self._until_unwell()
            await self._stop_process()
            delay = RESTART_DELAYS_SECONDS[min(failures, len(RESTART_DELAYS_SECONDS) - 1)]
            log.warning("Chroma stopped; starting it again in %.1f s", delay)
            await asyncio.sleep(delay)
            try:
                await self._spawn()
            except IndexUnavailable as error:
                failures += 1
                log.error("Chroma did not come back: %s", error)  # noqa: TRY400 - said in one line
            else:
                failures = 0
                log.info("Chroma is back")

    async def _until_unwell(self) -> None:
        """Return when the child has ended or has missed its heartbeats."""
        missed = 0
        while self._process is not None and missed < MISSED_HEARTBEATS:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), HEARTBEAT_SECONDS)
                return
            missed = 0 if await healthy(self.url) else missed + 1

    async def _stop_process(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _stop_orphan(self) -> None:
        """Stop a child that an earlier Marv left behind: two on one path lose vectors."""
        try:
            claim = json.loads(self._claim.read_text())
            orphan = psutil.Process(int(claim["pid"]))
            if orphan.create_time() != claim["started"]:
                return  # the number was given to another program
        except (FileNotFoundError, ValueError, KeyError, psutil.NoSuchProcess):
            return
        log.warning("Stopping a Chroma that an earlier run left behind (pid %d)", orphan.pid)
        orphan.kill()
        orphan.wait(STOP_SECONDS)


async def healthy(url: str, *, api_key: str | None = None) -> bool:
    """Tell whether a Chroma server answers its heartbeat."""
    headers = {"x-chroma-token": api_key} if api_key else {}
    try:
        # verifying loads the system's certificates, on the event loop, at every heartbeat
        secure = url.startswith("https:")
        async with AsyncClient(timeout=2.0, trust_env=False, verify=secure) as client:
            answer = await client.get(f"{url}/api/v2/heartbeat", headers=headers)
    except HTTPError:
        return False
    return answer.is_success


@asynccontextmanager
async def running_chroma(directory: Path) -> AsyncIterator[ChromaServer]:
    """Yield a supervised server over ``directory``."""
    server = ChromaServer(directory=directory)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def beside(current: Path) -> tuple[Path, Path]:
    """Return where a new index is built, and where the old one goes while they change places."""
    # no dot: the log and the claim of a child are named by the directory's stem
    return current.with_name(f"{current.name}-new"), current.with_name(f"{current.name}-old")


def clear_beside(current: Path) -> None:
    """Drop what an exchange that was cut off has left."""
    for leftover in beside(current):
        shutil.rmtree(leftover, ignore_errors=True)


def swap(fresh: Path, current: Path) -> None:
    """Put a new index in the current one's place and drop that one."""
    old = beside(current)[1]
    if current.exists():
        current.rename(old)
    fresh.rename(current)
    shutil.rmtree(old, ignore_errors=True)
    for trace in (fresh.with_suffix(".log"), fresh.with_suffix(".pid")):
        trace.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
