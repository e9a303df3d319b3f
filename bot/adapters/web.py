"""Reads pages of public hosts, and talks to nothing else: see web_addresses and web_http."""

from __future__ import annotations

import asyncio
import codecs
import zlib
from dataclasses import replace
from email.message import Message
from functools import partial

from yarl import URL

from bot.adapters.web_addresses import AddressPolicy, PublicAddresses, web_address
from bot.adapters.web_http import Lookup, Reply, WebClient, system_lookup
from bot.adapters.web_pace import Pace
from bot.adapters.web_robots import DEFAULT_DELAY_SECONDS, MAX_ROBOTS_BYTES, Robots
from bot.faults.web import AddressFault, AddressRefused, PageGone, PageUnreachable, Trouble
from bot.pages import Fetched, PageKind
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason

MAX_REDIRECTS = 5
MAX_VALIDATOR_CHARACTERS = 500
ACCEPT = "text/html, application/xhtml+xml, application/pdf, text/markdown, text/plain, */*;q=0.1"
KINDS = {
    "text/html": PageKind.HTML,
    "application/xhtml+xml": PageKind.HTML,
    "application/pdf": PageKind.PDF,
    "application/x-pdf": PageKind.PDF,
    "text/plain": PageKind.TEXT,
    "text/markdown": PageKind.MARKDOWN,
    "text/x-markdown": PageKind.MARKDOWN,
    "application/xml": PageKind.XML,
    "text/xml": PageKind.XML,
    "application/gzip": PageKind.XML,
    "application/x-gzip": PageKind.XML,
}
_PACKED = b"\x1f\x8b"
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}


class AiohttpFetcher:
    """Fulfils ``bot.ports.WebFetcher``: robots, redirects, limits and manners."""

    def __init__(
        self,
        *,
        lookup: Lookup = system_lookup,
        policy: AddressPolicy | None = None,
        delay_seconds: float = DEFAULT_DELAY_SECONDS,
        max_bytes: int = MAX_FILE_BYTES,
        total_seconds: float = 20.0,
    ) -> None:
        self._client = WebClient(
            lookup=lookup, policy=policy or PublicAddresses(), total_seconds=total_seconds
        )
        self._robots = Robots(self._robots_file, default_delay_seconds=delay_seconds)
        self._pace = Pace()
        self._max_bytes = max_bytes

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Return a page, or that it has not changed since these validators were given."""
        headers = {"Accept": ACCEPT}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        asked = address = web_address(url)
        for hop in range(MAX_REDIRECTS + 1):
            delay = await self._robots.delay_for(address)
            async with self._pace.turn(address.raw_host or "", delay_seconds=0.0 if hop else delay):
                reply = await self._client.get(
                    address,
                    headers=headers,
                    max_bytes=self._max_bytes,
                    check=partial(_check_kind, url=address),
                )
            if reply.status not in _REDIRECTS:
                fetched = await self._fetched(reply, conditional=bool(etag or last_modified))
                return replace(fetched, asked=str(asked))
            address = redirected(address, reply.headers.get("Location", ""))
        raise PageUnreachable(url, Trouble.REDIRECTS)

    async def close(self) -> None:
        """Close what connections there are."""
        await self._client.close()

    async def _robots_file(self, url: URL) -> Reply:
        """Return a robots.txt; its redirects are followed under the same rules."""
        address = url
        for _ in range(MAX_REDIRECTS + 1):
            async with self._pace.turn(address.raw_host or ""):
                reply = await self._client.get(
                    address, headers={}, max_bytes=MAX_ROBOTS_BYTES, check=_any_kind, cut=True
                )
            if reply.status not in _REDIRECTS:
                return reply
            address = redirected(address, reply.headers.get("Location", ""))
        raise PageUnreachable(str(url), Trouble.REDIRECTS)

    async def _fetched(self, reply: Reply, *, conditional: bool) -> Fetched:
        url = str(reply.url)
        if reply.status in _GONE:
            raise PageGone(url)
        if reply.status == 304 and conditional:
            return Fetched(asked=url, url=url, kind=PageKind.HTML, content=None)
        if reply.status != 200:
            raise PageUnreachable(url, reply.status)
        declared = reply.headers.get("Content-Type", "")
        content = reply.content
        if content.startswith(_PACKED):
            content = await asyncio.to_thread(_unpacked, content, url, self._max_bytes)
        kind = _kind(declared, reply.url)
        return Fetched(
            asked=url,
            url=url,
            kind=kind,
            content=await asyncio.to_thread(_in_utf8, content, declared, kind),
            etag=_validator(reply.headers.get("ETag")),
            last_modified=_validator(reply.headers.get("Last-Modified")),
        )


def redirected(current: URL, location: str) -> URL:
    """Return where a redirect leads, checked like any address.

    Raises AddressRefused, also for a way back from https to http, and
    PageUnreachable for a redirect to nowhere.
    """
    if not location:
        raise PageUnreachable(str(current), Trouble.NONSENSE)
    try:
        target = current.join(URL(location))
    except ValueError as error:
        raise AddressRefused(location, AddressFault.MALFORMED) from error
    checked = web_address(str(target))
    if current.scheme == "https" and checked.scheme != "https":
        raise AddressRefused(str(checked), AddressFault.DOWNGRADE)
    return checked


def _kind(content_type: str, url: URL) -> PageKind:
    """Return what a page is; raises DocumentRefused for what Marv does not read."""
    name = content_type.partition(";")[0].strip().casefold()
    if name == "application/octet-stream" and url.path.endswith((".xml.gz", ".xml")):
        return PageKind.XML
    kind = KINDS.get(name)
    if kind is None:
        shown = name if name.isascii() and name.isprintable() else ""
        raise DocumentRefused(str(url), RefusalReason.UNKNOWN_KIND, shown[:60])
    return kind


def _check_kind(content_type: str, url: URL) -> None:
    _kind(content_type, url)


def _any_kind(_: str) -> None:
    """Let every content type pass: sites label robots.txt as they like."""


def _unpacked(content: bytes, url: str, max_bytes: int) -> bytes:
    """Return what a gzip file holds, up to the limit and not a byte further."""
    stream = zlib.decompressobj(wbits=31)
    try:
        text = stream.decompress(content, max_bytes + 1)
    except zlib.error as error:
        raise DocumentRefused(url, RefusalReason.BROKEN) from error
    if len(text) > max_bytes:
        raise DocumentRefused(url, RefusalReason.TOO_LARGE, f"over {max_bytes / 2**20:g} MB")
    return text


def _in_utf8(content: bytes, content_type: str, kind: PageKind) -> bytes:
    """Return a text in UTF-8, marked as such, where the header names its encoding.

    The header outranks what the page says of itself (WHATWG, "encoding
    sniffing"); where it is wrong or says nothing, the loaders find out.
    """
    if kind in (PageKind.PDF, PageKind.XML) or content.startswith(codecs.BOM_UTF8):
        return content
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_content_charset()
    if charset is None:
        return content
    try:
        return codecs.BOM_UTF8 + content.decode(charset).encode()
    except (LookupError, ValueError):
        return content


def _validator(value: str | None) -> str | None:
    return value if value and len(value) <= MAX_VALIDATOR_CHARACTERS else None
