"""How many passages a search shows to somebody who may not read them.

    python -m tests.benchmarks.leaks [CASES]      (default: 10000)

A case is a reply in a channel, or to one member alone, of a random server (roles, overwrites for
roles and members, an owner, administrators). Each is a real search over a library with a document
for every audience that occurs; an oracle of its own (tests/random_servers.py) walks over all the
people who will read the reply. Prints the cases, the passages shown, the leaks and what a second
server's search showed of the first one's documents.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.adapters.sqlite import SqliteLibrary
from bot.adapters.sqlite.database import open_database
from bot.audience import Audience, Viewer, sees_everything
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.readers import channel_viewer, member_viewer
from bot.services.search import Samples, Search
from tests.fakes import FakeEmbedder, FakeExactIndex, FakeParser
from tests.random_servers import Person, RandomServer, random_server

GUILD, OTHER = 1, 2
SERVERS = 150  # whose audiences share one library


async def measure(cases: int) -> dict[str, int]:
    """Run searches until there were so many cases; return the counts."""
    chance = random.Random(20261124)  # noqa: S311
    servers = [random_server(chance) for _ in range(SERVERS)]
    audiences = {each.key: each for server in servers for each in server.audiences}
    counts = {"cases": 0, "shown": 0, "leaks": 0, "other_guild": 0}
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "marv.db") as database:
            library, index, embedder = SqliteLibrary(database), FakeExactIndex(), FakeEmbedder()
            ingest = Ingest(library=library, index=index, embedder=embedder, parser=FakeParser())
            for key, audience in audiences.items():
                content = f"The anchor is green, says {key}.".encode()
                file = SourceFile(origin=key, source=f"{key}.md", read=partial(bytes, content))
                await ingest.files(Batch(guild_id=GUILD, audience=audience), [file])
            search = Search(
                library=library,
                index=index,
                embedder=embedder,
                min_similarity=0.0,
                samples=Samples(library=library),
            )
            while counts["cases"] < cases:
                await one(search, chance.choice(servers), chance, audiences, counts)
            stolen = await search.passages(OTHER, "green anchor", viewer=sees_everything, limit=50)
            counts["other_guild"] = len(stolen)
    return counts


async def one(
    search: Search,
    server: RandomServer,
    chance: random.Random,
    audiences: dict[str, Audience],
    counts: dict[str, int],
) -> None:
    """Search once in public and once in private, and count what is shown to whom."""
    channel, person = chance.choice(list(server.channels)), chance.choice(server.people)
    replies: tuple[tuple[Viewer, Sequence[Person]], ...] = (
        (channel_viewer(server.rules, channel), list(server.readers(channel))),
        (member_viewer(server.rules, person.id, person.roles), [person]),
    )
    for viewer, readers in replies:
        counts["cases"] += 1
        found = await search.passages(GUILD, "green anchor", viewer=viewer, limit=50)
        for passage in found:
            audience = audiences[passage.source.removesuffix(".md")]
            counts["shown"] += 1
            counts["leaks"] += not all(server.may_see(reader, audience) for reader in readers)


def main() -> None:
    """Print the counts."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(json.dumps(asyncio.run(measure(cases))))


if __name__ == "__main__":
    main()
