"""Models that speak only the Completions protocol: fine-tunes of babbage-002 and davinci-002.

They learnt pairs of a prompt and a completion, marked as OpenAI's legacy guide had it: a
separator ends the prompt, a stop sequence ends the completion.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.adapters.openai_client import (
    PATIENCE,
    Breaker,
    Patience,
    open_client,
    translated,
    with_retries,
)
from bot.errors import ChatFailed
from bot.models import ChatDelta, ChatMessage, TokenUsage

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types import Completion

SEPARATOR = "\n\n###\n\n"
STOP = " END"
PREFIX = "completions:"  # before the name of any other model that knows no chat
_LEGACY = re.compile(r"^(?:ft:)?(?:babbage|davinci)(?:-002)?(?::|$)")


def speaks_completions(name: str) -> bool:
    """Tell whether a model knows only the Completions protocol, by its name."""
    return name.startswith(PREFIX) or _LEGACY.match(name) is not None


@dataclass(frozen=True, slots=True)
class OpenAICompletions:
    """Fulfils ``bot.ports.ChatModel``: it voices drafts, and does not answer from passages."""

    client: AsyncOpenAI
    name: str
    grounded: bool = False
    patience: Patience = PATIENCE
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def open(
        cls, name: str, *, base_url: str | None, api_key: str | None, patience: Patience = PATIENCE
    ) -> OpenAICompletions:
        """Return the model ``name`` of the server at ``base_url`` (OpenAI's own by default)."""
        return cls(open_client(base_url, api_key, patience=patience), name, patience=patience)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it comes; raises ChatFailed and its children."""
        with translated(ChatFailed, self.breaker):
            opened = await with_retries(
                lambda: self._open(messages, max_tokens, temperature), patience=self.patience
            )
            said = False
            async with aclosing(opened) as chunks:
                async for chunk in chunks:
                    delta = _delta(chunk, first=not said)
                    said = said or bool(delta.text)
                    yield delta
        if not said:
            raise ChatFailed(f"{self.name} ended the reply before it began")

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _open(
        self, messages: Sequence[ChatMessage], max_tokens: int, temperature: float
    ) -> AsyncStream[Completion]:
        return await self.client.completions.create(
            model=self.name.removeprefix(PREFIX),
            prompt=prompt_of(messages),
            max_tokens=max_tokens,
            temperature=temperature,
            stop=[STOP],
            stream=True,
            stream_options={"include_usage": True},
        )


def prompt_of(messages: Sequence[ChatMessage]) -> str:
    """Return the last thing said, before the separator: what such a model was trained on.

    Instructions and earlier turns were not in its examples, and would only confuse it.
    """
    said = next((each.content for each in reversed(messages) if each.role == "user"), "")
    return f"{said}{SEPARATOR}"


def _delta(chunk: Completion, *, first: bool) -> ChatDelta:
    text, finish_reason = "", None
    for choice in chunk.choices[:1]:
        text = choice.text.lstrip() if first else choice.text
        finish_reason = choice.finish_reason
    usage = None
    if chunk.usage is not None:
        usage = TokenUsage(
            prompt=chunk.usage.prompt_tokens, completion=chunk.usage.completion_tokens
        )
    return ChatDelta(text=text, finish_reason=finish_reason, usage=usage)
