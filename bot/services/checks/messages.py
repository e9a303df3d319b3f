"""Checks one message: its role, its keys, its content and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.services.checks.faults import Fault, Path, fault
from bot.services.checks.kinds import kind_of
from bot.services.checks.tools import call_faults

ROLES = ("system", "user", "assistant", "tool", "function")
_KEYS: Mapping[str, frozenset[str]] = {
    "system": frozenset({"role", "content", "name", "weight"}),
    "user": frozenset({"role", "content", "name", "weight"}),
    "assistant": frozenset(
        {
            "role",
            "content",
            "name",
            "weight",
            "refusal",
            "audio",
            "tool_calls",
            "function_call",
        }
    ),
    "tool": frozenset({"role", "content", "name", "weight", "tool_call_id"}),
    "function": frozenset({"role", "content", "name", "weight"}),
}
_PARTS: Mapping[str, frozenset[str]] = {
    "system": frozenset({"text"}),
    "user": frozenset({"text", "image_url", "input_audio", "file"}),
    "assistant": frozenset({"text", "refusal"}),
    "tool": frozenset({"text"}),
    "function": frozenset(),
}


def message_faults(message: object, at: Path) -> Iterator[Fault]:
    """Yield what is wrong with a message, after OpenAI's schema of 2025-03-22."""
    if not isinstance(message, dict):
        yield fault("schema.message", "a {kind}", at, kind=kind_of(message))
        return
    if "role" not in message:
        yield fault("schema.message", "no role", at)
        return
    role = message["role"]
    if not isinstance(role, str) or role not in ROLES:
        template = "{role!r}; write system" if role == "developer" else "{role!r}"
        yield fault("schema.role", template, (*at, "role"), role=role)
        return
    for key in message.keys() - _KEYS[role]:
        yield fault("schema.message-key", "{key!r} in {role}", (*at, key), key=key, role=role)
    yield from _name(message, role, at)
    yield from _weight(message, role, at)
    yield from _content(message, role, at)
    if role == "assistant":
        yield from _assistant(message, at)
    elif role == "tool" and not isinstance(message.get("tool_call_id"), str):
        yield fault("schema.tool-calls", "no tool_call_id", at)


def _name(message: Mapping[str, Any], role: str, at: Path) -> Iterator[Fault]:
    needed = role == "function"
    if (needed or "name" in message) and not isinstance(message.get("name"), str):
        yield fault("schema.name", "{name!r}", (*at, "name"), name=message.get("name"))


def _weight(message: Mapping[str, Any], role: str, at: Path) -> Iterator[Fault]:
    if "weight" not in message:
        return
    weight = message["weight"]
    if not isinstance(weight, int) or isinstance(weight, bool) or weight not in (0, 1):
        yield fault("schema.weight", "{weight!r}", (*at, "weight"), weight=weight)
    elif role != "assistant":
        yield fault("schema.weight-role", "on {role}", (*at, "weight"), role=role)


def _content(message: Mapping[str, Any], role: str, at: Path) -> Iterator[Fault]:
    content, place = message.get("content"), (*at, "content")
    calls = role == "assistant" and bool(message.get("tool_calls") or message.get("function_call"))
    refuses = role == "assistant" and bool(message.get("refusal"))
    if isinstance(content, list):
        yield from _parts(content, role, place)
    elif content is None:
        if role == "function" and "content" in message:
            return
        if not calls and not refuses:
            yield fault("schema.content", "{role} says nothing", place, role=role)
    elif not isinstance(content, str):
        yield fault("schema.content", "a {kind}", place, kind=kind_of(content))
    elif not content.strip() and not calls and role != "tool":
        yield fault("schema.content", "{role} says nothing", place, role=role)


def _parts(parts: list[Any], role: str, at: Path) -> Iterator[Fault]:
    if not parts:
        yield fault("schema.content", "no parts", at)
    elif role == "function":
        yield fault("schema.content", "a {kind}", at, kind=kind_of(parts))
    kinds = []
    for number, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in _PARTS[role]:
            yield fault("schema.part", "{kind!r} in {role}", (*at, number), kind=kind, role=role)
            continue
        kinds.append(kind)
        if not _PART_IS_WHOLE[kind](part):
            yield fault("schema.part", "{kind} is not whole", (*at, number), kind=kind)
    if "refusal" in kinds and len(kinds) > 1:
        yield fault("schema.part", "a refusal beside other parts", at)


def _is_image(part: Mapping[str, Any]) -> bool:
    image = part.get("image_url")
    return (
        isinstance(image, dict)
        and isinstance(image.get("url"), str)
        and image.get("detail", "auto") in ("auto", "low", "high")
    )


def _is_audio(part: Mapping[str, Any]) -> bool:
    audio = part.get("input_audio")
    return (
        isinstance(audio, dict)
        and isinstance(audio.get("data"), str)
        and audio.get("format") in ("wav", "mp3")
    )


def _is_file(part: Mapping[str, Any]) -> bool:
    file = part.get("file")
    names = ("filename", "file_data", "file_id")
    return isinstance(file, dict) and all(isinstance(file.get(name, ""), str) for name in names)


_PART_IS_WHOLE: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "text": lambda part: isinstance(part.get("text"), str),
    "refusal": lambda part: isinstance(part.get("refusal"), str),
    "image_url": _is_image,
    "input_audio": _is_audio,
    "file": _is_file,
}


def _assistant(message: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not isinstance(message.get("refusal", ""), str | None):
        yield fault("schema.refusal", "refusal is no text", (*at, "refusal"))
    audio = message.get("audio")
    if audio is not None and not (isinstance(audio, dict) and isinstance(audio.get("id"), str)):
        yield fault("schema.refusal", "audio has no id", (*at, "audio"))
    yield from call_faults(message, at)
