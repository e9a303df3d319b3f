"""Send hostile texts through Marv's doors to a loopback Discord, and count what would ping.

``python -m tests.benchmarks.mentions [DATA]``: each text goes out by a send and by an edit, as an
answer's preview and end do, over real sockets. Discord pings for what a body's
``allowed_mentions`` lets it parse; the control counts the bodies that would ping without it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import discord

from bot.services.splitting import split_message
from cogs.delivery import preview
from cogs.doors import channel_edit
from tests.discord_server import CHANNEL_ID, TOKEN, DiscordServer, Json, serving
from tests.hostile_mentions import PINGS, hostile_texts

TEXTS = 2000


async def main() -> None:
    """Send them all, and print what arrived."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    texts = list(islice(_texts(data), TEXTS))
    with serving() as server:
        await send_all(texts)
        sent, pings, control = counted(server)
    print(f"{len(texts)} texts ({len(set(texts))} different), {sent} sends and edits")
    print(f"pings: {pings}; without allowed_mentions: {control}")


async def send_all(texts: list[str]) -> None:
    """Send each text as a preview, and edit it to its end."""
    client = discord.Client(intents=discord.Intents.none())
    async with client:
        await client.login(TOKEN)
        for text in texts:
            edit = channel_edit(client.get_partial_messageable(CHANNEL_ID))
            await edit(preview(text), None)
            await edit(split_message(text)[0] or "-", discord.Embed(description=text[:4000]))


def counted(server: DiscordServer) -> tuple[int, int, int]:
    """Return how many messages arrived, how many of them ping, how many would otherwise."""
    bodies: list[Json] = [
        request.body
        for request in server.requests
        if request.route.startswith("/channels/") and request.method in ("POST", "PATCH")
    ]
    risky = [body for body in bodies if PINGS.search(json.dumps(body, ensure_ascii=False))]
    pinging = [body for body in risky if body.get("allowed_mentions") != {"parse": []}]
    return len(bodies), len(pinging), len(risky)


def _texts(data: Path | None) -> Iterator[str]:
    if data is not None:
        for name in ("naughty_strings", "naughty_strings_security"):
            path = data / "openai_evals_misc" / f"{name}.jsonl"
            for line in path.read_text("utf-8").splitlines():
                asked = json.loads(line)["input"]
                text = asked if isinstance(asked, str) else asked[-1]["content"]
                yield text.partition(": ")[2] or text
    yield from cycle(hostile_texts())


if __name__ == "__main__":
    asyncio.run(main())
