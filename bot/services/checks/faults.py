"""A finding of form before its place in the line is looked up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.findings import Detail
from bot.services.checks.places import PathPart

Path = tuple[PathPart, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value at ``path`` of a line's object."""

    id: str
    detail: Detail
    path: Path = ()


def fault(id_: str, template: str, path: Path = (), /, **values: object) -> Fault:
    """Return a fault; ``template`` is English with the values' names."""
    return Fault(id_, Detail(template, values), path)
