"""Summaries of what a conversation outgrew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from bot import sentences
from bot.models import ChatMessage, Language, Turn
from bot.ports import ChatModel
from bot.prompts import prompt
from bot.services.answer_by_model import Reply
from bot.services.grounding import LANGUAGE_NAMES

MAX_SUMMARY_TOKENS = 250
TEMPERATURE = 0.2
LONGEST_SUMMARY = 1200  # characters
LONGEST_LINE = 120


class Summariser(Protocol):
    """Shortens turns to what is worth remembering."""

    async def condense(self, before: str, turns: Sequence[Turn], *, language: Language) -> str:
        """Return a summary of an older summary and the turns after it, empty for none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSummariser:
    """Has a capable model write the summary; fulfils ``Summariser``."""

    chat: ChatModel

    async def condense(self, before: str, turns: Sequence[Turn], *, language: Language) -> str:
        """Return the model's summary, empty where it was cut; raises what the model raises."""
        said = "\n".join(f"Member: {turn.question}\nBot: {turn.answer}" for turn in turns)
        text = prompt("summary").format(
            language=LANGUAGE_NAMES[language], before=before or "-", said=said
        )
        reply = Reply()
        stream = self.chat.stream(
            [ChatMessage(role="user", content=text)],
            max_tokens=MAX_SUMMARY_TOKENS,
            temperature=TEMPERATURE,
        )
        async with aclosing(stream) as deltas:
            async for delta in deltas:
                reply.add(delta)
        return "" if reply.outcome == "cut" else reply.text.strip()[:LONGEST_SUMMARY]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractiveSummariser:
    """Keeps how each of the members' messages began; fulfils ``Summariser`` without a model."""

    async def condense(self, before: str, turns: Sequence[Turn], *, language: Language) -> str:
        """Return a line a message, the newest lines that fit."""
        lines = [line for line in before.splitlines() if line]
        lines += [f"- {_beginning(turn.question)}" for turn in turns if turn.question]
        while lines and len("\n".join(lines)) > LONGEST_SUMMARY:
            lines.pop(0)
        return "\n".join(lines)


def _beginning(text: str) -> str:
    found = sentences.split(text)
    first = (found[0] if found else text).strip()
    return first if len(first) <= LONGEST_LINE else f"{first[: LONGEST_LINE - 1]}…"
