"""A loopback server that speaks OpenAI's protocol, thinks a little, and fails on demand.

``serving()`` starts one; give its ``url`` to the real client. It checks every
request and answer against OpenAI's own schemas: a request that breaks them is
refused, and fails the test when the server stops.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from aiohttp import web

from bot.adapters.tokens import ToktokCounter
from tests import openai_contract
from tests.loopback import threaded
from tests.openai_answers import (
    Completion,
    Json,
    completion_chunks,
    embeddings_body,
    embeddings_violation,
    error_body,
    models_body,
    moderation_body,
)
from tests.openai_brain import Brain, features, librarian, vector
from tests.openai_faults import Fault, Refusal
from tests.openai_tuning import TuningShop

WIDTHS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
    "nomic-embed-text": 768,
    "bge-m3": 1024,
}
MAX_INPUT_TOKENS = 8192
MAX_REQUEST_TOKENS = 300_000
MAX_BODY_BYTES = 64 * 2**20
HUGE_CHARACTERS = 10 * 2**20
SLOW_SECONDS = 0.05  # between two pieces of a slow stream
_REASONING = re.compile(r"^(ft:)?(o\d|gpt-5)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came in."""

    body: Json
    authorization: str
    at: float
    request_id: str = ""


@dataclass(slots=True)
class Endpoint:
    """What a path was asked, and how it fails next: one fault a request."""

    requests: list[Received] = field(default_factory=list)
    faults: deque[Fault | Refusal] = field(default_factory=deque)

    def fail(self, *faults: Fault | Refusal) -> None:
        """Let the next requests fail, one fault each."""
        self.faults.extend(faults)


