"""Reads Markdown (CommonMark with tables)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.markup import read_html
from bot.models import LoadedDocument

_FRONT_MATTER = re.compile(
    r"\A(?:---[^\S\n]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)|\+\+\+[^\S\n]*\n(?P<toml>.*?)\n\+\+\+)"
    r"[^\S\n]*(?:\n|\Z)",
    re.DOTALL,
)
_TITLE = re.compile(r"^title[^\S\n]*[:=][^\S\n]*(?P<title>\S.*?)[^\S\n]*$", re.MULTILINE)
_KEY = re.compile(r"^[\w-]+[^\S\n]*[:=]", re.MULTILINE)
_MAX_NESTING = 100


def load_markdown(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return the sections; front matter is no text, but its title may be used."""
    text = decode(content, source)
    title = ""
    if (front := _FRONT_MATTER.match(text)) and _KEY.search(front[0]):
        text = text[front.end() :]
        named = _TITLE.search(front["yaml"] or front["toml"] or "")
        title = named["title"].strip("\"'") if named else ""
    renderer = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    html = renderer.enable(["table", "strikethrough"]).render(text)
    return (read_html(html, source, title=title, keep_unknown=True),)
