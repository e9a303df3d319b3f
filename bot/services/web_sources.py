"""The web as a source: addresses that staff name, read once and then kept up to date."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.audience import Viewer
from bot.errors import EmptyQuestion
from bot.faults.web import RefreshRunning, SourceUnknown, WebFault
from bot.pages import Fetched, PageStatus, Source, SourceDraft, SourceKind
from bot.refusals import DocumentRefused
from bot.services.ingest import Batch
from bot.services.sitemap_walk import Listing, is_sitemap, listed_pages
from bot.services.web_pages import WebPages, WebReport

log = logging.getLogger(__name__)

DEFAULT_PAGES = 25
MAX_PAGES = 200
SUGGESTIONS = 25  # choices that Discord shows

WebProgress = Callable[[int, int, WebReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSources:
    """Adds pages and sitemaps of the web, and reads them again."""

    pages: WebPages
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # held by the one refresh

    async def add(
        self,
        batch: Batch,
        address: str,
        *,
        pages: int = DEFAULT_PAGES,
        progress: WebProgress | None = None,
    ) -> WebReport:
        """Read a page, or up to ``pages`` pages of a sitemap, and go on following them.

        An address without a scheme is taken for https. Raises WebFault or
        DocumentRefused when there is nothing to be had at the address.
        """
        if not (address := address.strip()):
            raise EmptyQuestion
        started = time.perf_counter()
        first = await self.pages.fetcher.fetch(
            address if "://" in address else f"https://{address}"
        )
        kind = SourceKind.SITEMAP if is_sitemap(first) else SourceKind.URL
        listing = await self._listing(first, limit=pages) if kind is SourceKind.SITEMAP else None
        source = await self.pages.store.put_source(
            SourceDraft(
                guild_id=batch.guild_id,
                kind=kind,
                address=first.asked,
                page_limit=pages,
                added_by=batch.added_by,
                audience=batch.audience,
            )
        )
        report = WebReport()
        if listing is None:
            report.results.append(await self.pages.keep(source, first, audience=batch.audience))
        else:
            report.more, report.faults = listing.more, listing.faults
            await self._read_new(source, listing.pages, report, progress)
        await self._forget_if_empty(source)
        report.seconds = time.perf_counter() - started
        if listing is None and (error := report.results[0].error):
            raise error
        return report

    async def refresh(
        self,
        guild_id: int,
        chosen: str = "",
        *,
        viewer: Viewer,
        progress: WebProgress | None = None,
    ) -> WebReport:
        """Read a guild's sources again, or the one with this id or address.

        Raises RefreshRunning while another refresh runs, SourceUnknown when
        none fits that the viewer may see.
        """
        sources = await self._seen_by(viewer, guild_id)
        if chosen := chosen.strip():
            sources = [each for each in sources if chosen in (str(each.id), each.address)]
            if not sources:
                raise SourceUnknown(chosen)
        return await self._refresh(sources, progress)

    async def refresh_due(self, *, before: datetime) -> WebReport:
        """Read every guild's sources again that were last gone through before a moment.

        Raises RefreshRunning while another refresh runs.
        """
        return await self._refresh(await self.pages.store.due(before=before), None)

    async def _seen_by(self, viewer: Viewer, guild_id: int) -> list[Source]:
        sources = await self.pages.store.sources(guild_id)
        return [source for source in sources if viewer(source.audience)]

    async def suggest(self, guild_id: int, typed: str, *, viewer: Viewer) -> Sequence[Source]:
        """Return at most 25 sources that the viewer may see and whose address holds this."""
        wanted = typed.casefold()
        sources = await self._seen_by(viewer, guild_id)
        return [source for source in sources if wanted in source.address.casefold()][:SUGGESTIONS]

    async def _refresh(self, sources: Sequence[Source], progress: WebProgress | None) -> WebReport:
        started = time.perf_counter()
        report = WebReport()
        async with self._alone():
            for source in sources:
                await self._refresh_source(source, report, progress)
                await self.pages.store.checked(source.id, datetime.now(UTC))
                await self._forget_if_empty(source)
        report.seconds = time.perf_counter() - started
        return report

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self.lock.locked():
            raise RefreshRunning
        async with self.lock:
            yield

    async def _refresh_source(
        self, source: Source, report: WebReport, progress: WebProgress | None
    ) -> None:
        known = await self.pages.store.pages(source.id)
        wanted = [page for page in known if page.status is not PageStatus.REMOVED]
        for page in wanted:
            _tell(progress, report, len(wanted))
            report.results.append(await self.pages.read(source, page.address, known=page))
        if source.kind is SourceKind.URL:
            if not known:
                await self._read_new(source, [source.address], report, progress)
            return
        try:
            first = await self.pages.fetcher.fetch(source.address)
            listing = await self._listing(first, limit=source.page_limit + len(known))
        except (WebFault, DocumentRefused) as error:
            report.faults.append(error)
            return
        report.faults.extend(listing.faults)
        await self._read_new(source, listing.pages, report, progress)

    async def _read_new(
        self,
        source: Source,
        addresses: Iterable[str],
        report: WebReport,
        progress: WebProgress | None,
    ) -> None:
        """Read the pages of a source that the guild does not have yet, up to its limit."""
        held = await self.pages.store.pages(source.id)
        room = source.page_limit - sum(page.status is not PageStatus.REMOVED for page in held)
        new = [each for each in addresses if not await self.pages.store.page(source.guild_id, each)]
        report.more = report.more or len(new) > room
        for address in new[: max(room, 0)]:
            _tell(progress, report, len(new))
            report.results.append(await self.pages.read(source, address))

    async def _listing(self, first: Fetched, *, limit: int) -> Listing:
        return await listed_pages(self.pages.fetcher, first, limit=limit)

    async def _forget_if_empty(self, source: Source) -> None:
        """Forget a source that brought nothing, or whose one page staff removed."""
        pages = await self.pages.store.pages(source.id)
        removed = [page for page in pages if page.status is PageStatus.REMOVED]
        if not pages or (source.kind is SourceKind.URL and len(removed) == len(pages)):
            await self.pages.store.drop_source(source.id)


def _tell(progress: WebProgress | None, report: WebReport, total: int) -> None:
    if progress:
        progress(len(report.results), max(total, len(report.results)), report)
