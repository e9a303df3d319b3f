"""The web as Marv reads it: addresses that staff named, and the pages that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.audience import Audience

SourceId = NewType("SourceId", int)


class PageKind(StrEnum):
    """What a page of the web is, by its content type."""

    HTML = "html"
    PDF = "pdf"
    TEXT = "text"
    MARKDOWN = "markdown"
    XML = "xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page as its site gave it; ``asked`` is its address in the one usual spelling.

    ``url`` is where the redirects ended.
    ``content`` is None when the site says that nothing changed.
    """

    asked: str
    url: str
    kind: PageKind
    content: bytes | None
    etag: str | None = None
    last_modified: str | None = None


class SourceKind(StrEnum):
    """What an address that staff named is."""

    URL = "url"
    SITEMAP = "sitemap"


class PageStatus(StrEnum):
    """What was last learnt of a page: its text, or that there is none to be had."""

    READ = "read"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    REMOVED = "removed"  # by staff, from the library: it is not to come back


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """An address that staff name.

    Without an ``audience`` a known source keeps its own; a new one is for everyone.
    """

    guild_id: int
    kind: SourceKind
    address: str
    page_limit: int
    added_by: int | None
    audience: Audience | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An address that staff named, as it is stored."""

    id: SourceId
    guild_id: int
    kind: SourceKind
    address: str
    page_limit: int
    audience: Audience
    added_by: int | None
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """A page that was read because of a source; ``url`` is where its redirects ended."""

    guild_id: int
    source_id: SourceId
    address: str
    url: str
    status: PageStatus
    fetched_at: datetime
    checked_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    stale_since: datetime | None = None

    @property
    def origin(self) -> str:
        """Return the origin of the page's document."""
        return page_origin(self.address)


def page_origin(address: str) -> str:
    """Return the origin of the document that a page of the web becomes."""
    return f"url:{address}"
