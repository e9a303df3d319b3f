"""What a tuned voice costs beside the one that speaks: ``python -m tests.benchmarks.second_voice``.

Loads the shipped voice, then an adapter beside it over the same base file, and prints the
seconds that each takes until it speaks and the memory of the children: PSS, which counts a
page that several share by its share, and private memory. ``--adapter`` is any adapter of the
local trainer; without it the shipped one is opened a second time.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.adapters.llama import LlamaChat, marv_270m, packaged_gemma
from bot.models import Language
from bot.opening import ADAPTER_FILE
from bot.services.wrapping import VOICE, wrap_messages

MEBI = 2**20
PROMPT = wrap_messages(
    question="When does the shed open?",
    facts="The shed opens at nine. [1]",
    language=Language.ENGLISH,
    system_prompt=VOICE[Language.ENGLISH],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the children hold, in MiB."""

    pss: float
    private: float


def held() -> Cost:
    """Return what all children of this process hold together."""
    found = [child.memory_full_info() for child in psutil.Process().children(recursive=True)]
    return Cost(
        pss=sum(each.pss for each in found) / MEBI, private=sum(each.uss for each in found) / MEBI
    )


async def speak(chat: LlamaChat) -> tuple[float, float]:
    """Load a voice and have it speak; return the seconds to its first word, and for the rest."""
    started = time.perf_counter()
    first = 0.0
    async for _ in chat.stream(PROMPT, max_tokens=60, temperature=0.0):
        first = first or time.perf_counter() - started
    return first, time.perf_counter() - started - first


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adapter", type=Path, default=ADAPTER_FILE)
    parser.add_argument("--models", type=Path, default=Path("data/var/models"))
    options = parser.parse_args()
    options.models.mkdir(parents=True, exist_ok=True)
    warm = marv_270m(options.models, adapter=ADAPTER_FILE)
    await speak(warm)  # assembles the base and brings it into the page cache
    await warm.close()
    first = marv_270m(options.models, adapter=ADAPTER_FILE)
    second = packaged_gemma(options.models, name="local:second", adapter=options.adapter)
    told_first, _ = await speak(first)
    alone = held()
    again_alone, _ = await speak(first)
    told_second, _ = await speak(second)
    both = held()
    again_beside, _ = await speak(first)
    await first.close()
    await second.close()
    print(f"first voice:  {told_first:.1f} s to its first word, PSS {alone.pss:.0f} MiB")
    print(
        f"second voice: {told_second:.1f} s ({told_second / told_first:.2f} of the first), PSS"
        f" {both.pss - alone.pss:+.0f} MiB ({(both.pss - alone.pss) / alone.pss:.2f} of the first)"
    )
    print(f"private memory: {alone.private:.0f} MiB alone, {both.private:.0f} MiB both")
    print(f"the first one's first word: {again_alone:.2f} s alone, {again_beside:.2f} s beside")


if __name__ == "__main__":
    asyncio.run(main())
