"""Many commands at once, over a loopback Discord with real sockets, while Marv ingests.

``python -m tests.benchmarks.rush [COMMANDS]`` (default 200): Marv runs in a process of his own with
real stores and a slow fake model (a word every 0.1 s). Prints when commands were acknowledged,
how many expired, that each got exactly one final reply, and how much memory it took.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from pydantic import SecretStr

from bot.app import open_marv
from bot.errors import TooBusy
from bot.models import ChatDelta, ChatMessage, Language
from bot.opening import Models
from bot.settings import Settings
from cogs.delivery import WRITING_MARK
from tests.discord_server import (
    GUILD_ID,
    TOKEN,
    DiscordServer,
    point_discord_at,
    serving,
    wait_until,
)
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import PERSONAS

LIMIT_SECONDS = 3.0  # after which Discord gives an interaction up
INGESTED = 1500
PATIENCE_SECONDS = 240.0
FACT = "The tide turns twice a day, at six and at eighteen."
QUESTION = "When does the tide turn each day?"


@dataclass(slots=True)
class SlowChat(FakeChat):
    """Takes its time between words."""

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        async for delta in FakeChat.stream(
            self, messages, max_tokens=max_tokens, temperature=temperature
        ):
            await asyncio.sleep(0.1)
            yield delta


async def child(url: str, folder: Path) -> None:
    """Run Marv on the Discord at ``url``, and ingest meanwhile."""
    point_discord_at(url)
    settings = Settings(
        _env_file=None, data_dir=folder, discord_token=SecretStr(TOKEN), sync_guild=GUILD_ID
    )
    models = Models(
        chat=SlowChat(),
        embedder=FakeEmbedder(),
        counter=FakeCounter(),
        personas=PERSONAS,
    )
    async with open_marv(settings, models=models) as marv, marv:
        # one simulated member sends them all: what is measured is the crowd, not the rate of one
        await marv.services.settings.change(GUILD_ID, {"questions_per_minute": None}, changed_by=1)
        await marv.services.warm_up()  # as the runner does
        library = marv.services.library
        await library.add_text(GUILD_ID, title="Tides", text=FACT, added_by=1)
        ingest = asyncio.create_task(_ingest(library))
        await marv.start(TOKEN)
        ingest.cancel()


async def _ingest(library: object) -> None:
    for number in range(INGESTED):
        text = f"Berth {number} has rope of kind {number * 7 % 97} and a bollard. " * 20
        await library.add_text(GUILD_ID, title=f"Berth {number}", text=text, added_by=1)  # type: ignore[attr-defined]


def main() -> None:
    """Send the commands, wait for all replies, and print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.rush", "child", server.url, folder]
        process = subprocess.Popen(command)
        try:
            wait_until(lambda: server.commands, seconds=60)
            time.sleep(5)
            report(server, psutil.Process(process.pid), count)
        finally:
            process.terminate()
            process.wait(30)


def report(server: DiscordServer, process: psutil.Process, count: int) -> None:
    """Print the figures of one rush."""
    before = peak = process.memory_info().rss
    sent = [server.slash("ask", question=f"{QUESTION} ({n})") for n in range(count)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(finals(server).values()) < count and time.monotonic() < deadline:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.2)
    time.sleep(2)
    acknowledged = [each.at for each in server.asked("POST", "/callback")]
    waits = np.array(acknowledged) - np.array(sent[: len(acknowledged)])
    replies = finals(server)
    refused = sum(TooBusy.messages[Language.ENGLISH] in body_of(each) for each in server.requests)
    print(
        f"{count} commands, {len(acknowledged)} acknowledged, {len(server.violations)} violations"
    )
    for violation in server.violations:
        print(f"  {violation}")
    print(
        f"first acknowledgement: p50 {np.median(waits):.2f} s, "
        f"p99 {np.quantile(waits, 0.99):.2f} s, max {waits.max():.2f} s, "
        f"{int((waits > LIMIT_SECONDS).sum())} expired"
    )
    print(
        f"final replies a command: {dict(Counter(replies.values()))}, "
        f"{count - len(replies)} without, {refused} polite refusals"
    )
    print(
        f"all answered after {time.monotonic() - sent[0] - 2:.1f} s; memory "
        f"{before / 2**20:.0f} MiB before, {peak / 2**20:.0f} at its peak"
    )


NOTICE = "Before we get attached"  # of privacy, at the first contact: no reply to the question


def finals(server: DiscordServer) -> Counter[str]:
    """Return how many final replies each interaction's token got."""
    return Counter(
        each.path.split("/")[3]
        for each in server.requests
        if each.path.startswith("/webhooks/")
        and not body_of(each).endswith(WRITING_MARK)
        and NOTICE not in body_of(each)
    )


def body_of(request: object) -> str:
    """Return the content of a message as it came in."""
    body = getattr(request, "body", None)
    return str(body.get("content") or "") if isinstance(body, dict) else ""


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        asyncio.run(child(sys.argv[2], Path(sys.argv[3])))
    else:
        main()
