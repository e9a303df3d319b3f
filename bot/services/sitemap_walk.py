"""From the address of a sitemap to the pages that it and its children list."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from bot.faults.web import WebFault
from bot.pages import Fetched, PageKind
from bot.ports import WebFetcher
from bot.refusals import DocumentRefused
from bot.services.sitemaps import Sitemap, looks_like_sitemap, read_sitemap

PageError = WebFault | DocumentRefused
MAX_SITEMAPS = 20
MAX_DEPTH = 2  # an index of sitemaps, and an index of indices


@dataclass(slots=True)
class Listing:
    """The pages of a sitemap's own host, in order; ``more`` when the limit left some out."""

    pages: list[str] = field(default_factory=list)
    more: bool = False
    faults: list[PageError] = field(default_factory=list)


def is_sitemap(fetched: Fetched) -> bool:
    """Tell whether what was read is a sitemap, however its site labels it."""
    if fetched.content is None or fetched.kind is PageKind.PDF:
        return False
    return looks_like_sitemap(fetched.content)


async def listed_pages(fetcher: WebFetcher, first: Fetched, *, limit: int) -> Listing:
    """Return up to ``limit`` pages that a sitemap lists, children after their index.

    Only addresses of the sitemap's own host count. A child that cannot be read
    is noted in ``faults``; raises DocumentRefused when the first one is broken.
    """
    hosts = {_host(first.asked), _host(first.url)}
    listing = Listing()
    seen = {first.asked}
    queue: deque[tuple[Sitemap, int]] = deque([(await _parsed(first), 0)])
    while queue and not listing.more:
        sitemap, depth = queue.popleft()
        _take(sitemap.pages, hosts, limit, listing)
        for address in sitemap.sitemaps:
            if listing.more or depth >= MAX_DEPTH or len(seen) >= MAX_SITEMAPS:
                break
            if address in seen or _host(address) not in hosts:
                continue
            seen.add(address)
            try:
                queue.append((await _parsed(await fetcher.fetch(address)), depth + 1))
            except (WebFault, DocumentRefused) as error:
                listing.faults.append(error)
    return listing


def _take(addresses: list[str], hosts: set[str], limit: int, listing: Listing) -> None:
    known = set(listing.pages)
    for address in addresses:
        page = urldefrag(address).url
        if page in known or _host(page) not in hosts:
            continue
        if len(listing.pages) >= limit:
            listing.more = True
            return
        known.add(page)
        listing.pages.append(page)


async def _parsed(fetched: Fetched) -> Sitemap:
    return await asyncio.to_thread(read_sitemap, fetched.content or b"", fetched.url)


def _host(address: str) -> str:
    """Return the host of a web address, empty for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
