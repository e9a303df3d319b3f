"""What the parser and its child say to each other: JSON frames with their length in front.

JSON and not pickle, and small frames: the child reads hostile files, so its
answers are checked, and decoding one must not hold up the event loop.
"""

from __future__ import annotations

import json
from typing import Any

from bot.models import Chunk, ParsedDocument
from bot.refusals import DocumentRefused, RefusalReason

LENGTH_BYTES = 8
MAX_FRAME_BYTES = 8 * 2**20
MAX_ANSWER_BYTES = 64 * 2**20
MAX_CHUNKS = 20_000
CHUNKS_PER_FRAME = 200
MAX_FRAMES = 2 * MAX_CHUNKS + 1  # a document of one chunk takes two


class ProtocolBroken(Exception):
    """The child said something that it should not say."""


def frame(payload: bytes) -> bytes:
    """Put the payload's length in front of it."""
    return len(payload).to_bytes(LENGTH_BYTES, "big") + payload


def encode(message: dict[str, Any]) -> bytes:
    """Return the frame of a message."""
    return frame(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))


def decode(payload: bytes) -> dict[str, Any]:
    """Return the message of a frame; raises ProtocolBroken when it is none."""
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ProtocolBroken from error
    if not isinstance(message, dict):
        raise ProtocolBroken
    return message


def refusal_message(refusal: DocumentRefused) -> dict[str, Any]:
    """Return a refusal as a message."""
    return {"refused": refusal.reason.value, "detail": refusal.detail}


def last_words(reason: RefusalReason, detail: str, *, fault: str = "") -> bytes:
    """Return the frame of a child that ends after it; ``fault`` is for the log."""
    return encode({"refused": reason.value, "detail": detail, "fault": fault, "last": True})


def refusal_of(message: dict[str, Any], source: str) -> DocumentRefused:
    """Return the refusal that a message tells of."""
    try:
        reason = RefusalReason(message["refused"])
    except (KeyError, ValueError) as error:
        raise ProtocolBroken from error
    return DocumentRefused(source, reason, _text(message.get("detail", ""))[:200])


def chunk_row(chunk: Chunk) -> list[Any]:
    """Return a chunk as a row of a message."""
    return [list(chunk.heading), chunk.text, chunk.tokens]


def chunk_of(row: object, ordinal: int) -> Chunk:
    """Return the chunk of a row; raises ProtocolBroken when it is none."""
    match row:
        case [list(heading), str(text), int(tokens)] if tokens >= 0:
            path = tuple(_text(name) for name in heading)
            return Chunk(ordinal=ordinal, heading=path, text=text, tokens=tokens)
    raise ProtocolBroken


def document_of(head: dict[str, Any], chunks: list[Chunk]) -> ParsedDocument:
    """Return the document of its first message and its chunks."""
    return ParsedDocument(
        source=_text(head.get("source")),
        title=_text(head.get("title")),
        chunks=tuple(chunks),
        content_hash=_text(head.get("hash")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ProtocolBroken
    return value
