"""What a value of JSON is, in a word."""

from __future__ import annotations

from collections.abc import Mapping

from bot.findings import Detail, detail

_KINDS: Mapping[type, Detail] = {
    dict: detail("dict"),
    list: detail("list"),
    str: detail("str"),
    int: detail("int"),
    float: detail("float"),
    bool: detail("bool"),
    type(None): detail("NoneType"),
}


def kind_of(value: object) -> Detail:
    """Return what a value that was read from JSON is."""
    return _KINDS[type(value)]
