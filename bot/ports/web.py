"""The web: what fetches pages, and where their state is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.pages import Fetched, Source, SourceDraft, SourceId, SourcePage


class WebFetcher(Protocol):
    """Reads pages of public hosts."""

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Return a page, or that it has not changed since these validators were given.

        Raises AddressRefused for what is not public, RobotsForbid, PageGone,
        PageUnreachable, or DocumentRefused for a page that is too large or of
        a kind that Marv does not read.
        """
        ...

    async def close(self) -> None:
        """Close what connections there are."""
        ...


class SourceStore(Protocol):
    """The addresses that staff named, and the pages that were read because of them."""

    async def put_source(self, draft: SourceDraft) -> Source:
        """Write a source; one with the same address gets the new limit and keeps its pages."""
        ...

    async def drop_source(self, source_id: SourceId) -> None:
        """Forget a source and its pages; the documents are not touched."""
        ...

    async def sources(self, guild_id: int) -> tuple[Source, ...]:
        """Return a guild's sources, by address."""
        ...

    async def due(self, *, before: datetime) -> tuple[Source, ...]:
        """Return every guild's sources that were last checked before a moment."""
        ...

    async def checked(self, source_id: SourceId, at: datetime) -> None:
        """Remember when a source was gone through."""
        ...

    async def put_page(self, page: SourcePage) -> None:
        """Write what was learnt of a page."""
        ...

    async def page(self, guild_id: int, url: str) -> SourcePage | None:
        """Return the page of this address, or the one whose redirects end there."""
        ...

    async def pages(self, source_id: SourceId) -> tuple[SourcePage, ...]:
        """Return a source's pages, by address."""
        ...
