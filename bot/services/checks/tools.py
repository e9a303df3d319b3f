"""Checks tools: the lists of them, their calls, and that each call has its result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.services.checks.faults import Fault, Path, fault

MOST_FUNCTIONS = 128


def call_faults(message: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the calls of an assistant's message."""
    if "tool_calls" in message:
        calls = message["tool_calls"]
        if not isinstance(calls, list):
            yield fault("schema.tool-calls", "no list", (*at, "tool_calls"))
            return
        for number, call in enumerate(calls):
            place = (*at, "tool_calls", number)
            if not _is_call(call):
                yield fault("schema.tool-calls", "not id, type function, name and arguments", place)
            else:
                yield from _arguments(call["function"], place)
    if (call := message.get("function_call")) is not None:
        place = (*at, "function_call")
        if not _is_function_call(call):
            yield fault("schema.tool-calls", "not name and arguments", place)
        else:
            yield from _arguments(call, place)


def _is_call(call: object) -> bool:
    return (
        isinstance(call, dict)
        and isinstance(call.get("id"), str)
        and call.get("type") == "function"
        and _is_function_call(call.get("function"))
    )


def _is_function_call(call: object) -> bool:
    return (
        isinstance(call, dict)
        and isinstance(call.get("name"), str)
        and isinstance(call.get("arguments"), str)
    )


def _arguments(call: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    try:
        json.loads(call["arguments"])
    except (ValueError, RecursionError):
        yield fault("schema.tool-arguments", "of {name}", at, name=call["name"])


def unpaired_calls(messages: Sequence[object], at: Path) -> Iterator[Fault]:
    """Yield calls that no tool answered and results that nobody asked for."""
    open_calls: dict[str, int] = {}
    last = len(messages) - 1
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        if message.get("role") == "tool":
            id_ = message.get("tool_call_id")
            if isinstance(id_, str) and open_calls.pop(id_, None) is None:
                yield fault("schema.tool-orphan", "nobody called {call!r}", (*at, number), call=id_)
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if number != last and isinstance(call, dict) and isinstance(call.get("id"), str):
                open_calls[call["id"]] = number
    for id_, number in open_calls.items():
        yield fault("schema.tool-orphan", "{call!r} has no result", (*at, number), call=id_)


def tool_faults(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the lists of tools beside the messages."""
    if "parallel_tool_calls" in value and not isinstance(value["parallel_tool_calls"], bool):
        yield fault("schema.tools", "parallel_tool_calls", (*at, "parallel_tool_calls"))
    for key, is_whole in (("tools", _is_tool), ("functions", _is_function)):
        if key not in value:
            continue
        listed = value[key]
        if not isinstance(listed, list):
            yield fault("schema.tools", "{key} is no list", (*at, key), key=key)
            continue
        if key == "functions" and not 1 <= len(listed) <= MOST_FUNCTIONS:
            yield fault("schema.tools", "{count} functions", (*at, key), count=len(listed))
        for number, each in enumerate(listed):
            if not is_whole(each):
                yield fault(
                    "schema.tools", "{key}[{number}]", (*at, key, number), key=key, number=number
                )


def _is_tool(tool: object) -> bool:
    return (
        isinstance(tool, dict)
        and tool.get("type") == "function"
        and _is_function(tool.get("function"))
    )


def _is_function(function: object) -> bool:
    return (
        isinstance(function, dict)
        and isinstance(function.get("name"), str)
        and isinstance(function.get("description", ""), str)
        and isinstance(function.get("parameters", {}), dict)
        and isinstance(function.get("strict"), bool | None)
    )
