"""Hand every file of tests/hostile.py to the sandboxed reader and print how that went.

Run with ``python -m tests.benchmarks.hostile_files [PART OF A NAME]``. A crash
is an error of the parent other than a refusal, or a reader that cannot read a
small file afterwards; the limits are 20 seconds and 512 MiB beyond what the
child needs to start.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

import psutil

from bot.adapters.loaders.limits import EXTRA_MEMORY_BYTES
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.refusals import MAX_FILE_BYTES, DocumentRefused
from tests.hostile import HostileFile, hostile_files

LIMIT_SECONDS = 20.0
SLACK_SECONDS = 1.5  # to stop the child, and for the machine's other work


async def read(parser: SandboxedParser, file: HostileFile, content: bytes) -> str:
    """Return what became of a file: read, or the reason of the refusal."""
    try:
        await parser.parse(content, source=file.source)
    except DocumentRefused as refusal:
        return refusal.reason.value
    return "read"


async def watch_memory(peaks: list[int]) -> None:
    """Remember the peak of every child, as the kernel keeps it, until cancelled."""
    while True:
        for child in psutil.Process().children():
            status = Path(f"/proc/{child.pid}/status")
            try:
                lines = status.read_text().splitlines()
            except OSError:
                continue
            peaks.extend(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
        peaks[:] = [max(peaks, default=0)]
        await asyncio.sleep(0.02)


async def main(part: str = "") -> int:
    """Print one line a file and the sums; return 0 only when nothing broke."""
    parser = SandboxedParser(time_limit_seconds=LIMIT_SECONDS)
    peaks: list[int] = []
    watching = asyncio.create_task(watch_memory(peaks))
    outcomes: Counter[str] = Counter()
    crashes: list[str] = []
    longest, slowest, too_large = 0.0, "", 0
    for file in hostile_files():
        if part not in file.source:
            continue
        content = await asyncio.to_thread(file.make)
        too_large += len(content) > MAX_FILE_BYTES
        peaks.clear()
        started = time.perf_counter()
        try:
            outcome = await read(parser, file, content)
            seconds = time.perf_counter() - started
            await parser.parse(b"# Still\n\nhere", source="small.md")
        except BaseException as error:  # a crash is what is being counted
            crashes.append(f"{file.source}: {error!r}")
            raise
        outcomes[outcome] += 1
        peak = max(peaks, default=0) >> 20
        print(
            f"{file.source:50} {len(content) >> 10:7} KiB {outcome:12} {seconds:6.2f} s {peak} MiB"
        )
        if seconds > longest:
            longest, slowest = seconds, file.source
    watching.cancel()
    await parser.close()
    print(
        json.dumps(
            {
                "cases": outcomes.total(),
                "crashes": len(crashes),
                "outcomes": dict(outcomes),
                "over_the_file_limit": too_large,
                "longest_seconds": round(longest, 2),
                "slowest": slowest,
                "memory_limit_mib": EXTRA_MEMORY_BYTES >> 20,
            }
        )
    )
    return int(bool(crashes) or longest > LIMIT_SECONDS + SLACK_SECONDS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
