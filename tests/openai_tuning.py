"""The files and fine-tuning endpoints of the loopback server: it keeps, validates and 'trains'.

A job moves on each time that it is looked at, as fast as a test wants to look. Its losses
are computed from its file, and a model that succeeded answers the questions of its file as
the file does.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from tests import openai_contract
from tests.openai_answers import Json
from tests.tuning_faults import WIND_DOWN, TuningFaults, refused

FEWEST_LINES = 10
STEPS = 4
WAY = ("validating_files", "queued", "running", "running", "succeeded")
ENDED = ("succeeded", "failed", "cancelled")


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file as it was uploaded."""

    body: Json
    content: bytes

    def examples(self) -> list[Json]:
        """Return its lines."""
        return [json.loads(line) for line in self.content.splitlines()]


@dataclass(slots=True, kw_only=True)
class StoredJob:
    """A job and how far it is."""

    body: Json
    suffix: str | None
    looks: int = 0
    events: list[Json] = field(default_factory=list)
    checkpoints: list[Json] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class TuningShop(TuningFaults):
    """What the provider has, and how it behaves: tests set the latter."""

    check: Callable[[str, Json], None]  # notes an answer of ours that breaks its schema
    unsafe_word: str | None = None  # a file that holds it fails moderation
    way: tuple[str, ...] = WAY  # statuses by the number of looks; any word may stand here
    odd_events: bool = False  # events of a kind and with figures that nobody has heard of
    files: dict[str, StoredFile] = field(default_factory=dict)
    jobs: dict[str, StoredJob] = field(default_factory=dict)

    def routes(self, app: web.Application) -> None:
        """Add the endpoints."""
        app.router.add_post("/v1/files", self._upload)
        app.router.add_get("/v1/files", self._list_files)
        app.router.add_delete("/v1/files/{file}", self._delete_file)
        app.router.add_post("/v1/fine_tuning/jobs", self._create)
        app.router.add_get("/v1/fine_tuning/jobs", self._list_jobs)
        app.router.add_get("/v1/fine_tuning/jobs/{job}", self._retrieve)
        for verb in ("cancel", "pause", "resume"):
            app.router.add_post(f"/v1/fine_tuning/jobs/{{job}}/{verb}", self._turn)
        app.router.add_get("/v1/fine_tuning/jobs/{job}/events", self._events)
        app.router.add_get("/v1/fine_tuning/jobs/{job}/checkpoints", self._checkpoints)

    def learnt(self, model: str, question: str) -> str | None:
        """Return what a fine-tuned model learnt to answer, None where it learnt nothing."""
        for job in self.jobs.values():
            if job.body["fine_tuned_model"] != model:
                continue
            for example in self.files[job.body["training_file"]].examples():
                messages = example.get("messages", ())
                if messages and messages[-2]["content"] == question:
                    return str(messages[-1]["content"])
        return None

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fields: dict[str, str] = {}
        name, content = "", b""
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            data = bytes(await part.read())
            if part.name == "file":
                name, content = part.filename or "", data
            else:
                fields[part.name or ""] = data.decode()
        if fields.get("purpose") != "fine-tune":
            return refused(400, f"purpose {fields.get('purpose')!r} is not fine-tune")
        if not 3600 <= int(fields.get("expires_after[seconds]", 0)) <= 2_592_000:
            return refused(400, "expires_after[seconds] must be from 3600 to 2592000")
        self.uploads += 1
        body: Json = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": _now(),
            "expires_at": _now() + int(fields["expires_after[seconds]"]),
            "filename": name,
            "purpose": "fine-tune",
            "status": "processed",
        }
        self.files[body["id"]] = StoredFile(body=body, content=content)
        return self._answer("OpenAIFile", body)

    async def _list_files(self, request: web.Request) -> web.StreamResponse:
        stored = [each.body for each in reversed(self.files.values()) if each.body["status"] != "x"]
        return self._page("ListFilesResponse", stored, request)

    async def _delete_file(self, request: web.Request) -> web.StreamResponse:
        file = self.files.get(request.match_info["file"])
        if file is None or file.body["status"] == "x":
            return refused(404, "No such File object")
        file.body["status"] = "x"  # kept for what it taught
        body = {"id": file.body["id"], "object": "file", "deleted": True}
        return self._answer("DeleteFileResponse", body)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        wrong = openai_contract.request_violation("CreateFineTuningJobRequest", body)
        if wrong:
            return refused(400, wrong)
        if self.refuses_newcomers:
            return refused(403, WIND_DOWN)
        for name in ("training_file", "validation_file"):
            if body.get(name) and body[name] not in self.files:
                return refused(400, f"invalid {name}: {body[name]}")
        self.creations += 1
        job = StoredJob(body=self._new_job(body), suffix=body.get("suffix"))
        self.jobs[job.body["id"]] = job
        self._tell(job, f"Created fine-tuning job: {job.body['id']}")
        self.lose(request)
        return self._answer("FineTuningJob", job.body)

    def _new_job(self, body: Json) -> Json:
        method = body.get("method", {"type": "supervised"})
        figures = method.get(method["type"], {}).get("hyperparameters", {})
        return {
            "id": f"ftjob-{len(self.jobs) + 1}",
            "object": "fine_tuning.job",
            "created_at": _now(),
            "error": None,
            "fine_tuned_model": None,
            "finished_at": None,
            "hyperparameters": {
                "n_epochs": figures.get("n_epochs", 3),
                "batch_size": figures.get("batch_size", 4),
                "learning_rate_multiplier": figures.get("learning_rate_multiplier", 1.8),
            },
            "model": body["model"],
            "organization_id": "org-1",
            "result_files": [],
            "status": "validating_files",
            "trained_tokens": None,
            "training_file": body["training_file"],
            "validation_file": body.get("validation_file"),
            "seed": body.get("seed") or 7,
            "method": method,
            "metadata": body.get("metadata"),
        }

    async def _list_jobs(self, request: web.Request) -> web.StreamResponse:
        if self.breaks_lists_after_create and self.jobs:
            return refused(500, "Something broke.")
        newest_first = [each.body for each in reversed(self.jobs.values())]
        return self._page("ListPaginatedFineTuningJobsResponse", newest_first, request)

    async def _retrieve(self, request: web.Request) -> web.StreamResponse:
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return refused(404, "No such fine-tuning job")
        if (refusal := self.endpoint.refusal()) is not None:
            return refusal
        self._advance(job)
        known = job.body["status"] in (*WAY, *ENDED)
        return self._answer("FineTuningJob" if known else None, job.body)

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return refused(404, "No such fine-tuning job")
        if job.body["status"] in ENDED:
            return refused(400, f"The job has already {job.body['status']}")
        verb = request.path.rpartition("/")[2]
        status = {"cancel": "cancelled", "pause": "paused", "resume": "running"}[verb]
        job.body["status"] = status
        if status == "cancelled":
            job.body["finished_at"] = _now()
        self._tell(job, f"The job is {status}")
        return self._answer(None if status == "paused" else "FineTuningJob", job.body)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return refused(404, "No such fine-tuning job")
        schema = None if self.odd_events else "ListFineTuningJobEventsResponse"
        return self._page(schema, job.events[::-1], request)

    async def _checkpoints(self, request: web.Request) -> web.StreamResponse:
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return refused(404, "No such fine-tuning job")
        return self._page("ListFineTuningJobCheckpointsResponse", job.checkpoints[::-1], request)

    def _advance(self, job: StoredJob) -> None:
        if job.body["status"] in (*ENDED, "paused"):
            return
        job.looks += 1
        status = self.way[min(job.looks, len(self.way) - 1)]
        file = self.files[job.body["training_file"]]
        if job.looks == 1 and (refusal := self._refusal(file, job.body["method"]["type"])):
            self._fail(job, *refusal)
            return
        job.body["status"] = status
        if status == "running":
            self._train(job, file)
        elif status == "succeeded":
            self._finish(job, file)
        elif status == "failed":
            self._fail(job, "server_error", "The training broke down.")

    def _refusal(self, file: StoredFile, method: str) -> tuple[str, str] | None:
        """Return why a file cannot be trained on, as the provider says it."""
        lines = file.content.splitlines()
        if len(lines) < FEWEST_LINES:
            return "invalid_n_examples", f"has {len(lines)} example(s), but must have at least 10"
        key = {"supervised": "messages", "dpo": "preferred_output"}[method]
        for number, line in enumerate(lines, start=1):
            if key not in json.loads(line):
                return "invalid_training_file", f"line {number} has no {key}"
        if self.unsafe_word and self.unsafe_word in file.content.decode():
            return "unsafe_file", "The training file was blocked by our moderation system."
        return None

    def _train(self, job: StoredJob, file: StoredFile) -> None:
        """Write the figures of some steps: a loss that falls from what the file's bytes weigh."""
        weight = len(zlib.compress(file.content)) / max(1, len(file.content))
        done = sum(event.get("type") == "metrics" for event in job.events)
        for step in range(done + 1, done + STEPS + 1):
            loss = weight * 4 / step
            data: Json = {
                "step": step,
                "total_steps": 2 * STEPS,
                "train_loss": loss,
                "train_mean_token_accuracy": 1 - weight / step,
            }
            if step % STEPS == 0:
                data |= {"full_valid_loss": loss * 1.2, "full_valid_mean_token_accuracy": 0.8}
                self._keep(job, data)
            self._tell(job, f"Step {step}/{2 * STEPS}: training loss={loss:.2f}", data)
        if self.odd_events:
            data = {"phase": ["a", None]}
            self._tell(job, "Moderation checks ran", data, level="notice", type="moderation_checks")

    def _keep(self, job: StoredJob, data: Json) -> None:
        number = len(job.checkpoints) + 1
        job.checkpoints.append(
            {
                "id": f"ftckpt_{job.body['id']}_{number}",
                "object": "fine_tuning.job.checkpoint",
                "created_at": _now(),
                "fine_tuned_model_checkpoint": f"{self._name(job)}:ckpt-step-{data['step']}",
                "step_number": data["step"],
                "metrics": {key: value for key, value in data.items() if key != "total_steps"},
                "fine_tuning_job_id": job.body["id"],
            }
        )

    def _finish(self, job: StoredJob, file: StoredFile) -> None:
        job.body |= {
            "fine_tuned_model": self._name(job),
            "finished_at": _now(),
            "trained_tokens": len(file.content) // 4 * job.body["hyperparameters"]["n_epochs"],
        }
        self._tell(job, "The job has successfully completed")

    def _fail(self, job: StoredJob, code: str, message: str) -> None:
        error = {"code": code, "message": message, "param": "training_file"}
        job.body |= {"status": "failed", "finished_at": _now(), "error": error}
        self._tell(job, message, None, level="error")

    def _name(self, job: StoredJob) -> str:
        return f"ft:{job.body['model']}:org:{job.suffix or ''}:{job.body['id'][6:]}"

    def _tell(self, job: StoredJob, message: str, data: Json | None = None, **more: object) -> None:
        job.events.append(
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{job.body['id']}-{len(job.events)}",
                "created_at": _now(),
                "level": "info",
                "message": message,
                "type": "message" if data is None else "metrics",
                "data": data or {},
                **more,
            }
        )

    def _page(
        self, schema: str | None, items: list[Json], request: web.Request
    ) -> web.StreamResponse:
        limit = int(request.query.get("limit", 20))
        ids = [each["id"] for each in items]
        start = ids.index(request.query["after"]) + 1 if "after" in request.query else 0
        page = items[start : start + limit]
        body: Json = {
            "object": "list",
            "data": page,
            "has_more": len(items) > start + limit,
        }
        if schema == "ListFilesResponse":
            body |= {"first_id": page[0]["id"] if page else "", "last_id": ""}
            body["last_id"] = page[-1]["id"] if page else ""
        return self._answer(schema, body)

    def _answer(self, schema: str | None, body: Mapping[str, object]) -> web.Response:
        if schema is not None:
            self.check(schema, dict(body))
        return web.json_response(body)


def _now() -> int:
    return int(time.time())
