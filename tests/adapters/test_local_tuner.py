"""The life of local training jobs: real folders and real processes, letters for a network."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from bot.adapters.local_tuner import LocalTuner
from bot.tuning import loss_points
from tests.fake_trainer import interpreter
from tests.local_jobs import (
    KEY,
    OTHER,
    asked,
    child_pid,
    copies_of_rows,
    ended,
    in_the_middle,
    tuning,
    until,
)


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    """A tuner whose steps take a while."""
    async with tuning(tmp_path, interpreter(tmp_path, step_seconds=0.1)) as tuner:
        yield tuner


@pytest.fixture
async def fast(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    async with tuning(tmp_path, interpreter(tmp_path)) as tuner:
        yield tuner


async def test_a_job_goes_from_its_rows_to_a_model(fast: LocalTuner, tmp_path: Path) -> None:
    await fast.start(asked(tmp_path))

    job = await ended(fast)

    assert (job.status, job.error) == ("succeeded", None)
    assert job.fine_tuned_model == f"local:tuned-{KEY}"
    assert job.finished_at is not None
    assert job.trained_tokens
    assert job.hyperparameters["n_epochs"] == 2
    events = await fast.events(KEY)
    losses = [point.train for point in loss_points({n: e.data for n, e in enumerate(events)})]
    told = [loss for loss in losses if loss is not None]
    assert told[-1] < told[0]
    assert len({event.id for event in events}) == len(events)
    points = await fast.checkpoints(KEY)
    assert [point.step for point in points] == [8, 4]
    assert points[0].model == f"local:tuned-{KEY}:step-8"


async def test_starting_twice_with_one_key_is_one_job(fast: LocalTuner, tmp_path: Path) -> None:
    first = await fast.start(asked(tmp_path))
    again = await fast.start(asked(tmp_path))
    await ended(fast)
    later = await fast.start(asked(tmp_path))

    assert first.id == again.id == later.id
    assert later.status == "succeeded"
    assert sum("Read 4 rows" in event.message for event in await fast.events(KEY)) == 1
    assert await fast.find(KEY) == later
    assert await fast.find(OTHER) is None


async def test_a_second_job_waits_for_the_first(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=30, epochs=1))
    await slow.start(asked(tmp_path, OTHER, count=1, epochs=1))
    await in_the_middle(slow)

    await until(slow, OTHER, lambda job: job.status == "queued")
    assert not copies_of_rows(slow)
    first, second = await ended(slow), await ended(slow, OTHER)

    assert (first.status, second.status) == ("succeeded", "succeeded")
    assert first.finished_at is not None
    assert second.finished_at is not None
    assert first.finished_at < second.finished_at


async def test_no_word_of_the_rows_lies_there_from_the_first_step_on(
    slow: LocalTuner, tmp_path: Path
) -> None:
    await slow.start(asked(tmp_path))
    await in_the_middle(slow)
    assert not copies_of_rows(slow)

    await ended(slow)
    assert not copies_of_rows(slow)


async def test_a_paused_job_goes_on_where_it_was(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=6))
    await in_the_middle(slow)
    pid = child_pid(slow)

    paused = await slow.pause(KEY)

    assert (paused.status, paused.error, paused.finished_at) == ("paused", None, None)
    assert not psutil.pid_exists(pid)
    assert not copies_of_rows(slow)
    await slow.resume(KEY, asked(tmp_path, count=6))
    job = await ended(slow)

    assert job.status == "succeeded"
    steps = [event.data["step"] for event in await slow.events(KEY) if "step" in event.data]
    assert steps == list(range(1, 13))


async def test_a_killed_child_is_noticed_and_resumed(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=6))
    await in_the_middle(slow)

    os.kill(child_pid(slow), signal.SIGKILL)
    job = await until(slow, KEY, lambda job: job.status == "paused")

    assert job.error is not None
    assert job.error.startswith("interrupted")
    await slow.resume(KEY, asked(tmp_path, count=6))
    job = await ended(slow)
    assert (job.status, job.error) == ("succeeded", None)
    assert any("Going on after step" in event.message for event in await slow.events(KEY))


async def test_what_was_forgotten_meanwhile_is_learnt_no_more(
    slow: LocalTuner, tmp_path: Path
) -> None:
    await slow.start(asked(tmp_path, count=6))
    await in_the_middle(slow)
    await slow.pause(KEY)

    await slow.resume(KEY, asked(tmp_path, count=3))
    job = await ended(slow)

    assert job.status == "succeeded"
    assert any("Read 3 rows" in event.message for event in await slow.events(KEY))


async def test_a_job_is_cancelled_at_once_and_for_good(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=50))
    await slow.start(asked(tmp_path, OTHER, count=50))
    await in_the_middle(slow)
    pid = child_pid(slow)

    waiting = await slow.cancel(OTHER)
    running = await slow.cancel(KEY)
    again = await slow.cancel(KEY)
    resumed = await slow.resume(KEY, asked(tmp_path))

    assert waiting.status == running.status == again.status == resumed.status == "cancelled"
    assert not psutil.pid_exists(pid)
    assert not (slow.directory / KEY / "resume.pt").exists()
    assert not copies_of_rows(slow)
    messages = [event.message for event in await slow.events(KEY)]
    assert messages[-1] == "The job was cancelled"
    assert "The training process was interrupted" not in messages


async def test_a_paused_job_can_be_cancelled_and_an_ended_one_stays(
    slow: LocalTuner, tmp_path: Path
) -> None:
    await slow.start(asked(tmp_path, count=20))
    await in_the_middle(slow)
    await slow.pause(KEY)
    assert (await slow.cancel(KEY)).status == "cancelled"

    await slow.start(asked(tmp_path, OTHER, count=1, epochs=1))
    await ended(slow, OTHER)
    assert (await slow.cancel(OTHER)).status == "succeeded"
    assert (await slow.pause(OTHER)).status == "succeeded"


async def test_a_cancelled_job_lets_the_next_one_go(slow: LocalTuner, tmp_path: Path) -> None:
    await slow.start(asked(tmp_path, count=50))
    await slow.start(asked(tmp_path, OTHER, count=1, epochs=1))
    await in_the_middle(slow)

    await slow.cancel(KEY)

    assert (await ended(slow, OTHER)).status == "succeeded"


async def test_closing_interrupts_and_another_tuner_resumes(tmp_path: Path) -> None:
    python = interpreter(tmp_path, step_seconds=0.1)
    async with tuning(tmp_path, python) as tuner:
        await tuner.start(asked(tmp_path, count=6))
        await tuner.start(asked(tmp_path, OTHER, count=6))
        await in_the_middle(tuner)
        pid = child_pid(tuner)
    assert not psutil.pid_exists(pid)

    async with tuning(tmp_path, python) as tuner:
        jobs = [await tuner.job(KEY), await tuner.job(OTHER)]
        assert [job.status for job in jobs] == ["paused", "paused"]
        assert all((job.error or "").startswith("interrupted") for job in jobs)
        for key in (KEY, OTHER):
            await tuner.resume(key, asked(tmp_path, key, count=6))
        assert (await ended(tuner)).status == (await ended(tuner, OTHER)).status == "succeeded"
