"""The local trainer for real: torch, the packaged Gemma, a few rows, and the voice that it gives.

Runs where there is an interpreter with the trainer's packages: ``make train-env``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.local_models import LocalModels
from bot.adapters.local_tuner import LocalTuner
from bot.adapters.tuning_folder import BASE_MODEL, JobFolder
from bot.dataset import Row
from bot.models import Language
from bot.opening import ADAPTER_FILE, PERSONAS, open_personas
from bot.services.dataset_lines import chat_line
from bot.services.freezing.candidates import seed_row
from bot.services.freezing.seed import read_seed
from bot.services.manners import Manner
from bot.services.wrapping import VOICE, wrap_messages
from bot.settings import PROJECT_ROOT
from bot.tuning import TrainerJob, TuningOptions, TuningRequest
from tests.gguf_header import read_header

SET = os.environ.get("MARV_TRAIN_PYTHON")  # before the tests' own settings hide it
PYTHON = Path(SET) if SET else PROJECT_ROOT / ".venv-train" / "bin" / "python"
PATIENCE_SECONDS = 240.0
WHOLE, CUT, DROPPED = "a" * 32, "b" * 32, "c" * 32
DIFFERENCE = """
import sys, gguf, numpy
one, two = ({t.name: t.data for t in gguf.GGUFReader(path).tensors} for path in sys.argv[1:])
assert one.keys() == two.keys()
print(max(float(numpy.abs(one[name] - two[name]).max()) for name in one), len(one))
"""


@pytest.fixture
def work() -> Iterator[Path]:
    """A directory that is really gone afterwards: the base as floats takes 1.1 GB."""
    if not PYTHON.exists():
        pytest.skip("no training interpreter: run `make train-env`, or set MARV_TRAIN_PYTHON")
    pytest.importorskip("xllamacpp")
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


def frozen() -> list[Row]:
    """Return the shortest shipped examples as a version would freeze them."""
    manner = Manner(persona=open_personas().default)
    seeds = sorted(read_seed(PERSONAS / "seed.jsonl"), key=lambda seed: len(seed.reply))
    with_facts = [seed for seed in seeds if seed.facts]
    return [seed_row(seed, manner) for seed in with_facts[:6]]


def asked(work: Path, key: str) -> TuningRequest:
    training, validation = work / "training.jsonl", work / "validation.jsonl"
    lines = [chat_line(row) for row in frozen()]
    training.write_bytes(b"".join(lines))
    validation.write_bytes(b"".join(lines[:2]))
    options = TuningOptions(model=BASE_MODEL, epochs=1, batch=1, seed=7, suffix="tiny")
    return TuningRequest(key=key, options=options, training=training, validation=validation)


async def until_step(tuner: LocalTuner, key: str, step: int) -> None:
    """Wait until a job has done a step, or has ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (job := await tuner.job(key)).ended:
            if any(event.data.get("step") == step for event in await tuner.events(key)):
                return
            await asyncio.sleep(0.05)
    pytest.fail(f"the job ended before step {step}: {job.error}")


async def ended(tuner: LocalTuner, key: str) -> TrainerJob:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (job := await tuner.job(key)).ended:
            await asyncio.sleep(0.1)
    return job


async def test_a_real_training_can_be_stopped_in_every_way_and_its_voice_speaks(
    work: Path,
) -> None:
    tuner = LocalTuner.open(
        directory=work / "tuning", models_directory=work / "models", python=PYTHON
    )
    try:
        await train_whole(tuner, work)
        await train_cut(tuner, work)
        await drop(tuner, work)
    finally:
        await tuner.close()
    voices = LocalModels(
        directory=tuner.directory, models_directory=tuner.models_directory, shipped=ADAPTER_FILE
    )
    for name in (f"local:tuned-{CUT}", f"local:tuned-{WHOLE}:step-6"):
        assert await spoken(voices, name)


async def train_whole(tuner: LocalTuner, work: Path) -> None:
    """Train without a break: the loss falls, and the adapter says what it was made from."""
    await tuner.start(asked(work, WHOLE))
    await until_step(tuner, WHOLE, 1)
    assert not leaks(tuner, WHOLE)
    job = await ended(tuner, WHOLE)

    assert (job.status, job.error) == ("succeeded", None)
    assert job.trained_tokens is not None
    assert job.trained_tokens > 300
    losses = [
        float(str(event.data["full_valid_loss"]))
        for event in await tuner.events(WHOLE)
        if "full_valid_loss" in event.data
    ]
    assert len(losses) == 2
    assert losses[1] < 0.9 * losses[0]
    assert [point.step for point in await tuner.checkpoints(WHOLE)] == [6]
    header = read_header(JobFolder(path=tuner.directory / WHOLE).adapter)
    assert header["general.name"] == "tiny"
    assert header["marv.tuning.key"] == WHOLE
    assert header["marv.train.random_seed"] == "7"


async def train_cut(tuner: LocalTuner, work: Path) -> None:
    """Pause, resume, kill, resume: what comes of it is what comes of a run without a break."""
    await tuner.start(asked(work, CUT))
    await until_step(tuner, CUT, 2)
    assert (await tuner.pause(CUT)).status == "paused"
    await tuner.resume(CUT, asked(work, CUT))
    await until_step(tuner, CUT, 4)
    claim = json.loads(JobFolder(path=tuner.directory / CUT).claim.read_text())
    os.kill(claim["pid"], signal.SIGKILL)
    while (job := await tuner.job(CUT)).status == "running":
        await asyncio.sleep(0.05)
    assert job.status == "paused"
    assert not leaks(tuner, CUT)
    await tuner.resume(CUT, asked(work, CUT))
    job = await ended(tuner, CUT)

    assert (job.status, job.error) == ("succeeded", None)
    folders = [JobFolder(path=tuner.directory / key) for key in (WHOLE, CUT)]
    told = subprocess.run(
        [PYTHON, "-c", DIFFERENCE, *(folder.adapter for folder in folders)],
        capture_output=True,
        text=True,
        check=True,
    )
    difference, tensors = told.stdout.split()
    assert float(difference) < 1e-3
    assert int(tensors) == 18 * 7 * 2
    assert not folders[1].resume_point.exists()


async def drop(tuner: LocalTuner, work: Path) -> None:
    """Cancel while it runs."""
    await tuner.start(asked(work, DROPPED))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await tuner.job(DROPPED)).status != "running":
            await asyncio.sleep(0.05)
    assert (await tuner.cancel(DROPPED)).status == "cancelled"
    assert not leaks(tuner, DROPPED)


def leaks(tuner: LocalTuner, key: str) -> list[Path]:
    """Return the files of a job that hold a reply of its rows."""
    replies = [row.messages[-1].content.encode() for row in frozen()]
    return [
        path
        for path in (tuner.directory / key).rglob("*")
        if path.is_file() and any(reply in path.read_bytes() for reply in replies)
    ]


async def spoken(voices: LocalModels, name: str) -> str:
    """Return what a trained voice says."""
    messages = wrap_messages(
        question="When does the shed open?",
        facts="The shed opens at nine. [1]",
        language=Language.ENGLISH,
        system_prompt=VOICE[Language.ENGLISH],
    )
    chat = voices.open(name)
    try:
        deltas = [each async for each in chat.stream(messages, max_tokens=40, temperature=0.0)]
    finally:
        await chat.close()
    return "".join(delta.text for delta in deltas).strip()
