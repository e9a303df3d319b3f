"""Fine-tuning over OpenAI's protocol, against a loopback server and aimock."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.adapters.openai_client import Patience
from bot.adapters.openai_tuner import KEY, OpenAITuner
from bot.errors import KeyRefused
from bot.faults.tuning import JobGone, NoNewCustomers, TrainerRefused, TrainerUnreachable
from bot.tuning import (
    CANCELLED,
    FAILED,
    SUCCEEDED,
    Method,
    TrainerJob,
    TuningOptions,
    TuningRequest,
    loss_points,
)
from tests.aimock import aimock_program
from tests.openai_server import OpenAIServer, serving

QUICK = Patience(read_seconds=2.0, longest_wait_seconds=0.2)
MODEL = "gpt-4.1-mini-2025-04-14"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        yield server


@pytest.fixture
async def tuner(server: OpenAIServer) -> AsyncIterator[OpenAITuner]:
    tuner = OpenAITuner.open(base_url=server.url, api_key="sk-test", patience=QUICK)
    yield tuner
    await tuner.close()


def request_of(
    folder: Path, *, key: str = "a" * 32, rows: int = 12, method: Method = Method.SUPERVISED
) -> TuningRequest:
    """Return a request with files of some rows."""
    lines = []
    for number in range(rows):
        prompt = [{"role": "user", "content": f"Question {number}?"}]
        answer = {"role": "assistant", "content": f"Oh. It is {number}, obviously."}
        if method is Method.DPO:
            worse = {"role": "assistant", "content": "No idea."}
            lines.append(
                {
                    "input": {"messages": prompt},
                    "preferred_output": [answer],
                    "non_preferred_output": [worse],
                }
            )
        else:
            lines.append({"messages": [*prompt, answer]})
    training, validation = folder / "train.jsonl", folder / "validation.jsonl"
    training.write_text("".join(json.dumps(line) + "\n" for line in lines))
    validation.write_text(json.dumps(lines[0]) + "\n")
    options = TuningOptions(model=MODEL, method=method, epochs=2, suffix="marv", seed=3)
    return TuningRequest(key=key, options=options, training=training, validation=validation)


async def ended(tuner: OpenAITuner, job: TrainerJob) -> TrainerJob:
    """Look until nothing changes any more."""
    for _ in range(10):
        job = await tuner.job(job.id)
        if job.ended:
            return job
    raise AssertionError(f"still {job.status}")


async def test_a_job_from_its_files_to_its_model(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    started = await tuner.start(request_of(tmp_path))
    assert started.status == "validating_files"
    stored = server.tuning.jobs[started.id].body
    assert stored["method"]["supervised"]["hyperparameters"] == {"n_epochs": 2}
    assert stored["seed"] == 3
    assert stored["metadata"] == {KEY: "a" * 32}
    file = server.tuning.files[stored["training_file"]]
    assert file.content == (tmp_path / "train.jsonl").read_bytes()
    assert file.body["expires_at"] > file.body["created_at"]

    job = await ended(tuner, started)
    assert job.status == SUCCEEDED
    assert job.fine_tuned_model == f"ft:{MODEL}:org:marv:1"
    assert job.trained_tokens
    events = await tuner.events(job.id)
    assert events[0].message.startswith("Created")
    assert events[-1].message == "The job has successfully completed"
    figures = {int(str(each.data["step"])): each.data for each in events if "step" in each.data}
    points = loss_points(figures)
    assert [point.step for point in points] == list(range(1, 9))
    assert points[0].train is not None
    assert points[-1].train is not None
    assert points[-1].train < points[0].train
    assert points[-1].valid is not None
    newest, older = await tuner.checkpoints(job.id)
    assert (newest.step, older.step) == (8, 4)
    assert newest.metrics["full_valid_loss"] < older.metrics["full_valid_loss"]
    # Once it has ended, members' words are deleted there.
    assert {each.body["status"] for each in server.tuning.files.values()} == {"x"}


async def test_preferences_are_a_method_of_their_own(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    job = await ended(tuner, await tuner.start(request_of(tmp_path, method=Method.DPO)))
    assert job.status == SUCCEEDED
    assert server.tuning.jobs[job.id].body["method"]["type"] == "dpo"


async def test_the_same_key_makes_one_job(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    first = await tuner.start(request_of(tmp_path))
    again = await tuner.start(request_of(tmp_path))
    other = await tuner.start(request_of(tmp_path, key="b" * 32))
    assert first.id == again.id != other.id
    assert server.tuning.creations == 2


async def test_a_lost_reply_makes_no_second_job(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    server.tuning.loses_reply_of_create = 1
    job = await tuner.start(request_of(tmp_path))
    assert server.tuning.creations == 1
    assert job.id in server.tuning.jobs


async def test_a_crash_between_upload_and_creation_uploads_once(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    server.tuning.refuses_newcomers = True  # anything that ends it after the upload
    with pytest.raises(NoNewCustomers):
        await tuner.start(request_of(tmp_path))
    assert server.tuning.uploads == 2
    server.tuning.refuses_newcomers = False
    await tuner.start(request_of(tmp_path))
    assert server.tuning.uploads == 2


async def test_a_file_that_moderation_refuses_fails_with_its_reason(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    server.tuning.unsafe_word = "obviously"
    job = await ended(tuner, await tuner.start(request_of(tmp_path)))
    assert job.status == FAILED
    assert job.error == "unsafe_file: The training file was blocked by our moderation system."


async def test_words_that_nobody_knows_are_shown(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    server.tuning.way = ("validating_files", "running", "awaiting_safety_review", "succeeded")
    server.tuning.odd_events = True
    started = await tuner.start(request_of(tmp_path))
    seen = [(await tuner.job(started.id)).status for _ in range(3)]
    assert seen == ["running", "awaiting_safety_review", "succeeded"]
    odd = [each for each in await tuner.events(started.id) if each.level == "notice"]
    assert odd[0].message == "Moderation checks ran"
    assert odd[0].data == {"phase": ["a", None]}


async def test_cancel_pause_and_resume(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    request = request_of(tmp_path)
    started = await tuner.start(request)
    assert (await tuner.pause(started.id)).status == "paused"
    assert (await tuner.job(started.id)).status == "paused"
    assert (await tuner.resume(started.id, request)).status == "running"
    assert (await tuner.cancel(started.id)).status == CANCELLED
    assert (await tuner.cancel(started.id)).status == CANCELLED  # it stays as it is
    with pytest.raises(TrainerRefused, match="already cancelled"):
        await tuner.pause(started.id)


async def test_a_job_that_is_not_there(tuner: OpenAITuner) -> None:
    assert await tuner.find("c" * 32) is None
    with pytest.raises(JobGone):
        await tuner.job("ftjob-none")


async def test_too_many_events_for_a_page(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path
) -> None:
    server.tuning.way = ("validating_files", *["running"] * 60, "succeeded")
    started = await tuner.start(request_of(tmp_path))
    for _ in range(61):
        await tuner.job(started.id)
    events = await tuner.events(started.id)
    assert len(events) == len(server.tuning.jobs[started.id].events) > 240
    assert [each.id for each in events] == [
        each["id"] for each in server.tuning.jobs[started.id].events
    ]


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    tuner = OpenAITuner.open(base_url=f"http://127.0.0.1:{port}/v1", api_key="x", patience=QUICK)
    with pytest.raises(TrainerUnreachable):
        await tuner.start(request_of(tmp_path))
    await tuner.close()


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the npm package's server; its base URL."""
    with aimock_program(tmp_path_factory.mktemp("aimock")) as address:
        yield f"{address}/v1"


async def test_a_job_at_aimock(aimock: str, tmp_path: Path) -> None:
    tuner = OpenAITuner.open(base_url=aimock, api_key="sk-test", patience=QUICK)
    started = await tuner.start(request_of(tmp_path, key="d" * 32))
    again = await tuner.start(request_of(tmp_path, key="d" * 32))
    assert started.id == again.id
    job = await ended(tuner, started)
    assert job.status == SUCCEEDED
    assert job.fine_tuned_model
    assert (await tuner.events(job.id))[-1].message.startswith("Training complete")
    assert (await tuner.cancel(job.id)).status == SUCCEEDED
    other = await tuner.start(request_of(tmp_path, key="e" * 32))
    assert (await tuner.cancel(other.id)).status == CANCELLED
    with pytest.raises(JobGone):
        await tuner.job("ftjob-none")
    await tuner.close()


async def test_a_refused_key_is_not_shown(
    server: OpenAIServer, tuner: OpenAITuner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.tuning, "refuses_newcomers", True)
    with pytest.raises(NoNewCustomers) as caught:
        await tuner.start(request_of(tmp_path))
    assert not isinstance(caught.value, KeyRefused)
