"""Chat models over the OpenAI protocol, streamed."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.adapters.openai_client import (
    PATIENCE,
    Breaker,
    Patience,
    is_official,
    open_client,
    translated,
    with_retries,
)
from bot.errors import ChatFailed
from bot.models import ChatDelta, ChatMessage, TokenUsage

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

log = logging.getLogger(__name__)

# Reasoning models refuse max_tokens, and every temperature but their own.
REASONING = re.compile(r"^(ft:)?(o\d|gpt-5)")
MAX_TOKEN_CHARACTERS = 32  # a server that sends more a token ignores max_tokens


@dataclass(frozen=True, slots=True)
class OpenAIChat:
    """Fulfils ``bot.ports.ChatModel``."""

    client: AsyncOpenAI
    name: str
    grounded: bool = True
    official: bool = False
    patience: Patience = PATIENCE
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def open(
        cls, name: str, *, base_url: str | None, api_key: str | None, patience: Patience = PATIENCE
    ) -> OpenAIChat:
        """Return the model ``name`` of the server at ``base_url`` (OpenAI's own by default)."""
        client = open_client(base_url, api_key, patience=patience)
        return cls(client, name, official=is_official(base_url), patience=patience)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it comes; only a reply that has not begun is tried again.

        A reply that breaks off after its first words ends without a finish
        reason; one that never says anything is ChatFailed.
        """
        said = False
        try:
            with translated(ChatFailed, self.breaker):
                opened = await with_retries(
                    lambda: self._open(messages, max_tokens, temperature), patience=self.patience
                )
                async with aclosing(opened) as chunks:
                    async for delta in self._deltas(chunks, max_tokens * MAX_TOKEN_CHARACTERS):
                        said = said or bool(delta.text or delta.finish_reason)
                        yield delta
        except ChatFailed as error:
            if not said:
                raise
            log.warning("%s broke off in the middle of a reply: %s", self.name, error)
        if not said:
            raise ChatFailed(f"{self.name} ended the reply before it began")

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _open(
        self, messages: Sequence[ChatMessage], max_tokens: int, temperature: float
    ) -> AsyncStream[ChatCompletionChunk]:
        from openai import omit

        reasoning = REASONING.match(self.name) is not None
        # max_tokens is deprecated at OpenAI, and the only name many other servers know
        modern = self.official or reasoning
        return await self.client.chat.completions.create(
            model=self.name,
            messages=[_message(message) for message in messages],
            stream=True,
            stream_options={"include_usage": True},
            max_completion_tokens=max_tokens if modern else omit,
            max_tokens=omit if modern else max_tokens,
            temperature=omit if reasoning else temperature,
        )

    async def _deltas(
        self, chunks: AsyncStream[ChatCompletionChunk], room: int
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield at most ``room`` characters, within the time that an answer may take."""
        deadline = asyncio.get_running_loop().time() + self.patience.answer_seconds
        while (chunk := await _next(chunks, deadline)) is not None:
            if (delta := _delta(chunk)) is None:
                continue
            if len(delta.text) > room:
                yield replace(delta, text=delta.text[:room], finish_reason="length")
                return
            room -= len(delta.text)
            yield delta


async def _next(
    chunks: AsyncStream[ChatCompletionChunk], deadline: float
) -> ChatCompletionChunk | None:
    async with asyncio.timeout_at(deadline):
        return await anext(chunks, None)


def _message(message: ChatMessage) -> ChatCompletionMessageParam:
    if message.role == "system":
        return {"role": "system", "content": message.content}
    if message.role == "user":
        return {"role": "user", "content": message.content}
    return {"role": "assistant", "content": message.content}


def _delta(chunk: ChatCompletionChunk) -> ChatDelta | None:
    """Read a chunk; the client does not check what a server made of it."""
    try:
        usage = None
        if chunk.usage is not None:
            usage = TokenUsage(
                prompt=chunk.usage.prompt_tokens or 0, completion=chunk.usage.completion_tokens or 0
            )
        if not chunk.choices:
            return ChatDelta(usage=usage) if usage else None
        choice = chunk.choices[0]
        text = choice.delta.content if choice.delta else None
        return ChatDelta(text=text or "", finish_reason=choice.finish_reason, usage=usage)
    except (AttributeError, TypeError) as error:
        raise ChatFailed("a piece of the reply has another shape") from error
