"""A training interpreter without torch: learns how often letters occur, by the real protocol.

``interpreter`` writes an executable that stands where MARV_TRAIN_PYTHON's would. What
it is told to run it does not run; it reads rows, obeys, and tells as the real child does,
and its model is a table of letters, whose loss really falls.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import stat
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from bot.adapters.lora_orders import Orders, Stopped  # noqa: E402
from bot.adapters.lora_trainer import Rows, run  # noqa: E402
from bot.adapters.tuning_folder import JobFolder, Progress, write_whole  # noqa: E402

LETTERS = 200  # how many there may be


def interpreter(
    folder: Path, *, lacks: tuple[str, ...] = (), step_seconds: float = 0.0, crashes: bool = False
) -> Path:
    """Write the executable and return it."""
    path = folder / "training-python"
    options = [f"--lacks={name}" for name in lacks] + [f"--step-seconds={step_seconds}"]
    options += ["--crashes"] if crashes else []
    path.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {" ".join(options)} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def main() -> None:
    """Answer what is installed, or train."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lacks", action="append", default=[])
    parser.add_argument("--step-seconds", type=float)
    parser.add_argument("--crashes", action="store_true")
    parser.add_argument("-c", dest="code")
    parser.add_argument("--job", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--obey", action="store_true")
    options, asked = parser.parse_known_args()
    if options.job is None:
        sys.stdout.write(" ".join(name for name in asked if name in options.lacks))
        return
    if options.crashes:
        os._exit(3)
    orders = Orders()
    orders.follow(sys.stdin)

    def train(progress: Progress, rows: Rows) -> None:
        learn_letters(progress, rows, orders, step_seconds=options.step_seconds)

    run(JobFolder(path=options.job), train, orders=orders)


def learn_letters(progress: Progress, rows: Rows, orders: Orders, *, step_seconds: float) -> None:
    """Count letters, a row a step, and keep the table where the real child keeps its weights."""
    folder, epochs = progress.folder, progress.state.hyperparameters.epochs
    table, step, tokens = Counter[str](), 0, 0
    if folder.resume_point.exists():
        kept = json.loads(folder.resume_point.read_text())
        table, step, tokens = Counter(kept["table"]), kept["step"], kept["tokens"]
        folder.say(f"Going on after step {step}")
    steps = len(rows.training) * epochs

    def keep() -> None:
        point = {"table": table, "step": step, "tokens": tokens}
        write_whole(folder.resume_point, json.dumps(point).encode())

    try:
        while step < steps:
            orders.check()
            time.sleep(step_seconds)
            reply = rows.training[step % len(rows.training)].reply
            told = {"step": step + 1, "total_steps": steps, "train_loss": loss(table, reply)}
            table.update(reply)
            step, tokens = step + 1, tokens + len(reply)
            keep()
            folder.say(f"Step {step}/{steps}", data=told)
            progress.at(step, tokens=tokens)
            if step % len(rows.training) == 0:
                write_whole(folder.checkpoint(step), json.dumps(table).encode())
                folder.note_checkpoint(step, {"full_valid_loss": loss(table, reply)})
    except Stopped:
        keep()
        raise
    write_whole(folder.adapter, json.dumps(table).encode())


def loss(table: Counter[str], text: str) -> float:
    """Return the nats a letter of a text under the table, each letter counted once more."""
    total = table.total() + LETTERS
    return sum(-math.log((table[letter] + 1) / total) for letter in text) / len(text)


if __name__ == "__main__":
    main()
