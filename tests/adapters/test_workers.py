"""The process that computes: answers, breaks alone, dies when cancelled, leaves when idle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from math import factorial

import numpy as np
import psutil
import pytest

from bot.adapters.workers import ProcessWorker
from bot.faults.exploring import AnalysisBroke
from bot.services.exploring.variety import measured


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()
    assert not children()


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if computes(each)]


def computes(process: psutil.Process) -> bool:
    try:
        return "bot.adapters.worker_process" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def test_it_answers_in_another_process_and_keeps_it(worker: ProcessWorker) -> None:
    import os

    first = await worker.run(os.getpid)

    assert first != os.getpid()
    assert await worker.run(os.getpid) == first
    assert await worker.run(factorial, 20) == factorial(20)


async def test_large_arrays_travel_both_ways(worker: ProcessWorker) -> None:
    vectors = np.random.default_rng(0).normal(size=(3000, 256)).astype(np.float32)

    moved = await worker.run(np.negative, vectors)

    assert np.array_equal(moved, -vectors)
    assert (await worker.run(measured, ["a b c d"] * 3000, vectors)).items == 3000


async def test_an_error_ends_the_process_and_the_next_job_finds_another(
    worker: ProcessWorker, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AnalysisBroke):
        await worker.run(int, "a member's words")

    assert await worker.run(int, "7") == 7
    said = capfd.readouterr().err
    assert "ValueError" in said
    assert "words" not in said


async def test_cancelling_kills_the_work_at_once(worker: ProcessWorker) -> None:
    await worker.run(int, "1")
    task = asyncio.create_task(worker.run(time.sleep, 60))
    await asyncio.sleep(0.2)
    assert children()

    started = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert time.perf_counter() - started < 10
    assert not children()
    assert await worker.run(int, "2") == 2


async def test_the_process_leaves_when_nobody_needs_it() -> None:
    worker = ProcessWorker(idle_seconds=0.1)
    await worker.run(int, "1")
    async with asyncio.timeout(20):
        while children():
            await asyncio.sleep(0.05)
    assert await worker.run(int, "2") == 2
    await worker.close()


async def test_a_job_that_comes_as_the_process_is_told_to_leave_gets_another(
    worker: ProcessWorker,
) -> None:
    await worker.run(int, "1")
    worker._kill()  # as the timer does; its end is not known before the loop has turned
    assert await worker.run(int, "2") == 2


async def test_none_of_our_secrets_reach_it(
    worker: ProcessWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")

    assert await worker.run(os.getenv, "OPENAI_API_KEY") is None
