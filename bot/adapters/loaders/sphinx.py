"""Teaches docutils to keep the text of roles and directives that only Sphinx knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

_ROLE = re.compile(r":([A-Za-z][\w.+:-]*):`")
_DIRECTIVE = re.compile(r"^\s*\.\.\s+(?:\|[^|\n]+\|\s+)?([A-Za-z][\w.+:-]*)::", re.MULTILINE)
_TITLED = re.compile(r"^(?P<title>.+?)\s*<[^<>]+>$", re.DOTALL)
_PROSE = """
    abbr any command dfn doc download envvar file guilabel index issue keyword menuselection
    numref ref resource term token
"""
_STEERING = """
    codeauthor contents currentmodule default-domain default-role highlight index module
    py:currentmodule py:module sectionauthor tabularcolumns testcleanup testsetup toctree
"""
_LITERAL = "code code-block sourcecode doctest ipython prompt testcode testoutput"

_PROSE_ROLES = frozenset(_PROSE.split())
# Directives that steer the build and say nothing to a reader.
_SILENT = frozenset(_STEERING.split())
_CODE = frozenset(_LITERAL.split())
_LABELS = {
    "deprecated": "Deprecated since version",
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
}


def accept_unknown_markup(text: str) -> None:
    """Register a fallback for each role and directive in ``text`` that docutils lacks."""
    for name in {match[1].lower() for match in _ROLE.finditer(text)}:
        if name not in en.roles:
            roles.register_local_role(name, _inline)  # type: ignore[arg-type] # stubs: links only
    for name in {match[1].lower() for match in _DIRECTIVE.finditer(text)}:
        if name not in en.directives or name in _CODE | _SILENT:
            directives.register_directive(name, _fallback(name))


def _fallback(name: str) -> type[Directive]:
    if name in _SILENT:
        return _Silent
    return _Code if name in _CODE else _Prose


def _inline(
    name: str, rawtext: str, text: str, lineno: int, inliner: object, *_: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Read ``:role:`title <target>``` as its title, set as code unless the role is prose."""
    found = _TITLED.match(nodes.unescape(text))
    words = (found["title"] if found else nodes.unescape(text)).lstrip("~!.")
    if name.rpartition(":")[2] in _PROSE_ROLES:
        return [nodes.inline(rawtext, words)], []
    return [nodes.literal(rawtext, words)], []


class _AnyOption(dict[str, Callable[[str], str]]):
    """An option specification that takes every option as it is."""

    def __bool__(self) -> bool:
        return True  # an empty one would mean: no options

    def __missing__(self, key: str) -> Callable[[str], str]:
        return directives.unchanged


class _Silent(Directive):
    """Says nothing."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = _AnyOption()

    def run(self) -> list[nodes.Node]:
        return []


class _Prose(Directive):
    """Keeps its argument as a paragraph and its content as text."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = _AnyOption()

    def run(self) -> list[nodes.Node]:
        body = nodes.container()
        label = _LABELS.get(self.name, "")
        if words := " ".join([label, *self.arguments]).strip():
            inline, messages = self.state.inline_text(words, self.lineno)
            body += nodes.paragraph(words, "", *inline, *messages)
        self.state.nested_parse(self.content, self.content_offset, body)
        return [body]


class _Code(Directive):
    """Keeps its content as code in the language of its argument."""

    optional_arguments = 1
    has_content = True
    option_spec: ClassVar = _AnyOption()

    def run(self) -> list[nodes.Node]:
        code = "\n".join(self.content)
        return [nodes.literal_block(code, code, classes=["code", *self.arguments])]
