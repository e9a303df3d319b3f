"""Talks with the child process that reads files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from bot.adapters.loaders import protocol
from bot.models import Chunk, ParsedDocument
from bot.refusals import DocumentRefused

log = logging.getLogger(__name__)

Answer = tuple[ParsedDocument, ...] | DocumentRefused

_SLICE = 256 * 1024


async def send(child: asyncio.subprocess.Process, content: bytes, source: str, suffix: str) -> None:
    """Write a request in slices, so that a large file does not fill our memory twice."""
    if child.stdin is None:
        raise protocol.ProtocolBroken
    child.stdin.write(protocol.frame(source.encode("utf-8", "replace")))
    child.stdin.write(protocol.frame(suffix.encode()))
    child.stdin.write(len(content).to_bytes(protocol.LENGTH_BYTES, "big"))
    for start in range(0, len(content), _SLICE):
        child.stdin.write(content[start : start + _SLICE])
        await child.stdin.drain()
    await child.stdin.drain()


async def receive(child: asyncio.subprocess.Process, source: str) -> tuple[Answer, bool]:
    """Return the answer, and whether it was the child's last."""
    heads: list[tuple[dict[str, Any], list[Chunk]]] = []
    async for message in _messages(child):
        match message:
            case {"document": dict(head)}:
                heads.append((head, []))
            case {"chunks": list(rows)} if heads:
                chunks = heads[-1][1]
                chunks += [protocol.chunk_of(row, len(chunks) + n) for n, row in enumerate(rows)]
            case {"done": True}:
                break
            case {"refused": str()}:
                if fault := message.get("fault"):
                    log.warning("The document reader failed: %s", str(fault)[:200])
                return protocol.refusal_of(message, source), bool(message.get("last"))
            case _:
                raise protocol.ProtocolBroken
    return tuple(protocol.document_of(head, chunks) for head, chunks in heads), False


async def _messages(child: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    """Yield the child's messages, up to the size that an answer may have."""
    if child.stdout is None:
        raise protocol.ProtocolBroken
    left = protocol.MAX_ANSWER_BYTES + protocol.MAX_FRAME_BYTES
    for _ in range(protocol.MAX_FRAMES):
        size = int.from_bytes(await child.stdout.readexactly(protocol.LENGTH_BYTES), "big")
        if size > min(left, protocol.MAX_FRAME_BYTES):
            break
        left -= size + protocol.LENGTH_BYTES
        yield protocol.decode(await child.stdout.readexactly(size))
    raise protocol.ProtocolBroken
