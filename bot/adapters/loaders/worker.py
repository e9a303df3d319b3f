"""The child process that reads files, one request after the other.

An error that nobody foresaw ends it, after it has said so; the parser then
starts another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import BinaryIO

from bot.adapters.loaders import limits, protocol
from bot.adapters.loaders.reading import read
from bot.adapters.tokens import ToktokCounter
from bot.models import ParsedDocument
from bot.ports import TokenCounter
from bot.refusals import DocumentRefused, RefusalReason

_LAST_WORDS: dict[type[BaseException], bytes] = {
    MemoryError: protocol.last_words(RefusalReason.TOO_LARGE, "it needs too much memory"),
    RecursionError: protocol.last_words(RefusalReason.HOSTILE, "nested too deeply"),
}


def main(parent: str, seconds: str, model: str) -> None:
    """Answer requests until standard input ends.

    ``parent`` is the parser's process id, ``seconds`` the time a file may
    take, ``model`` the one whose tokens are counted.
    """
    limits.die_with(int(parent))
    answers = _take_stdout()
    _speak_before_dying(answers)
    limits.confine()
    counter = ToktokCounter(model)
    requests = sys.stdin.buffer
    while source := _next_frame(requests):
        limits.be_done_in(int(seconds))
        suffix = _next_frame(requests).decode()
        content = _next_frame(requests)
        for answer in answer_frames(content, source.decode(), counter, suffix=suffix):
            answers.write(answer)
            answers.flush()
        limits.be_done_in(0)


def answer_frames(
    content: bytes, source: str, counter: TokenCounter, *, suffix: str = ""
) -> Iterator[bytes]:
    """Yield the frames that answer one request."""
    try:
        yield from _frames(read(content, source, counter, suffix=suffix), source)
    except DocumentRefused as refusal:
        yield protocol.encode(protocol.refusal_message(refusal))
    else:
        yield protocol.encode({"done": True})


def _frames(documents: Iterable[ParsedDocument], source: str) -> Iterator[bytes]:
    """Yield the frames of all documents; raises DocumentRefused when they hold too much."""
    chunks = size = 0
    for document in documents:
        chunks += len(document.chunks)
        for answer in _document_frames(document):
            size += len(answer)
            if chunks > protocol.MAX_CHUNKS or size > protocol.MAX_ANSWER_BYTES:
                raise DocumentRefused(source, RefusalReason.TOO_LARGE, "too much text")
            yield answer


def _document_frames(document: ParsedDocument) -> Iterator[bytes]:
    head = {"source": document.source, "title": document.title, "hash": document.content_hash}
    yield protocol.encode({"document": head})
    for start in range(0, len(document.chunks), protocol.CHUNKS_PER_FRAME):
        few = document.chunks[start : start + protocol.CHUNKS_PER_FRAME]
        yield protocol.encode({"chunks": [protocol.chunk_row(chunk) for chunk in few]})


def _next_frame(requests: BinaryIO) -> bytes:
    """Return the next frame, empty when the parser is gone."""
    return requests.read(int.from_bytes(requests.read(protocol.LENGTH_BYTES), "big"))


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers; what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _speak_before_dying(answers: BinaryIO) -> None:
    """Answer with a refusal when an error is about to end the process."""

    def speak(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
        words = _LAST_WORDS.get(kind)
        if words is None:
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
            fault = f"{kind.__name__} in {place}"
            words = protocol.last_words(RefusalReason.BROKEN, "", fault=fault)
        answers.write(words)
        answers.flush()

    sys.excepthook = speak


if __name__ == "__main__":
    main(*sys.argv[1:])
