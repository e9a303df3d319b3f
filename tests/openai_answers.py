"""The JSON bodies that the loopback OpenAI server answers with."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.openai_contract import answer_violation

Json = dict[str, Any]
PIECE_CHARACTERS = 4
MODERATION_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
CREATED = 1_767_225_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the model says to one chat request; a piece of four characters counts as a token."""

    model: str
    pieces: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int

    @classmethod
    def of(cls, body: Mapping[str, Any], text: str) -> Completion:
        """Return a text as the answer to a request, cut at its ``max_tokens``."""
        pieces = re.findall(rf".{{1,{PIECE_CHARACTERS}}}", text, re.DOTALL)
        limit = body.get("max_completion_tokens") or body.get("max_tokens") or len(pieces)
        prompt = sum(len(message["content"]) for message in body["messages"])
        return cls(
            model=body["model"],
            pieces=tuple(pieces[:limit]),
            finish_reason="length" if len(pieces) > limit else "stop",
            prompt_tokens=prompt // PIECE_CHARACTERS,
        )

    @property
    def usage(self) -> Json:
        """Return the tokens used."""
        used = len(self.pieces)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": used,
            "total_tokens": self.prompt_tokens + used,
        }

    def body(self) -> Json:
        """Return the whole answer."""
        message = {"role": "assistant", "content": "".join(self.pieces), "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": self.finish_reason,
            "logprobs": None,
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": self.usage}

    def chunks(self, *, with_usage: bool) -> Iterator[Json]:
        """Yield the answer in the pieces of a stream: a role, the text, the end, the usage."""
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in self.pieces:
            yield self._chunk({"content": piece})
        yield self._chunk({}, finish_reason=self.finish_reason)
        if with_usage:
            yield {**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage}

    def _chunk(self, delta: Json, *, finish_reason: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**self._head("chat.completion.chunk"), "choices": [choice], "usage": None}

    def _head(self, kind: str) -> Json:
        return {"id": "chatcmpl-1", "object": kind, "created": CREATED, "model": self.model}


def completion_chunks(model: str, text: str) -> Iterator[Json]:
    """Yield a completion of the time before chat in pieces, its usage last."""
    head = {"id": "cmpl-1", "object": "text_completion", "created": CREATED, "model": model}
    pieces = re.findall(rf".{{1,{PIECE_CHARACTERS}}}", text, re.DOTALL)
    for piece in pieces:
        choice = {"text": piece, "index": 0, "logprobs": None, "finish_reason": None}
        yield {**head, "choices": [choice]}
    last = {"text": "", "index": 0, "logprobs": None, "finish_reason": "stop"}
    yield {**head, "choices": [last]}
    used = {"prompt_tokens": 3, "completion_tokens": len(pieces), "total_tokens": 3 + len(pieces)}
    yield {**head, "choices": [], "usage": used}


def embeddings_body(
    model: str, rows: Sequence[NDArray[np.float32]], *, as_base64: bool, tokens: int
) -> Json:
    """Return the answer to an embedding request."""
    return {
        "object": "list",
        "model": model,
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": base64.b64encode(row.astype("<f4").tobytes()).decode()
                if as_base64
                else row.tolist(),
            }
            for index, row in enumerate(rows)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def embeddings_violation(body: Json) -> str | None:
    """Return how an embedding answer breaks the schema.

    The schema knows arrays of numbers alone, so base64 is read first; and it
    takes a second to look at 150,000 of them, so it sees two a vector.
    """
    items = [{**item, "embedding": _numbers(item["embedding"])} for item in body["data"]]
    return answer_violation("CreateEmbeddingResponse", {**body, "data": items})


def models_body(names: Sequence[str]) -> Json:
    """Return the list of models."""
    return {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": CREATED, "owned_by": "loopback"}
            for name in names
        ],
    }


def moderation_body(model: str, scores: Mapping[str, float]) -> Json:
    """Return the verdict on one text; what scores a half or more is flagged."""
    given = {name: float(scores.get(name, 0.0)) for name in MODERATION_CATEGORIES}
    result = {
        "flagged": any(score >= 0.5 for score in given.values()),
        "categories": {name: score >= 0.5 for name, score in given.items()},
        "category_scores": given,
        "category_applied_input_types": {name: ["text"] for name in given},
    }
    return {"id": "modr-1", "model": model, "results": [result]}


def error_body(message: str, *, kind: str, code: str | None) -> Json:
    """Return an error as OpenAI words it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _numbers(embedding: str | list[float]) -> list[float]:
    if isinstance(embedding, str):
        return [float(x) for x in np.frombuffer(base64.b64decode(embedding), dtype="<f4")[:2]]
    return embedding[:2]
