"""Measure how long a check takes and what memory it needs, beside reading the same JSON plainly.

python -m tests.benchmarks.dataset_check [EXAMPLES]
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from bot.adapters.tokens import ToktokCounter
from bot.services.checks.checker import DatasetCheck, Question

SYSTEM = "You are Marv: dry, sarcastic, kind underneath. Copy given facts word for word."


def write(path: Path, examples: int) -> None:
    dice = random.Random(20261124)  # noqa: S311 - nothing secret
    english = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(3000)]
    japanese = ["".join(dice.choices("あいうえおかきくけこ港灯台船波風", k=3)) for _ in range(3000)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(examples):
            words, gap = (english, " ") if number % 2 else (japanese, "")
            messages = [
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": gap.join(dice.choices(words, k=12)) + "?"},
                {"role": "assistant", "content": gap.join(dice.choices(words, k=60)) + "."},
            ]
            file.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "train.jsonl"
        write(path, examples)
        started = time.perf_counter()
        with path.open(encoding="utf-8") as file:
            for line in file:
                json.loads(line)
        plain = time.perf_counter() - started
        ToktokCounter("gpt-4.1-mini").count("warm")
        ToktokCounter("gpt-3.5-turbo").count("warm")
        before, started = megabytes(), time.perf_counter()
        question = Question(path=path, model="gpt-4.1-mini")
        report = asyncio.run(DatasetCheck(counter_of=ToktokCounter).check(question))
        seconds = time.perf_counter() - started
        print(
            json.dumps(
                {
                    "examples": examples,
                    "file_mb": round(path.stat().st_size / 2**20, 1),
                    "seconds": round(seconds, 2),
                    "plain_json_seconds": round(plain, 2),
                    "added_mb": round(megabytes() - before, 1),
                    "peak_mb": round(megabytes(), 1),
                    "ok": report.ok,
                }
            )
        )


if __name__ == "__main__":
    main()
