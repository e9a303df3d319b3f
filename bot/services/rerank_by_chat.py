"""Reranking by a chat model that is asked to put passages into order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.errors import RerankFailed
from bot.models import ChatMessage
from bot.ports import ChatModel
from bot.prompts import prompt

PASSAGE_CHARACTERS = 800  # of each passage that the model sees
MAX_TOKENS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReranker:
    """Fulfils ``bot.ports.Reranker`` with whatever chat model is configured."""

    chat: ChatModel

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return a score a text by the place that the model gave it; what it left out is last.

        Raises RerankFailed when the reply names no passage, and what the model raises.
        """
        listed = "\n".join(
            f"[{n}] {' '.join(text.split())[:PASSAGE_CHARACTERS]}"
            for n, text in enumerate(texts, 1)
        )
        messages = [
            ChatMessage(role="system", content=prompt("rerank")),
            ChatMessage(role="user", content=f"Question: {query}\n\nPassages:\n{listed}"),
        ]
        reply = ""
        stream = self.chat.stream(messages, max_tokens=MAX_TOKENS, temperature=0.0)
        async with aclosing(stream) as deltas:
            async for delta in deltas:
                reply += delta.text
        places: dict[int, int] = {}
        for number in map(int, re.findall(r"\d{1,3}", reply)):
            if 1 <= number <= len(texts):
                places.setdefault(number, len(places))
        if not places:
            raise RerankFailed(f"{self.chat.name} named no passage")
        return tuple(-float(places.get(n, len(texts))) for n in range(1, len(texts) + 1))

    async def close(self) -> None:
        """Leave the chat model to whoever opened it."""