@dataclass(slots=True, kw_only=True)
class OpenAIServer:
    """The server: what tests set, and what it remembers."""

    brain: Brain = librarian
    validating: bool = True
    speaks_base64: bool = True
    widths: dict[str, int] = field(default_factory=lambda: dict(WIDTHS))
    chat: Endpoint = field(default_factory=Endpoint)
    completions: Endpoint = field(default_factory=Endpoint)
    embeddings: Endpoint = field(default_factory=Endpoint)
    rerank: Endpoint = field(default_factory=Endpoint)
    moderations: Endpoint = field(default_factory=Endpoint)
    flagging: dict[str, dict[str, float]] = field(default_factory=dict)
    models: Endpoint = field(default_factory=Endpoint)
    violations: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0
    tuning: TuningShop = field(init=False)
    left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.tuning = TuningShop(check=self._check_answer)

    @property
    def url(self) -> str:
        """Return the base URL for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def embedded(self) -> list[str]:
        """Return every text that was to be embedded, in order."""
        return [text for request in self.embeddings.requests for text in _inputs(request.body)]

    async def hung_up(self, *, within_seconds: float = 5.0) -> bool:
        """Tell whether a client closes a connection before its answer is complete."""
        return await asyncio.to_thread(self.left.wait, within_seconds)

    def app(self) -> web.Application:
        """Return the routes."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/completions", self._complete)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_post("/v1/rerank", self._rerank)
        app.router.add_post("/v1/moderations", self._moderations)
        app.router.add_get("/v1/models", self._models)
        self.tuning.routes(app)
        return app

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body, fault = await self._receive(self.chat, request)
        if refused := self._refused(body, fault, "CreateChatCompletionRequest", _chat_refusal):
            return refused
        if fault is Fault.HUGE_ANSWER:
            completion = Completion(
                model=body["model"],
                pieces=tuple(["word " * 4096] * (HUGE_CHARACTERS // 20_480)),
                finish_reason="stop",
                prompt_tokens=1,
            )
        else:
            text = "" if fault is Fault.EMPTY_ANSWER else self._think(body)
            completion = Completion.of(body, text)
        self.answers.append("".join(completion.pieces))
        with self._noticing_hang_ups():
            if fault is Fault.HANG:
                await asyncio.Event().wait()
            if body.get("stream"):
                return await self._stream(request, body, completion, fault)
        self._check_answer("CreateChatCompletionResponse", completion.body())
        return web.json_response(completion.body())

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        """Go on with a prompt as models before chat did: up to the stop sequence, streamed."""
        body, fault = await self._receive(self.completions, request)
        if refused := self._refused(body, fault, "CreateCompletionRequest", lambda _: None):
            return refused
        text = self.brain([{"role": "user", "content": body["prompt"]}])
        for stop in body.get("stop") or ():
            text = text.partition(stop)[0]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in completion_chunks(body["model"], text):
            if all(choice["finish_reason"] for choice in chunk["choices"]):
                self._check_answer("CreateCompletionResponse", chunk)  # of whole ones it speaks
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    def _think(self, body: Json) -> str:
        """Answer what a fine-tune learnt, else what the brain makes of it."""
        learnt = self.tuning.learnt(body["model"], body["messages"][-1]["content"])
        return self.brain(body["messages"]) if learnt is None else learnt

    async def _stream(
        self, request: web.Request, body: Json, completion: Completion, fault: object
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        options = body.get("stream_options") or {}
        chunks = list(completion.chunks(with_usage=bool(options.get("include_usage"))))
        breaks_at = 0 if fault is Fault.CUT_AT_ONCE else len(completion.pieces) // 2 + 1
        for number, chunk in enumerate(chunks):
            if number == breaks_at and await self._broke(request, response, fault):
                return response
            self._check_answer("CreateChatCompletionStreamResponse", chunk)
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
            await asyncio.sleep(SLOW_SECONDS if fault is Fault.SLOW_STREAM else 0)
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _broke(
        self, request: web.Request, response: web.StreamResponse, fault: object
    ) -> bool:
        """Break a stream where the fault says so."""
        if fault is Fault.CUT_SOCKET:
            await asyncio.sleep(0.02)  # so that what was written arrives
            assert request.transport is not None
            request.transport.abort()
        elif fault is Fault.HANG_MID_STREAM:
            await asyncio.Event().wait()
        elif fault is Fault.MALFORMED_CHUNK:
            await response.write(b'data: {"id": "chatcmpl-1", "choices": [{"delta\n\n')
        elif fault is Fault.ERROR_MID_STREAM:
            error = error_body("The server had an error.", kind="server_error", code=None)
            await response.write(f"data: {json.dumps(error)}\n\n".encode())
        else:
            return fault in {Fault.CUT_CLEANLY, Fault.CUT_AT_ONCE}
        return True

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        body, fault = await self._receive(self.embeddings, request)
        if refused := self._refused(body, fault, "CreateEmbeddingRequest", self._embedding_refusal):
            return refused
        with self._noticing_hang_ups():
            if fault is Fault.HANG:
                await asyncio.Event().wait()
        texts = _inputs(body)
        width = self._width(body) + (1 if fault is Fault.WRONG_WIDTH else 0)
        rows = [vector(text, width) for text in texts]
        if fault is Fault.NOT_FINITE:
            rows[-1][0] = np.nan
        if fault is Fault.WRONG_COUNT:
            rows.append(rows[0])
        answer = embeddings_body(
            body["model"],
            rows,
            as_base64=self.speaks_base64 and body.get("encoding_format") == "base64",
            tokens=sum(len(text) for text in texts) // 4,
        )
        if fault is Fault.REPEATED_INDEX:
            answer["data"][-1]["index"] = 0
        self._note(embeddings_violation(answer) if self.validating else None)
        return web.json_response(answer)

    async def _rerank(self, request: web.Request) -> web.StreamResponse:
        """Score documents by the words that they share with the query, best first.

        No OpenAPI file of OpenAI's has this endpoint; the shape is Jina's and Cohere's.
        """
        body, fault = await self._receive(self.rerank, request)
        if refused := self._refused(body, fault, None, lambda _: None):
            return refused
        asked = features(body["query"])
        scores = [len(asked & features(text)) / max(1, len(asked)) for text in body["documents"]]
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        rows = [{"index": place, "relevance_score": scores[place]} for place in order]
        return web.json_response({"model": body["model"], "results": rows})

    async def _moderations(self, request: web.Request) -> web.StreamResponse:
        """Score a text by the words of ``flagging`` that stand in it."""
        body, fault = await self._receive(self.moderations, request)
        if refused := self._refused(body, fault, "CreateModerationRequest", lambda _: None):
            return refused
        with self._noticing_hang_ups():
            if fault is Fault.HANG:
                await asyncio.Event().wait()
        scores: dict[str, float] = {}
        for word, flagged in self.flagging.items():
            scores |= flagged if word in body["input"] else {}
        answer = moderation_body(body["model"], scores)
        self._check_answer("CreateModerationResponse", answer)
        return web.json_response(answer)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        body, fault = await self._receive(self.models, request)
        if refused := self._refused(body, fault, None, lambda _: None):
            return refused
        answer = models_body(["gpt-4.1-mini", *self.widths])
        self._check_answer("ListModelsResponse", answer)
        return web.json_response(answer)

    async def _receive(
        self, endpoint: Endpoint, request: web.Request
    ) -> tuple[Json, Fault | Refusal | None]:
        body: Json = await request.json() if request.can_read_body else {}
        authorization = request.headers.get("Authorization", "")
        endpoint.requests.append(
            Received(
                body=body,
                authorization=authorization,
                at=time.perf_counter(),
                request_id=request.headers.get("X-Client-Request-Id", ""),
            )
        )
        return body, endpoint.faults.popleft() if endpoint.faults else None

    def _refused(
        self,
        body: Json,
        fault: Fault | Refusal | None,
        schema: str | None,
        rule: Callable[[Json], str | None],
    ) -> web.Response | None:
        """Return the refusal of a wrong request, and the faults that are whole responses."""
        wrong = (
            openai_contract.request_violation(schema, body) if schema and self.validating else None
        )
        if wrong := wrong or rule(body):
            self._note(wrong)
            return self._error(Refusal(status=400, kind="invalid_request_error"), wrong)
        if isinstance(fault, Refusal):
            return self._error(fault, "You exceeded, misspelt or broke something.")
        if fault is Fault.MALFORMED_JSON:
            return web.Response(
                text='{"object": "list", "data": [', content_type="application/json"
            )
        if fault is Fault.WEB_PAGE:
            return web.Response(text="<html>Welcome to nginx!</html>", content_type="text/html")
        if fault is Fault.NO_DATA:
            return web.json_response({"status": "ok"})
        return None

    def _embedding_refusal(self, body: Json) -> str | None:
        counter = ToktokCounter(body["model"])
        sizes = [counter.count(text) for text in _inputs(body)]
        if "" in _inputs(body):
            return "embeddings: an empty input"
        if max(sizes) > MAX_INPUT_TOKENS or sum(sizes) > MAX_REQUEST_TOKENS:
            return f"embeddings: {max(sizes)} tokens in an input, {sum(sizes)} in all"
        if body["model"] == "text-embedding-ada-002" and "dimensions" in body:
            return "embeddings: this model does not support specifying dimensions"
        return None

    def _width(self, body: Json) -> int:
        """Return the width of the answer; a model that is not OpenAI's ignores ``dimensions``."""
        native = self.widths[body["model"].partition(":")[0]]
        if body["model"].startswith("text-embedding-3-"):
            return int(body.get("dimensions") or native)
        return native

    def _error(self, refusal: Refusal, message: str) -> web.Response:
        body = error_body(message, kind=refusal.kind, code=refusal.code)
        self._check_answer("ErrorResponse", body)
        headers = {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        return web.json_response(body, status=refusal.status, headers=headers)

    def _check_answer(self, schema: str, body: Json) -> None:
        self._note(openai_contract.answer_violation(schema, body) if self.validating else None)

    def _note(self, violation: str | None) -> None:
        if violation:
            self.violations.append(violation)

    @contextmanager
    def _noticing_hang_ups(self) -> Iterator[None]:
        try:
            yield
        except (asyncio.CancelledError, ConnectionResetError):
            self.left.set()
            raise


@contextmanager
def serving(*, brain: Brain = librarian, validating: bool = True) -> Iterator[OpenAIServer]:
    """Run a server in a thread of its own; fail the test that sent what OpenAI would refuse.

    Skips the test where OpenAI's schemas are not at hand, unless it does
    without them (``validating=False``).
    """
    if validating and not openai_contract.available():
        pytest.skip(f"OpenAI's schemas are not at {openai_contract.OPENAPI_FILE}")
    server = OpenAIServer(brain=brain, validating=validating)
    with threaded(server.app(), name="openai-server") as server.port:
        yield server
    if server.violations:
        pytest.fail("OpenAI would have refused:\n" + "\n".join(server.violations))


def _inputs(body: Json) -> list[str]:
    texts = body["input"]
    return [texts] if isinstance(texts, str) else list(texts)


def _chat_refusal(body: Json) -> str | None:
    if _REASONING.match(body["model"]) and {"temperature", "max_tokens"} & body.keys():
        return f"chat: {body['model']} knows neither temperature nor max_tokens"
    return None
