"""Sitemaps (sitemaps.org): which addresses they list, read without trusting them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat  # entity declarations are refused below

from bot.refusals import DocumentRefused, RefusalReason

MAX_DEPTH = 16  # tags in tags; a sitemap needs three
MAX_ADDRESS_CHARACTERS = 2000
MAX_ENTRIES = 50_000  # the protocol's own limit
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)[\s>]")
_HEAD_BYTES = 8192
_PARENTS = {"url": "pages", "sitemap": "sitemaps"}


@dataclass(slots=True)
class Sitemap:
    """The pages that a sitemap lists, and the sitemaps that an index of them does."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


class _Stop(Exception):
    """Enough was read, or what was read is no sitemap."""


def looks_like_sitemap(content: bytes) -> bool:
    """Tell whether a file begins like a sitemap."""
    return _ROOT.search(content[:_HEAD_BYTES]) is not None


def read_sitemap(content: bytes, source: str) -> Sitemap:
    """Return the addresses of a sitemap in order, each once.

    Raises DocumentRefused for one that is broken or built like an attack:
    one that declares entities or another document type, or is nested deeply.
    """
    reading = _Reading(source)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = reading.hostile
    parser.EntityDeclHandler = reading.hostile
    parser.ExternalEntityRefHandler = reading.hostile
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        raise DocumentRefused(source, RefusalReason.BROKEN, "not a sitemap") from error
    except _Stop:
        pass
    return reading.sitemap


class _Reading:
    """Collects ``<loc>`` by what it stands in."""

    def __init__(self, source: str) -> None:
        self.sitemap = Sitemap()
        self._source = source
        self._path: list[str] = []
        self._loc = ""
        self._seen: set[str] = set()

    def start(self, name: str, _: dict[str, str]) -> None:
        self._path.append(name.rpartition(" ")[2])
        self._loc = ""
        if len(self._path) > MAX_DEPTH:
            raise DocumentRefused(self._source, RefusalReason.HOSTILE, "nested too deeply")

    def text(self, text: str) -> None:
        if self._path[-1:] == ["loc"] and len(self._loc) <= MAX_ADDRESS_CHARACTERS:
            self._loc += text[: MAX_ADDRESS_CHARACTERS + 1]

    def end(self, _: str) -> None:
        if self._path.pop() == "loc" and (place := _PARENTS.get(self._path[-1])):
            self._take(self._loc.strip(), getattr(self.sitemap, place))

    def hostile(self, *_: object) -> int:
        raise DocumentRefused(self._source, RefusalReason.HOSTILE, "it declares entities")

    def _take(self, address: str, place: list[str]) -> None:
        if not address or len(address) > MAX_ADDRESS_CHARACTERS or address in self._seen:
            return
        self._seen.add(address)
        place.append(address)
        if len(self._seen) >= MAX_ENTRIES:
            raise _Stop
