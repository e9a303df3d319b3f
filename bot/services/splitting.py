"""Cutting a long text into messages, never through a code fence without mending it."""

from __future__ import annotations

import re

MESSAGE_CHARACTERS = 2000  # Discord's limit for a message's content
FENCE = re.compile(r"^(?:```|~~~)[^\n`]*$", re.MULTILINE)  # ```code``` on one line is none
FENCE_CHARACTERS = 40  # of a fence with its language; a longer one is opened again without
CLOSING_ROOM = 8  # a newline and a fence
BREAKS = ("\n\n", "\n", "。", ". ", " ")


def split_message(text: str, *, limit: int = MESSAGE_CHARACTERS) -> tuple[str, ...]:
    """Return the text in parts of at most ``limit`` characters.

    Parts end at a paragraph, a line, a sentence or a word, in that order of
    preference. A fence that a cut leaves open is closed and opened again.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit - CLOSING_ROOM)
        head, rest = rest[:cut].rstrip(), rest[cut:].lstrip("\n")
        if (fence := _open_fence(head)) is not None:
            head += f"\n{fence[:3]}"
            rest = f"{fence}\n{rest}"
        if head:  # Discord refuses a message of white space
            parts.append(head)
    if rest or not parts:
        parts.append(rest)
    return tuple(parts)


def _cut(text: str, room: int) -> int:
    for mark in BREAKS:
        position = text.rfind(mark, room // 2, room)
        if position > 0:
            return position + len(mark)
    return room


def _open_fence(text: str) -> str | None:
    """Return the fence line that the text leaves open, with its language."""
    fences: list[str] = FENCE.findall(text)
    if len(fences) % 2 == 0:
        return None
    return fences[-1] if len(fences[-1]) <= FENCE_CHARACTERS else fences[-1][:3]
