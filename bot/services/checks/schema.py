"""Checks the form of each example: what OpenAI's schema and other trainers refuse, and why."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

from bot.findings import Detail, Finding, Listing, detail
from bot.services.checks.examples import PREFERRED, REJECTED, Shape, shape_of
from bot.services.checks.faults import Fault, Path, fault
from bot.services.checks.legacy import legacy_faults
from bot.services.checks.lines import Line, Object
from bot.services.checks.messages import message_faults
from bot.services.checks.places import column_of
from bot.services.checks.rules import of_rule
from bot.services.checks.tools import tool_faults, unpaired_calls
from bot.services.control_tokens import control_token

MOST_KEYS = 5  # that are named

_SHAPES: Mapping[Shape, Detail] = {
    Shape.CHAT: detail("chat"),
    Shape.PREFERENCE: detail("preference"),
    Shape.LEGACY: detail("legacy"),
}
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
        for each in self._faults(line.value):
            column = column_of(line.text, each.path)
            yield of_rule(each.id, each.detail, line=line.number, column=column)

    def _faults(self, value: Object) -> Iterator[Fault]:
        shape = shape_of(value)
        if shape is None:
            yield _shapeless(value)
            return
        if self.shape is None:
            self.shape = shape
            if shape is Shape.LEGACY:
                yield fault("schema.legacy", "prompt and completion")
        elif shape is not self.shape:
            form, first = _SHAPES[shape], _SHAPES[self.shape]
            yield fault("schema.mixed", "{form}, and the first is {first}", form=form, first=first)
        for key in value.keys() - _KEYS[shape]:
            yield fault("schema.key", "{key!r}", (key,), key=key)
        yield from _BY_SHAPE[shape](value)
        yield from _control_tokens(value)


def _shapeless(value: Object) -> Fault:
    keys = tuple(detail("{key!r}", key=key) for key in list(value)[:MOST_KEYS])
    if not keys:
        return fault("schema.shape", "the keys are: none")
    return fault("schema.shape", "the keys are: {keys}", keys=Listing(keys))


def _chat(value: Object) -> Iterator[Fault]:
    yield from _conversation(value, ())
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        return
    answers = [each for each in messages if _role(each) == "assistant"]
    if not answers:
        yield fault("schema.no-answer", "no assistant's message", ("messages",))
    elif all(each.get("weight") == 0 for each in answers):
        yield fault("schema.nothing-trained", "every weight is 0", ("messages",))
    elif (role := _role(messages[-1])) != "assistant":
        yield fault("schema.last", "{role}", ("messages", len(messages) - 1), role=role)


def _conversation(value: Object, at: Path) -> Iterator[Fault]:
    """Yield the faults of messages and of the tools beside them."""
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        yield fault("schema.messages", "no messages", (*at, "messages"))
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
        yield fault("schema.alternation", "{role} twice", place, role=role)
    elif role == "system" and number:
        yield fault("schema.system-place", "message {number}", place, number=number + 1)


def _role(message: object) -> str | None:
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) else None


def _preference(value: Object) -> Iterator[Fault]:
    given = value.get("input")
    if not isinstance(given, dict):
        yield fault("schema.preference", "input is no object", ("input",))
    else:
        for key in given.keys() - _INPUT_KEYS:
            yield fault("schema.key", "input.{key}", ("input", key), key=key)
        yield from _conversation(given, ("input",))
        messages = given.get("messages")
        if isinstance(messages, list) and messages and _role(messages[-1]) == "assistant":
            place = ("input", "messages", len(messages) - 1)
            yield fault("schema.preference-last", "it ends with an answer", place)
    preferred = yield from _output(value, PREFERRED)
    rejected = yield from _output(value, REJECTED)
    if preferred is not None and preferred == rejected:
        yield fault("schema.preference-same", "both answers are the same", (REJECTED[0],))


def _output(value: Object, keys: tuple[str, str]) -> Generator[Fault, None, object]:
    """Yield the faults of one output; return its message's content."""
    usual, old = keys
    if old in value:
        yield fault("schema.preference-key", "{key}", (old,), key=old)
    content = None
    for key in [key for key in (old, usual) if key in value] or [usual]:
        content = yield from _one_answer(value, key)
    return content


def _one_answer(value: Object, key: str) -> Generator[Fault, None, object]:
    output = value.get(key)
    if not isinstance(output, list) or len(output) != 1:
        yield fault("schema.preference", "{key} is not a list of one message", (key,), key=key)
        return None
    yield from message_faults(output[0], (key, 0))
    if _role(output[0]) != "assistant":
        yield fault("schema.preference", "{key} is not an assistant's", (key, 0), key=key)
        return None
    return output[0].get("content")


_BY_SHAPE = {Shape.CHAT: _chat, Shape.PREFERENCE: _preference, Shape.LEGACY: legacy_faults}


def _control_tokens(value: object) -> Iterator[Fault]:
    """Yield the control tokens of any text in a value."""
    waiting: list[tuple[Path, object]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        if isinstance(each, str):
            if (token := control_token(each)) is not None:
                yield fault("schema.special-token", "{token}", path, token=token)
        elif isinstance(each, dict):
            waiting.extend(((*path, key), inner) for key, inner in each.items())
        elif isinstance(each, list):
            waiting.extend(((*path, number), inner) for number, inner in enumerate(each))
