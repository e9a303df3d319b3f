"""Where things stand in a line of JSON that was read: for columns of findings only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PathPart = str | int
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_NOT_JSON = frozenset({"NaN", "Infinity", "-Infinity"})
_HALF = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A key or a value: the path to it, its column from 1, and its text as written."""

    path: tuple[PathPart, ...]
    column: int
    text: str
    is_key: bool


@dataclass(slots=True)
class _Container:
    is_object: bool
    at: PathPart
    key_next: bool


def walk(text: str) -> Iterator[Spot]:
    """Yield every key and value of a text that a JSON reader took, in order."""
    stack: list[_Container] = []
    for match in _TOKEN.finditer(text):
        part, top = match[0], stack[-1] if stack else None
        if part in "{[":
            yield Spot(_path(stack), match.start() + 1, part, is_key=False)
            stack.append(_Container(part == "{", "" if part == "{" else 0, part == "{"))
        elif part in "}]":
            stack.pop()
        elif part == ",":
            _next(top)
        elif part == ":":
            continue
        elif top is not None and top.key_next:
            top.at, top.key_next = json.loads(part), False
            yield Spot(_path(stack), match.start() + 1, part, is_key=True)
        else:
            yield Spot(_path(stack), match.start() + 1, part, is_key=False)


def _next(top: _Container | None) -> None:
    if top is None:
        return
    if top.is_object:
        top.key_next = True
    elif isinstance(top.at, int):
        top.at += 1


def _path(stack: Sequence[_Container]) -> tuple[PathPart, ...]:
    return tuple(each.at for each in stack)


def column_of(text: str, path: Sequence[PathPart]) -> int:
    """Return the column of what a path leads to (its key, if any), or of what is around it."""
    best, column = -1, 1
    wanted = tuple(path)
    for spot in walk(text):
        depth = len(spot.path)
        if depth > best and spot.path == wanted[:depth]:
            best, column = depth, spot.column
            if depth == len(wanted):
                break
    return column


def repeated_keys(text: str) -> Iterator[tuple[str, int]]:
    """Yield each key that its object had before, with its column."""
    seen: list[set[str]] = []
    for match, opened, key in _keys(text):
        if opened:
            seen.append(set())
        elif key is None:
            seen.pop()
        elif key in seen[-1]:
            yield key, match.start() + 1
        else:
            seen[-1].add(key)


def _keys(text: str) -> Iterator[tuple[re.Match[str], bool, str | None]]:
    """Yield where objects open, where they close, and their keys."""
    objects: list[bool] = []
    key_next = False
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part in "{[":
            objects.append(part == "{")
            key_next = part == "{"
            if key_next:
                yield match, True, None
        elif part in "}]":
            if objects.pop():
                yield match, False, None
            key_next = False
        elif part == ",":
            key_next = bool(objects and objects[-1])
        elif key_next and part[0] == '"':
            yield match, False, json.loads(part)
            key_next = False


def not_numbers(text: str) -> Iterator[tuple[str, int]]:
    """Yield each NaN and Infinity with its column."""
    for match in _TOKEN.finditer(text):
        if match[0] in _NOT_JSON:
            yield match[0], match.start() + 1


def half_characters(text: str) -> Iterator[int]:
    """Yield the column of each text with half a surrogate pair."""
    for match in _TOKEN.finditer(text):
        if match[0][0] == '"' and "\\u" in match[0] and _HALF.search(json.loads(match[0])):
            yield match.start() + 1
