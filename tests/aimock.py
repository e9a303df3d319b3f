"""The npm package ``@copilotkit/aimock`` as a provider of fine-tunes, behind a door that can fail.

Its own server keeps the files and the jobs. The door passes everything on, and
goes wrong where a test says so, just as the loopback server of ours does.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.loopback import threaded
from tests.tuning_faults import WIND_DOWN, TuningFaults, refused

PROGRAM = Path(__file__).parent / "npm" / "node_modules" / ".bin" / "aimock"
JOBS, FILES = "/v1/fine_tuning/jobs", "/v1/files"
HOP_BY_HOP = ("Host", "Content-Length", "Transfer-Encoding", "Connection")
SECONDS_TO_START = 30.0


@dataclass(slots=True, kw_only=True)
class Aimock:
    """The door: where it is, and how it behaves."""

    address: str  # of the package's own server
    tuning: TuningFaults = field(default_factory=TuningFaults)
    port: int = 0

    @property
    def url(self) -> str:
        """Return the base URL for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    def app(self) -> web.Application:
        """Return the one route."""
        app = web.Application(client_max_size=64 * 2**20)
        app.cleanup_ctx.append(self._session)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        return app

    async def _session(self, app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as session:
            app[SESSION] = session
            yield

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        async with request.app[SESSION].request(
            request.method,
            f"{self.address}{request.path_qs}",
            data=await request.read(),
            headers=headers,
        ) as answer:
            body = await answer.read()
            status, kind = answer.status, answer.content_type
        if request.method == "POST" and status == 200:
            self.tuning.uploads += request.path == FILES
            if request.path == JOBS:
                self.tuning.creations += 1
                self.tuning.lose(request)
        return web.Response(body=body, status=status, content_type=kind)

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.path == JOBS:
            if request.method == "POST" and self.tuning.refuses_newcomers:
                return refused(403, WIND_DOWN)
            if request.method == "GET" and self.tuning.breaks_lists_after_create:
                return refused(500, "Something broke.") if self.tuning.creations else None
        elif request.method == "GET" and request.path.rpartition("/")[0] == JOBS:
            return self.tuning.endpoint.refusal()
        return None


SESSION: web.AppKey[ClientSession] = web.AppKey("session", ClientSession)


@contextmanager
def aimock_program(folder: Path, *models: str) -> Iterator[str]:
    """Run the package's server, which knows some models; its address.

    Skips the test where it is not installed.
    """
    if not PROGRAM.exists():
        pytest.skip("no aimock: `make test-servers` installs it, by npm")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fixtures, config = folder / "fixtures.json", folder / "aimock.json"
    known = [{"match": {"model": name}, "response": {"content": "-"}} for name in models]
    fixtures.write_text(json.dumps({"fixtures": known}))
    config.write_text(json.dumps({"llm": {"fixtures": str(fixtures)}}))
    process = subprocess.Popen(
        [str(PROGRAM), "--config", str(config), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def aimock_door(address: str) -> Iterator[Aimock]:
    """Open a door before the package's server."""
    door = Aimock(address=address)
    with threaded(door.app(), name="aimock-door") as door.port:
        yield door


def _wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
