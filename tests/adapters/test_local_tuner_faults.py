"""What can go wrong with a local training job, and that no member's words lie about after it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from bot.adapters.local_tuner import LocalTuner
from bot.adapters.tuning_folder import BASE_MODEL, JobFolder
from bot.faults.tuning import JobGone, TrainerMissing, TrainerRefused, TuningFailed
from bot.models import Language
from bot.tuning import Method, TuningOptions, TuningRequest
from tests.fake_trainer import interpreter
from tests.local_jobs import (
    KEY,
    PATIENCE_SECONDS,
    asked,
    copies_of_rows,
    ended,
    in_the_middle,
    rows,
    tuning,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    """A tuner whose steps take a while."""
    async with tuning(tmp_path, interpreter(tmp_path, step_seconds=0.1)) as tuner:
        yield tuner


@pytest.fixture
async def fast(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    async with tuning(tmp_path, interpreter(tmp_path)) as tuner:
        yield tuner


BOT = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.local_jobs import asked, in_the_middle, tuning

async def main():
    folder = Path({folder!r})
    async with tuning(folder, folder / "training-python") as tuner:
        await tuner.start(asked(folder, count=600))
        await in_the_middle(tuner)
        print("training", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_killed_bot_leaves_no_training_behind(tmp_path: Path) -> None:
    python = interpreter(tmp_path, step_seconds=0.05)
    code = BOT.format(root=str(ROOT), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as bot:
        assert bot.stdout is not None
        assert await asyncio.to_thread(bot.stdout.readline) == b"training\n"
        pid = int(json.loads((tmp_path / "tuning" / KEY / "child.json").read_text())["pid"])
        bot.kill()

    deadline = time.monotonic() + PATIENCE_SECONDS
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    async with tuning(tmp_path, python) as tuner:
        job = await tuner.job(KEY)
        assert job.status == "paused"
        assert "Marv stopped" in (job.error or "")
        assert not copies_of_rows(tuner)


async def test_copies_that_a_kill_left_are_swept_at_the_start(tmp_path: Path) -> None:
    python = interpreter(tmp_path)
    async with tuning(tmp_path, python) as tuner:
        await tuner.start(asked(tmp_path))
        await ended(tuner)
        (tuner.directory / KEY / "training.jsonl").write_text(rows())
        (tuner.directory / KEY / "validation.jsonl").write_text(rows())

    async with tuning(tmp_path, python) as tuner:
        assert not copies_of_rows(tuner)


async def test_without_the_packages_the_remedy_is_told(tmp_path: Path) -> None:
    async with tuning(tmp_path, interpreter(tmp_path, lacks=("torch", "peft"))) as tuner:
        with pytest.raises(TrainerMissing, match="requirements-train") as caught:
            await tuner.start(asked(tmp_path))
        [model] = await tuner.models()

    assert "torch, peft" in caught.value.user_message(Language.ENGLISH)
    assert "MARV_TRAIN_PYTHON" in caught.value.user_message(Language.JAPANESE)
    assert "torch, peft" in model.note
    assert not (tmp_path / "tuning").exists()


async def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with tuning(tmp_path, tmp_path / "nowhere") as tuner:
        with pytest.raises(TrainerMissing, match="MARV_TRAIN_PYTHON"):
            await tuner.start(asked(tmp_path))


async def test_a_failed_start_leaves_nothing(fast: LocalTuner, tmp_path: Path) -> None:
    request = asked(tmp_path)
    assert request.validation is not None
    request.validation.unlink()

    with pytest.raises(TuningFailed):
        await fast.start(request)

    assert not copies_of_rows(fast)
    assert await fast.find(KEY) is None
    assert (await fast.start(asked(tmp_path))).id == KEY


async def test_a_resume_that_fails_leaves_the_job_paused(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=6))
    await in_the_middle(slow)
    await slow.pause(KEY)
    request = asked(tmp_path, count=6)
    request.training.unlink()

    with pytest.raises(TuningFailed):
        await slow.resume(KEY, request)

    assert (await slow.job(KEY)).status == "paused"
    assert not copies_of_rows(slow)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"prompt": "zanzibar-canary"}',
        '{"messages": []}',
        '{"messages": [{"role": "user", "content": "zanzibar-canary"}]}',
    ],
)
async def test_a_bad_row_fails_the_job_without_being_quoted(
    fast: LocalTuner, tmp_path: Path, line: str
) -> None:
    request = asked(tmp_path)
    request.training.write_text(rows(1) + line + "\n")

    await fast.start(request)
    job = await ended(fast)

    assert job.status == "failed"
    assert "line 2" in (job.error or "")
    assert not copies_of_rows(fast)


async def test_a_child_that_breaks_fails_the_job(tmp_path: Path) -> None:
    async with tuning(tmp_path, interpreter(tmp_path, crashes=True)) as tuner:
        await tuner.start(asked(tmp_path))
        job = await ended(tuner)

        assert job.status == "failed"
        assert "status 3" in (job.error or "")
        assert not copies_of_rows(tuner)


@pytest.mark.parametrize("job_id", ["", "c" * 32, "../" + "a" * 32, "a/../../etc", "A" * 32])
async def test_an_unknown_job_is_gone(fast: LocalTuner, job_id: str) -> None:
    for question in (fast.job, fast.events, fast.checkpoints, fast.cancel, fast.pause):
        with pytest.raises(JobGone):
            await question(job_id)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("../escape", TuningOptions(model=BASE_MODEL)),
        (KEY, TuningOptions(model="gpt-4.1-mini")),
        (KEY, TuningOptions(model=BASE_MODEL, method=Method.DPO)),
    ],
)
async def test_what_is_not_ours_is_refused(
    fast: LocalTuner, tmp_path: Path, key: str, options: TuningOptions
) -> None:
    training = tmp_path / "rows.jsonl"
    training.write_text(rows())

    with pytest.raises(TrainerRefused):
        await fast.start(TuningRequest(key=key, options=options, training=training))

    assert not [*tmp_path.rglob("job.json")]


def test_a_torn_event_is_neither_read_nor_glued_to_the_next(tmp_path: Path) -> None:
    folder = JobFolder(path=tmp_path)
    folder.say("first")
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"id": "torn')

    assert [event.message for event in folder.events()] == ["first"]
    folder.say("second")

    assert [event.message for event in folder.events()] == ["first", "second"]
    assert [event.id[-2:] for event in folder.events()] == ["-1", "-2"]
