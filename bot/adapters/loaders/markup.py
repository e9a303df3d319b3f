"""Reads HTML into sections, without building a tree that nesting could break."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

from bot.adapters.loaders import tags
from bot.adapters.loaders.blocks import BlockWriter
from bot.adapters.loaders.encodings import decode
from bot.adapters.loaders.outline import Outline, one_line
from bot.models import LoadedDocument

_WHITE_SPACE = re.compile(r"\s+")


def load_html(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return a web page's text; the addresses of its links are left out, as pages hold too many."""
    return (read_html(decode(content, source), source, keep_links=False),)


def read_html(
    html: str, source: str, *, title: str = "", keep_links: bool = True, keep_unknown: bool = False
) -> LoadedDocument:
    """Return the sections of ``html``.

    ``keep_links`` writes the address after a link's text; ``keep_unknown``
    takes tags that HTML does not have (``/ban <member>``) for text.
    """
    reader = HtmlReader(keep_links=keep_links, keep_unknown=keep_unknown)
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.outline.document(source, title=title or one_line(reader.title))


class HtmlReader(HTMLParser):
    """Writes blocks into an outline as the tags go by: depth costs nothing."""

    def __init__(self, *, keep_links: bool, keep_unknown: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.outline = Outline()
        self.title = ""
        self._keep_links = keep_links
        self._keep_unknown = keep_unknown
        self._blocks = BlockWriter(self.outline)
        self._text: list[str] = []
        self._skipping = ""
        self._skip_depth = 0
        self._in_title = False
        self._code: str | None = None  # the language of the code block being read
        self._cells: list[str] | None = None  # of the table row being read
        self._link = ""
        self._starts = self._openers()
        self._ends = self._closers()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what the tag opens."""
        if self._skipping or tag in tags.SKIPPED:
            self._start_skipping(tag)
        elif start := self._starts.get(tag):
            start({name: value or "" for name, value in attrs})
        elif tag in tags.BLOCKS or tag in tags.HEADINGS:
            self._flush()
        elif self._keep_unknown and tag not in tags.INLINE:
            self._text.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag that closes itself; a skipped one skips nothing."""
        if tag not in tags.SKIPPED and tag != self._skipping:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag opened."""
        if self._skipping:
            self._skip_depth -= tag == self._skipping
            self._skipping = self._skipping if self._skip_depth else ""
        elif end := self._ends.get(tag):
            end()
        elif tag in tags.HEADINGS:
            self.outline.heading(tags.HEADINGS[tag], one_line(self._take().replace("`", "")))
        elif tag in tags.BLOCKS:
            self._flush()

    def handle_data(self, data: str) -> None:
        """Take text, verbatim in code and with its white space collapsed elsewhere."""
        if self._in_title:
            self.title += data
        elif not self._skipping:
            self._text.append(data if self._code is not None else _WHITE_SPACE.sub(" ", data))

    def finish(self) -> None:
        """Write what the page's last tags left open."""
        self._end_code_block()
        self._end_row()
        self._flush()

    def _openers(self) -> Mapping[str, Callable[[dict[str, str]], None]]:
        return {
            "a": self._start_link,
            "br": lambda _: self._text.append("\n"),
            "code": self._start_code,
            "img": self._image,
            "li": lambda _: self._flush(then=self._blocks.start_item),
            "ol": self._start_numbered,
            "pre": self._start_code_block,
            "td": lambda _: self._end_cell(),
            "th": lambda _: self._end_cell(),
            "title": lambda _: setattr(self, "_in_title", True),
            "tr": lambda _: self._start_row(),
            "ul": lambda _: self._flush(then=self._blocks.start_list),
        }

    def _closers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "a": self._end_link,
            "code": self._end_code,
            "li": self._flush,
            "ol": lambda: self._flush(then=self._blocks.end_list),
            "pre": self._end_code_block,
            "table": self._end_row,
            "td": self._end_cell,
            "th": self._end_cell,
            "title": lambda: setattr(self, "_in_title", False),
            "tr": self._end_row,
            "ul": lambda: self._flush(then=self._blocks.end_list),
        }

    def _flush(self, *, then: Callable[[], None] | None = None) -> None:
        """End the paragraph being read; code and cells take a break in the text instead."""
        if self._code is not None:
            self._text.append("\n")
        elif self._cells is not None:
            self._text.append(" ")
        else:
            lines = (one_line(line) for line in self._take().split("\n"))
            self._blocks.paragraph("\n".join(line for line in lines if line))
            if then:
                then()

    def _take(self) -> str:
        text, self._text = "".join(self._text), []
        return text

    def _start_skipping(self, tag: str) -> None:
        if not self._skipping:
            self._flush()
        self._skipping = self._skipping or tag
        self._skip_depth += tag == self._skipping

    def _start_numbered(self, attributes: dict[str, str]) -> None:
        start = attributes.get("start", "")
        first = int(start[:9]) if start.isascii() and start.isdigit() else 1
        self._flush(then=lambda: self._blocks.start_list(first))

    def _start_row(self) -> None:
        self._end_row()
        self._flush()
        self._cells = []

    def _end_cell(self) -> None:
        if self._cells is not None and (cell := one_line(self._take())):
            self._cells.append(cell)

    def _end_row(self) -> None:
        self._end_cell()
        cells, self._cells = self._cells, None
        if cells:
            self._blocks.row(cells)

    def _start_code_block(self, attributes: dict[str, str]) -> None:
        self._flush()
        if self._cells is None:
            self._code = _language(attributes.get("class", ""))

    def _end_code_block(self) -> None:
        language, self._code = self._code, None
        if language is None or not (code := self._take().strip("\n")).strip():
            return  # not in a code block, or in an empty one
        fence = "```"
        while fence in code:
            fence += "`"
        self._blocks.paragraph(f"{fence}{language}\n{code}\n{fence}")

    def _start_code(self, attributes: dict[str, str]) -> None:
        if self._code is None:
            self._text.append("`")
        elif not self._code:
            self._code = _language(attributes.get("class", ""))

    def _end_code(self) -> None:
        if self._code is None:
            self._text.append("`")

    def _start_link(self, attributes: dict[str, str]) -> None:
        href = attributes.get("href", "")
        self._link = href if self._keep_links and href.startswith(("http://", "https://")) else ""

    def _end_link(self) -> None:
        if self._link and self._code is None and self._link not in self._text[-1:]:
            self._text.append(f" ({self._link})")
        self._link = ""

    def _image(self, attributes: dict[str, str]) -> None:
        alternative = attributes.get("alt", "")
        if alternative != attributes.get("src"):
            self._text.append(alternative)


def _language(classes: str) -> str:
    """Name the language in a code block's classes, as markdown-it and docutils write them."""
    names = classes.split()
    marked = [name.removeprefix("language-") for name in names if name.startswith("language-")]
    if not marked and "code" in names:
        marked = [name for name in names if name not in {"code", "literal-block"}]
    return marked[0] if marked else ""
