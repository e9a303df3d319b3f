"""Checks one message: its role, its keys, its content and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.services.checks.faults import Fault, Path
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
        yield Fault("schema.message", f"a {type(message).__name__}", at)
        return
    if "role" not in message:
        yield Fault("schema.message", "no role", at)
        return
    role = message["role"]
    if not isinstance(role, str) or role not in ROLES:
        hint = "; write system" if role == "developer" else ""
        yield Fault("schema.role", f"{role!r}{hint}", (*at, "role"))
        return
    for key in message.keys() - _KEYS[role]:
        yield Fault("schema.message-key", f"{key!r} in {role}", (*at, key))
    yield from _name(message, role, at)
    yield from _weight(message, role, at)
    yield from _content(message, role, at)
    if role == "assistant":
        yield from _assistant(message, at)
    elif role == "tool" and not isinstance(message.get("tool_call_id"), str):
        yield Fault("schema.tool-calls", "no tool_call_id", at)


def _name(message: Mapping[str, Any], role: str, at: Path) -> Iterator[Fault]:
    needed = role == "function"
    if (needed or "name" in message) and not isinstance(message.get("name"), str):
        yield Fault("schema.name", f"{message.get('name')!r}", (*at, "name"))


def _weight(message: Mapping[str, Any], role: str, at: Path) -> Iterator[Fault]:
    if "weight" not in message:
        return
    weight = message["weight"]
    if not isinstance(weight, int) or isinstance(weight, bool) or weight not in (0, 1):
        yield Fault("schema.weight", f"{weight!r}", (*at, "weight"))
    elif role != "assistant":
        yield Fault("schema.weight-role", f"on {role}", (*at, "weight"))


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
            yield Fault("schema.content", f"{role} says nothing", place)
    elif not isinstance(content, str):
        yield Fault("schema.content", f"a {type(content).__name__}", place)
    elif not content.strip() and not calls and role != "tool":
        yield Fault("schema.content", f"{role} says nothing", place)


def _parts(parts: list[Any], role: str, at: Path) -> Iterator[Fault]:
    if not parts or role == "function":
        yield Fault("schema.content", "no parts" if not parts else "a list", at)
    kinds = []
    for number, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in _PARTS[role]:
            yield Fault("schema.part", f"{kind!r} in {role}", (*at, number))
            continue
        kinds.append(kind)
        if not _PART_IS_WHOLE[kind](part):
            yield Fault("schema.part", f"{kind} is not whole", (*at, number))
    if "refusal" in kinds and len(kinds) > 1:
        yield Fault("schema.part", "a refusal beside other parts", at)


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
        yield Fault("schema.refusal", "refusal is no text", (*at, "refusal"))
    audio = message.get("audio")
    if audio is not None and not (isinstance(audio, dict) and isinstance(audio.get("id"), str)):
        yield Fault("schema.refusal", "audio has no id", (*at, "audio"))
    yield from call_faults(message, at)
