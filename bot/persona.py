"""Personas: who speaks, and in which words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.models import ChatMessage, Language

PLAIN, LEAST_VOICED, MOST = 0, 2, 3  # the ends of the sarcasm dial, and from where a model speaks
USUAL = 2
LEVELS = (0, 1, 2, 3)


class Remark(StrEnum):
    """What a persona has hand-written words for."""

    OPENER = "openers"  # before facts
    CLOSER = "closers"  # after facts
    DONT_KNOW = "dont_know"
    SMALL_TALK = "small_talk"  # where there is nothing to say, and no model to say it


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaExample:
    """One exchange that shows how a persona sounds, at some levels of the dial."""

    language: Language
    question: str
    reply: str
    sarcasm: frozenset[int] = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A voice, with a version that changes with any word of it.

    ``dial`` holds one line a level (0 plain – 3 insufferable), ``remarks`` the
    hand-written words by kind, language and level. ``adapter`` names the
    embedded chat model that was trained to sound like it, if one was.
    """

    name: str
    version: str
    system_prompt: Mapping[Language, str]
    examples: tuple[PersonaExample, ...]
    about: Mapping[Language, str] = field(default_factory=dict)
    dial: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    remarks: Mapping[Remark, Mapping[Language, Mapping[int, tuple[str, ...]]]] = field(
        default_factory=dict
    )
    adapter: str | None = None

    def few_shot(self, language: Language, *, sarcasm: int = USUAL) -> tuple[ChatMessage, ...]:
        """Return a level's examples of one language as user and assistant messages in turn."""
        return tuple(
            message
            for example in self.examples
            if example.language is language and sarcasm in example.sarcasm
            for message in (
                ChatMessage(role="user", content=example.question),
                ChatMessage(role="assistant", content=example.reply),
            )
        )

    def options(self, kind: Remark, language: Language, *, sarcasm: int) -> tuple[str, ...]:
        """Return what can be said: the words of the level, or of the nearest one below it."""
        levels = self.remarks.get(kind, {}).get(language, {})
        return next((levels[each] for each in range(sarcasm, PLAIN, -1) if each in levels), ())

    def remark(self, kind: Remark, language: Language, *, sarcasm: int, seed: str) -> str:
        """Return one of them, the same for the same seed; empty where there is none."""
        return chosen(self.options(kind, language, sarcasm=sarcasm), seed=seed)


def chosen(texts: tuple[str, ...], *, seed: str) -> str:
    """Return one of some texts, the same for the same seed; empty where there is none."""
    if not texts:
        return ""
    return texts[hashlib.sha256(seed.encode()).digest()[0] % len(texts)]
