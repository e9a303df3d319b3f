"""One page of the web: read, kept, marked when it is gone and unmarked when it is back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from bot.audience import EVERYONE, Audience
from bot.faults.web import AddressRefused, PageGone, PageUnreachable, RobotsForbid
from bot.pages import Fetched, PageKind, PageStatus, Source, SourcePage, page_origin
from bot.ports import Library, SourceStore, WebFetcher
from bot.refusals import DocumentRefused, RefusalReason
from bot.services.ingest import Batch, Ingest, IngestReport, SourceFile
from bot.services.sitemap_walk import PageError, is_sitemap

# What the reader of files is told of a page; a plain text's address may say more than its type.
SUFFIXES = {
    PageKind.HTML: ".html",
    PageKind.PDF: ".pdf",
    PageKind.MARKDOWN: ".md",
    PageKind.TEXT: "",
}


class PageOutcome(StrEnum):
    """What became of a page."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BACK = "back"  # it was gone
    STALE = "stale"  # it is gone; what it said is kept and marked
    FAILED = "failed"  # for now; nothing changed
    REFUSED = "refused"  # it cannot be taken
    REMOVED = "removed"  # staff took it out of the library: it stays out


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What became of one page, why, and who may see it."""

    address: str
    outcome: PageOutcome
    error: PageError | None = None
    chunks: int = 0
    embedded: int = 0
    audience: Audience = EVERYONE


@dataclass(slots=True, kw_only=True)
class WebReport:
    """What became of many pages; grows while they are read."""

    results: list[PageResult] = field(default_factory=list)
    faults: list[PageError] = field(default_factory=list)  # of sitemaps
    more: bool = False  # a limit left pages out
    seconds: float = 0.0

    def counts(self) -> Counter[PageOutcome]:
        """Return how many pages each outcome had."""
        return Counter(result.outcome for result in self.results)

    @property
    def nothing_but_failures(self) -> bool:
        """Tell whether something was tried and all of it failed."""
        bad = {PageOutcome.FAILED, PageOutcome.REFUSED}
        tried = bool(self.results or self.faults)
        return tried and all(result.outcome in bad for result in self.results)

    @property
    def chunks(self) -> int:
        """Return how many passages were new."""
        return sum(result.chunks for result in self.results)

    @property
    def embedded(self) -> int:
        """Return how many passages were embedded."""
        return sum(result.embedded for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPages:
    """Reads pages into the library and remembers what their sites said."""

    fetcher: WebFetcher
    store: SourceStore
    library: Library
    ingest: Ingest

    async def read(
        self, source: Source, address: str, *, known: SourcePage | None = None
    ) -> PageResult:
        """Read a page; one that is ``known`` is asked for only if it has changed.

        A page that is gone, forbidden by now or no longer public keeps what it
        said, marked with the day. A failure that may pass changes nothing, and
        what staff removed from the library stays out.
        """
        audience = await self._audience(source, address)
        if known is not None and audience is None:
            await self.store.put_page(replace(known, status=PageStatus.REMOVED))
            result = PageResult(address=address, outcome=PageOutcome.REMOVED)
        else:
            result = await self._read(source, address, known, audience)
        return replace(result, audience=audience or source.audience)

    async def keep(
        self, source: Source, fetched: Fetched, *, audience: Audience | None = None
    ) -> PageResult:
        """Take a page that staff named and that was fetched, also one that they once removed.

        Without an ``audience`` it keeps the one it has; a new one has its source's.
        """
        known = await self._held(source, fetched.asked)
        audience = audience or await self._audience(source, fetched.asked)
        result = await self._keep(source, fetched, known, audience)
        return replace(result, audience=audience or source.audience)

    async def _read(
        self, source: Source, address: str, known: SourcePage | None, audience: Audience | None
    ) -> PageResult:
        try:
            fetched = await self.fetcher.fetch(
                address,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
            )
        except (PageGone, RobotsForbid, AddressRefused) as error:
            return await self._gone(address, known, error)
        except PageUnreachable as error:
            return PageResult(address=address, outcome=PageOutcome.FAILED, error=error)
        except DocumentRefused as error:
            return PageResult(address=address, outcome=PageOutcome.REFUSED, error=error)
        if known is None and (held := await self._held(source, fetched.asked)):
            # the sitemap spells it otherwise than the one usual way
            if held.status is PageStatus.REMOVED:
                return PageResult(address=held.address, outcome=PageOutcome.REMOVED)
            known, audience = held, await self._audience(source, held.address)
        return await self._keep(source, fetched, known, audience)

    async def _keep(
        self,
        source: Source,
        fetched: Fetched,
        known: SourcePage | None,
        audience: Audience | None,
    ) -> PageResult:
        address = known.address if known else fetched.asked
        if fetched.content is None and known is not None:
            return await self._seen_again(source, known, known, IngestReport(unchanged=1))
        if fetched.kind not in SUFFIXES or is_sitemap(fetched):
            refused = DocumentRefused(fetched.url, RefusalReason.UNKNOWN_KIND, "XML")
            return PageResult(address=address, outcome=PageOutcome.REFUSED, error=refused)
        twin = await self.store.page(source.guild_id, fetched.url)
        if known is None and twin and twin.address != address and twin.status is PageStatus.READ:
            return PageResult(address=address, outcome=PageOutcome.UNCHANGED)
        report = await self._ingest(source, address, fetched, audience or source.audience)
        if report.refusals:
            error = report.refusals[0].error
            return PageResult(address=address, outcome=PageOutcome.REFUSED, error=error)
        now = datetime.now(UTC)
        page = SourcePage(
            guild_id=source.guild_id,
            source_id=source.id,
            address=address,
            url=fetched.url,
            status=PageStatus.READ,
            fetched_at=now,
            checked_at=now,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        return await self._seen_again(source, page, known, report)

    async def _ingest(
        self, source: Source, address: str, fetched: Fetched, audience: Audience
    ) -> IngestReport:
        content = fetched.content or b""
        file = SourceFile(
            origin=page_origin(address),
            source=fetched.url,
            read=lambda: content,
            suffix=SUFFIXES[fetched.kind],
        )
        batch = Batch(guild_id=source.guild_id, added_by=source.added_by, audience=audience)
        return await self.ingest.files(batch, [file])

    async def _seen_again(
        self, source: Source, page: SourcePage, known: SourcePage | None, report: IngestReport
    ) -> PageResult:
        """Remember a page that its site has, and take the mark off it."""
        was_stale = known is not None and known.stale_since is not None
        if was_stale:
            await self.library.set_stale(source.guild_id, page.origin, None)
        await self.store.put_page(
            replace(
                page,
                source_id=source.id,
                status=PageStatus.READ,
                stale_since=None,
                checked_at=datetime.now(UTC),
            )
        )
        return PageResult(
            address=page.address,
            outcome=PageOutcome.BACK if was_stale else _outcome(report, known),
            chunks=report.chunks,
            embedded=report.embedded,
        )

    async def _gone(self, address: str, known: SourcePage | None, error: PageError) -> PageResult:
        """Mark a known page; an unknown one is just refused."""
        if known is None:
            return PageResult(address=address, outcome=PageOutcome.REFUSED, error=error)
        now = datetime.now(UTC)
        since = known.stale_since or now
        forbidden = isinstance(error, RobotsForbid)
        status = PageStatus.FORBIDDEN if forbidden else PageStatus.GONE
        await self.library.set_stale(known.guild_id, known.origin, since)
        await self.store.put_page(replace(known, status=status, stale_since=since, checked_at=now))
        return PageResult(address=address, outcome=PageOutcome.STALE, error=error)

    async def _held(self, source: Source, address: str) -> SourcePage | None:
        """Return the page of exactly this address."""
        page = await self.store.page(source.guild_id, address)
        return page if page and page.address == address else None

    async def _audience(self, source: Source, address: str) -> Audience | None:
        """Return who may see a page's document, None where the library has none.

        It is asked of the library, not of the source: staff may have changed
        it since, and a document that follows a redirect elsewhere inherits it.
        """
        known = await self.library.known(source.guild_id, page_origin(address))
        return next((document.audience for document in known.values()), None)


def _outcome(report: IngestReport, known: SourcePage | None) -> PageOutcome:
    if report.added and (known is None or known.status is PageStatus.REMOVED):
        return PageOutcome.ADDED
    return PageOutcome.CHANGED if report.added or report.changed else PageOutcome.UNCHANGED
