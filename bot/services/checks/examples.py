"""An example of any of the three forms, as the checks that read its texts see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.services.checks.lines import Object


class Shape(StrEnum):
    """The forms that trainers read."""

    CHAT = "chat"
    PREFERENCE = "preference"
    LEGACY = "legacy"


PREFERRED = ("preferred_output", "preferred_completion")
REJECTED = ("non_preferred_output", "non_preferred_completion")


def shape_of(value: Object) -> Shape | None:
    """Return the form of a line's object, by its keys."""
    if "messages" in value:
        return Shape.CHAT
    if "input" in value or any(key in value for key in (*PREFERRED, *REJECTED)):
        return Shape.PREFERENCE
    if "prompt" in value or "completion" in value:
        return Shape.LEGACY
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The texts of a well-formed example.

    ``context`` is what comes before the answer without system prompts, roles
    and all; ``question`` is the last thing that a user says in it.
    """

    line: int
    shape: Shape
    system: str | None
    context: str
    question: str
    answer: str
    rejected: str | None
    messages: tuple[Mapping[str, Any], ...]  # all of them, the wanted answer last
    texts: tuple[str, ...]


def read_example(value: Object, shape: Shape, *, line: int) -> Example | None:
    """Return an example's texts; None where there is no answer to learn from."""
    if shape is Shape.LEGACY:
        return _legacy(value, line)
    rejected = None
    if shape is Shape.CHAT:
        messages = _objects(value.get("messages"))
    else:
        given = value.get("input")
        messages = _objects(given.get("messages") if isinstance(given, dict) else None)
        messages = [*messages, *_first(value, PREFERRED)]
        rejected = next((text_of(each) for each in _first(value, REJECTED)), None)
    return _conversation(messages, shape, rejected=rejected, line=line)


def _conversation(
    messages: Sequence[Mapping[str, Any]], shape: Shape, *, rejected: str | None, line: int
) -> Example | None:
    if not messages or messages[-1].get("role") != "assistant":
        return None
    *before, wanted = messages
    systems = [text_of(each) for each in before if each.get("role") == "system"]
    spoken = [each for each in before if each.get("role") != "system"]
    asked = [text_of(each) for each in spoken if each.get("role") == "user"]
    texts = [text for each in messages for text in _texts(each)]
    return Example(
        line=line,
        shape=shape,
        system="\n".join(systems) if systems else None,
        context="\n".join(f"{each.get('role')}: {text_of(each)}" for each in spoken),
        question=asked[-1] if asked else "",
        answer=text_of(wanted),
        rejected=rejected,
        messages=tuple(messages),
        texts=(*texts, *(() if rejected is None else (rejected,))),
    )


def _legacy(value: Object, line: int) -> Example | None:
    prompt, completion = value.get("prompt"), value.get("completion")
    if not isinstance(prompt, str) or not isinstance(completion, str) or not completion:
        return None
    return Example(
        line=line,
        shape=Shape.LEGACY,
        system=None,
        context=prompt,
        question=prompt,
        answer=completion,
        rejected=None,
        messages=(
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ),
        texts=(prompt, completion),
    )


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _first(value: Object, keys: Sequence[str]) -> list[Mapping[str, Any]]:
    return next((_objects(value[key])[:1] for key in keys if key in value), [])


def text_of(message: Mapping[str, Any]) -> str:
    """Return a message's text, its parts joined."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = (each.get("text", each.get("refusal")) for each in _objects(content))
    return "\n".join(part for part in parts if isinstance(part, str))


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield text_of(message)
    for call in _objects(message.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, dict) and isinstance(arguments := function.get("arguments"), str):
            yield arguments
