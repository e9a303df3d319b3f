"""Train the adapter that ships: ``python -m tests.benchmarks.fit_voice [--out FILE]``.

What ``marv dataset freeze shipped`` and a local tuning job do, in a data directory of its own:
freezes a version from an empty database with the shipped seed alone, trains on its training
split and validates on its validation split with the default hyperparameters, and copies the
adapter. The same processor makes the same adapter; ``tests/data/test_persona_seed.py`` proves
that the shipped one learnt exactly these rows. Needs ``make train-env``.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import time
from pathlib import Path

from bot.adapters.local_tuner import LocalTuner
from bot.adapters.tuning_folder import BASE_MODEL
from bot.app import open_marv
from bot.client import LOCAL_GUILD, Marv
from bot.dataset import Format, FreezeOptions
from bot.opening import ADAPTER_FILE, open_local_tuner
from bot.settings import Settings
from bot.tuning import SUCCEEDED, TuningOptions, TuningRequest

NAME = "shipped"
OPTIONS = TuningOptions(model=BASE_MODEL)
LOOK_SECONDS = 5.0


async def shipped_request(marv: Marv) -> TuningRequest:
    """Freeze the shipped seed in an empty database and return the request for its adapter."""
    desk = marv.services.dataset
    version = await desk.versions.freeze(LOCAL_GUILD, NAME, by=0, options=FreezeOptions())
    training, validation = await desk.export_version(LOCAL_GUILD, NAME, format_=Format.CHAT)
    key = OPTIONS.key(guild_id=LOCAL_GUILD, trainer="local", sha256=version.sha256)
    return TuningRequest(
        key=key, options=OPTIONS, training=training.path, validation=validation.path
    )


async def follow(tuner: LocalTuner, job_id: str) -> None:
    """Print what the job tells until it ends."""
    seen = 0
    while True:
        job = await tuner.job(job_id)
        events = await tuner.events(job_id)
        for event in events[seen:]:
            print(f"{event.at:%H:%M:%S} {event.message}", flush=True)
        seen = len(events)
        if job.ended:
            break
        await asyncio.sleep(LOOK_SECONDS)
    if job.status != SUCCEEDED:
        raise SystemExit(f"{job.status}: {job.error}")


async def main() -> None:
    """Train, and put the adapter at its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER_FILE)
    parser.add_argument("--work", type=Path, default=Path("data/var/voice"))
    options = parser.parse_args()
    settings = Settings(data_dir=options.work)
    if settings.database_path.exists():
        raise SystemExit(f"{options.work} is not empty: name another with --work")
    async with open_marv(settings) as marv:
        request = await shipped_request(marv)
    tuner = open_local_tuner(settings)
    started = time.monotonic()
    try:
        job = await tuner.start(request)
        await follow(tuner, job.id)
    finally:
        await tuner.close()
    shutil.copyfile(settings.tuning_dir / request.key / "adapter.gguf", options.out)
    print(f"{options.out} after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    asyncio.run(main())
