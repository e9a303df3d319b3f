"""Checks the form of each example: what OpenAI's schema and other trainers refuse, and why."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from bot.findings import Finding
from bot.services.checks.examples import PREFERRED, REJECTED, Shape, shape_of
from bot.services.checks.faults import Fault, Path
from bot.services.checks.legacy import legacy_faults
from bot.services.checks.lines import Line, Object
from bot.services.checks.messages import message_faults
from bot.services.checks.places import column_of
from bot.services.checks.rules import found
from bot.services.checks.tools import tool_faults, unpaired_calls

# What a tokenizer reads as one control token, whoever wrote it (OpenAI's fails the whole job).
CONTROL_TOKEN = re.compile(r"<\|[A-Za-z0-9_]+\|>")

_KEYS = {
    Shape.CHAT: frozenset({"messages", "tools", "parallel_tool_calls", "functions"}),
    Shape.PREFERENCE: frozenset({"input", *PREFERRED, *REJECTED}),
    Shape.LEGACY: frozenset({"prompt", "completion"}),
}
_INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


@dataclass(slots=True)
class SchemaCheck:
    """Checks lines one by one; the first example's form is the file's."""

    shape: Shape | None = None

    def look(self, line: Line) -> Iterator[Finding]:
        """Yield what is wrong with a line's form."""
        if line.value is None:
            return
        for fault in self._faults(line.value):
            column = column_of(line.text, fault.path)
            yield found(fault.id, fault.message, line=line.number, column=column)

    def _faults(self, value: Object) -> Iterator[Fault]:
        shape = shape_of(value)
        if shape is None:
            keys = ", ".join(map(repr, list(value)[:5])) or "none"
            yield Fault("schema.shape", f"the keys are: {keys}")
            return
        if self.shape is None:
            self.shape = shape
            if shape is Shape.LEGACY:
                yield Fault("schema.legacy", "prompt and completion")
        elif shape is not self.shape:
            yield Fault("schema.mixed", f"{shape.value}, and the first is {self.shape.value}")
        for key in value.keys() - _KEYS[shape]:
            yield Fault("schema.key", repr(key), (key,))
        yield from _BY_SHAPE[shape](value)
        yield from _control_tokens(value)


def _chat(value: Object) -> Iterator[Fault]:
    yield from _conversation(value, ())
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        return
    answers = [each for each in messages if _role(each) == "assistant"]
    if not answers:
        yield Fault("schema.no-answer", "no assistant's message", ("messages",))
    elif all(each.get("weight") == 0 for each in answers):
        yield Fault("schema.nothing-trained", "every weight is 0", ("messages",))
    elif _role(messages[-1]) != "assistant":
        yield Fault("schema.last", f"{_role(messages[-1])}", ("messages", len(messages) - 1))


def _conversation(value: Object, at: Path) -> Iterator[Fault]:
    """Yield the faults of messages and of the tools beside them."""
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        yield Fault("schema.messages", "no messages", (*at, "messages"))
    else:
        before = None
        for number, message in enumerate(messages):
            place = (*at, "messages", number)
            yield from message_faults(message, place)
            yield from _order(message, number, before, place)
            before = _role(message)
        yield from unpaired_calls(messages, (*at, "messages"))
    yield from tool_faults(value, at)


def _order(message: object, number: int, before: str | None, place: Path) -> Iterator[Fault]:
    role = _role(message)
    if role == before and role in ("user", "assistant"):
        yield Fault("schema.alternation", f"{role} twice", place)
    elif role == "system" and number:
        yield Fault("schema.system-place", f"message {number + 1}", place)


def _role(message: object) -> str | None:
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) else None


def _preference(value: Object) -> Iterator[Fault]:
    given = value.get("input")
    if not isinstance(given, dict):
        yield Fault("schema.preference", "input is no object", ("input",))
    else:
        for key in given.keys() - _INPUT_KEYS:
            yield Fault("schema.key", f"input.{key}", ("input", key))
        yield from _conversation(given, ("input",))
        messages = given.get("messages")
        if isinstance(messages, list) and messages and _role(messages[-1]) == "assistant":
            place = ("input", "messages", len(messages) - 1)
            yield Fault("schema.preference-last", "it ends with an answer", place)
    preferred = yield from _output(value, PREFERRED)
    rejected = yield from _output(value, REJECTED)
    if preferred is not None and preferred == rejected:
        yield Fault("schema.preference-same", "both answers are the same", (REJECTED[0],))


def _output(value: Object, keys: tuple[str, str]) -> Generator[Fault, None, object]:
    """Yield the faults of one output; return its message's content."""
    usual, old = keys
    if old in value:
        yield Fault("schema.preference-key", old, (old,))
    content = None
    for key in [key for key in (old, usual) if key in value] or [usual]:
        content = yield from _one_answer(value, key)
    return content


def _one_answer(value: Object, key: str) -> Generator[Fault, None, object]:
    output = value.get(key)
    if not isinstance(output, list) or len(output) != 1:
        yield Fault("schema.preference", f"{key} is not a list of one message", (key,))
        return None
    yield from message_faults(output[0], (key, 0))
    if _role(output[0]) != "assistant":
        yield Fault("schema.preference", f"{key} is not an assistant's", (key, 0))
        return None
    return output[0].get("content")


_BY_SHAPE = {Shape.CHAT: _chat, Shape.PREFERENCE: _preference, Shape.LEGACY: legacy_faults}


def _control_tokens(value: object) -> Iterator[Fault]:
    """Yield the control tokens of any text in a value."""
    waiting: list[tuple[Path, object]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        if isinstance(each, str):
            if match := CONTROL_TOKEN.search(each):
                yield Fault("schema.special-token", match[0], path)
        elif isinstance(each, dict):
            waiting.extend(((*path, key), inner) for key, inner in each.items())
        elif isinstance(each, list):
            waiting.extend(((*path, number), inner) for number, inner in enumerate(each))
