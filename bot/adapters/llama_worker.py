"""The process that llama.cpp runs in, spoken to in JSON lines; see bot.adapters.llama.

Loading a model holds the interpreter lock for more than a second, and a fault in
native code ends its process: neither may happen to the bot. Run as a plain
file, so it imports nothing of ours.

The first line on standard input says what to load and is answered by ``{"ready": true}``.
Every further line is a request, answered by the server's chunks and ``{"done": true}``, or
the line ``{"cancel": true}``, which ends the running one early. An ``{"error": text}`` ends either.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import sys
import threading
from typing import Any, TextIO

# Writing is bound by memory: one thread does. Reading the prompt and checking drafts use two.
WRITING_THREADS, READING_THREADS = 1, 2
# When the last two tokens occurred before, draft the sixteen that followed them there.
NGRAM_TOKENS, DRAFT_TOKENS = 2, 16


def main() -> None:
    """Serve one model until standard input ends."""
    replies = _claim_stdout()
    try:
        server = _load(**json.loads(sys.stdin.readline()))
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        _say(replies, {"error": str(error)})
        return
    _say(replies, {"ready": True})
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(requests, stopped), daemon=True).start()
    while True:
        _answer(server, requests.get(), stopped, replies)


def _claim_stdout() -> TextIO:
    """Keep standard output for replies: what native code prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _listen(requests: queue.Queue[dict[str, Any]], stopped: threading.Event) -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "cancel" in message:
            stopped.set()
        else:
            stopped.clear()
            requests.put(message)
    os._exit(0)  # the bot is gone: native threads would outlive a polite exit


def _answer(
    server: Any,  # noqa: ANN401 - xllamacpp has no types
    request: dict[str, Any],
    stopped: threading.Event,
    replies: TextIO,
) -> None:
    """Pass on what the server says; returning True from the callback stops it."""

    def receive(chunk: dict[str, Any]) -> bool:
        _say(replies, chunk)
        return stopped.is_set()

    complete = server.handle_completions if "prompt" in request else server.handle_chat_completions
    try:
        complete(request, receive)
    except (RuntimeError, ValueError) as error:
        _say(replies, {"error": {"message": str(error)}})
    _say(replies, {"done": True})


def _say(replies: TextIO, message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def _load(*, path: str, adapter: str | None, context_tokens: int) -> Any:  # noqa: ANN401
    # libgomp reads it once, when it is loaded: waiting threads must sleep. Spinning ones
    # slow each other down tenfold on a busy machine.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.warmup = False
    parameters.verbosity = 0
    # xllamacpp also opens a port on the loopback, unasked: nobody gets the key to it.
    parameters.api_keys = [secrets.token_hex(32)]
    parameters.cpuparams.n_threads = WRITING_THREADS
    parameters.cpuparams_batch.n_threads = READING_THREADS
    kinds = xllamacpp.common_speculative_type
    parameters.speculative.types = [kinds.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    parameters.speculative.ngram_simple.size_n = NGRAM_TOKENS
    parameters.speculative.ngram_simple.size_m = DRAFT_TOKENS
    if adapter is not None:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = adapter, 1.0
        parameters.lora_adapters = [lora]
    return xllamacpp.Server(parameters)


if __name__ == "__main__":
    main()
