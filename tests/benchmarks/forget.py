"""How long it takes to forget a member, with and without a new index, and what it costs others.

Run with ``python -m tests.benchmarks.forget [TURNS] [PASSAGES]``: 1,000 turns and a library of
2,000 passages by default, on a Chroma of Marv's own and models without weights (none is needed
to forget). The same searches run meanwhile, so that the longest of them is what others notice.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.erasure import ErasureReason
from bot.models import Answer, Language, Provenance, TurnDraft, TurnKind
from bot.settings import Settings
from tests.canaries import CHANNEL, GUILD, MEMBER, needles, search, write_everywhere
from tests.killing import fake_models

TURNS, PASSAGES = 1000, 2000
PASSAGES_A_DOCUMENT = 100


async def main(turns: int, passages: int) -> None:
    """Measure both cases, each on a fresh data directory."""
    for in_index in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            settings = Settings(data_dir=Path(directory) / "var")
            async with open_marv(settings, models=fake_models()) as marv:
                await fill(marv, turns, passages, in_index=in_index)
                await measure(marv, settings, in_index=in_index)


async def fill(marv: Marv, turns: int, passages: int, *, in_index: bool) -> None:
    """Write a library and a member's turns; in the index, their messages as well."""
    for number in range(passages // PASSAGES_A_DOCUMENT):
        sections = "\n\n".join(
            f"## Rope {number}.{part}\n\n" + f"The rope {part} of boat {number} is kept dry. " * 20
            for part in range(PASSAGES_A_DOCUMENT)
        )
        await marv.services.library.add_text(
            GUILD, title=f"Ropes {number}", text=sections, added_by=1
        )
    if in_index:
        await write_everywhere(marv)
    answer = Answer(text="The rope is dry.", answered=True, language=Language.ENGLISH)
    drafts = (
        TurnDraft(
            guild_id=GUILD,
            channel_id=CHANNEL,
            author_id=MEMBER,
            kind=TurnKind.CHAT,
            provenance=Provenance.INTERACTION,
            question=f"Is rope {number} dry? 縄は乾いていますか。" * 3,
            answer=answer,
            persona="marv",
            persona_version="1",
            latency_seconds=0.1,
            cost_usd=0.0,
        )
        for number in range(turns)
    )
    await asyncio.gather(*(marv.services.chat.log.add(draft) for draft in drafts))


async def measure(marv: Marv, settings: Settings, *, in_index: bool) -> None:
    """Forget the member while somebody searches; print what it took."""
    status = await marv.services.library.status(GUILD, viewer=sees_everything)
    waits: list[float] = []
    searching = asyncio.create_task(search_forever(marv, waits))
    await asyncio.sleep(1.0)
    before = max(waits)
    waits.clear()
    started = time.perf_counter()
    receipt = await marv.services.erasing.erase(GUILD, MEMBER, ErasureReason.ASKED)
    seconds = time.perf_counter() - started
    searching.cancel()
    with suppress(asyncio.CancelledError):
        await searching
    traces = search(settings.data_dir, needles())
    print(
        f"{receipt.counts['turns']} turns, {status.chunks} passages,"
        f" {'with' if in_index else 'without'} a new index: {seconds:.2f} s;"
        f" {len(waits)} searches meanwhile, the longest {max(waits, default=0.0):.2f} s"
        f" ({before:.2f} s before); canaries left: {len(traces)}"
    )


async def search_forever(marv: Marv, waits: list[float]) -> None:
    """Search again and again, noting how long each took."""
    while True:
        started = time.perf_counter()
        await marv.services.search.passages(GUILD, "dry rope", viewer=sees_everything, limit=5)
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(*arguments, *(TURNS, PASSAGES)[len(arguments) :])))
