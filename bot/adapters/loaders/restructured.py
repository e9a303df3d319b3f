"""Reads reStructuredText, Sphinx's dialect included."""

from __future__ import annotations

import io
import re

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree

from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.markup import read_html
from bot.adapters.loaders.sphinx import accept_unknown_markup
from bot.models import LoadedDocument

_SETTINGS: dict[str, object] = {
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "embed_stylesheet": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "initial_header_level": 1,
    "input_encoding": "unicode",
    "line_length_limit": 1_000_000,
    "math_output": "LaTeX",
    "output_encoding": "unicode",
    "raw_enabled": False,
    "report_level": 5,
    "stylesheet_path": "",
    "syntax_highlight": "none",
    "toc_backlinks": False,
}
# Sphinx's file-wide metadata, which says how to build the page.
_PAGE_FIELDS = re.compile(r"^:(?:orphan|nosearch|nocomments|tocdepth):.*$", re.MULTILINE)
_SUBSTITUTION = re.compile(r"^\|(.+)\|_{0,2}$")
_REFERENCE = re.compile(r"^`?(.+?)`?_{1,2}$")


def load_restructured(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return the sections; what docutils does not know is kept as text."""
    text = _PAGE_FIELDS.sub("", decode(content, source))
    accept_unknown_markup(text)
    settings = {**_SETTINGS, "warning_stream": io.StringIO()}
    tree = publish_doctree(text, settings_overrides=settings)
    _keep_what_failed(tree)
    html = publish_from_doctree(tree, writer="html5", settings_overrides=settings)
    return (read_html(str(html), source),)


def _keep_what_failed(tree: nodes.document) -> None:
    """Put the source of whatever docutils could not resolve back into the text."""
    for literal in list(tree.findall(nodes.literal)):
        literal["classes"].append("code")
    for problem in list(tree.findall(nodes.problematic)):
        _replace(problem, [nodes.Text(_plain(problem.astext()))])
    for message in list(tree.findall(nodes.system_message)):
        kept: list[nodes.Node] = [
            child for child in message.children if isinstance(child, nodes.literal_block)
        ]
        _replace(message, kept)
    for contents in list(tree.findall(nodes.topic)):
        if "contents" in contents["classes"]:
            _replace(contents, [])


def _replace(node: nodes.Element, others: list[nodes.Node]) -> None:
    if node.parent is not None:
        node.parent.replace(node, others)


def _plain(markup: str) -> str:
    """Take the marks off a reference that leads nowhere: ``|name|_`` → name."""
    for pattern in (_SUBSTITUTION, _REFERENCE):
        if found := pattern.match(markup):
            return found[1]
    return markup
