"""A finding of form before its place in the line is looked up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.checks.places import PathPart

Path = tuple[PathPart, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value at ``path`` of a line's object."""

    id: str
    message: str
    path: Path = ()
