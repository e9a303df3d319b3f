"""Pages of the web in the library: added, read again, marked when they are gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.web import AiohttpFetcher
from bot.app import open_marv
from bot.audience import EVERYONE, Audience, sees_everything
from bot.client import Marv
from bot.faults.web import (
    PageGone,
    PageUnreachable,
    RefreshRunning,
    RobotsForbid,
    SourceUnknown,
)
from bot.models import Document, Passage
from bot.opening import Models
from bot.pages import SourceKind
from bot.refusals import DocumentRefused
from bot.services.ingest import Batch
from bot.services.web_pages import PageOutcome, WebReport
from bot.services.web_sources import WebSources
from bot.settings import Settings
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import PERSONAS
from tests.websites import SITE, Page, Website, pdf, serving

GUILD = 7
BATCH = Batch(guild_id=GUILD, added_by=1)
FORBID_ALL = Page(body=b"User-agent: *\nDisallow: /", content_type="text/plain")


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with serving(Website()) as website:
        website.html("/tea", "Tea", "Steep green tea at 70 degrees.")
        website.html("/kettle", "Kettle", "The kettle holds two litres.")
        yield website


@pytest.fixture
async def fetcher(site: Website) -> AsyncIterator[AiohttpFetcher]:
    opened = site.fetcher()
    yield opened
    await opened.close()


@pytest.fixture
async def marv(
    settings: Settings, chat: FakeChat, embedder: FakeEmbedder, fetcher: AiohttpFetcher
) -> AsyncIterator[Marv]:
    models = Models(chat=chat, embedder=embedder, counter=FakeCounter(), personas=PERSONAS)
    async with open_marv(settings, models=models, fetcher=fetcher) as opened:
        yield opened


@pytest.fixture
def web(marv: Marv) -> WebSources:
    return marv.services.web


async def documents(marv: Marv) -> dict[str, Document]:
    found = await marv.services.library.documents(GUILD, viewer=sees_everything)
    return {document.source: document for document in found}


async def best(marv: Marv, query: str) -> Passage:
    found = await marv.services.search.find(GUILD, query, limit=1, viewer=sees_everything)
    return found.passages[0]


async def again(web: WebSources, chosen: str = "") -> WebReport:
    """Refresh as the operator does."""
    return await web.refresh(GUILD, chosen, viewer=sees_everything)


def outcomes(report: WebReport) -> dict[str, PageOutcome]:
    return {result.address.removeprefix(SITE): result.outcome for result in report.results}


async def test_a_page_becomes_a_document_named_by_its_title_and_address(
    marv: Marv, web: WebSources
) -> None:
    report = await web.add(BATCH, f"{SITE}/tea#top")

    assert outcomes(report) == {"/tea": PageOutcome.ADDED}
    assert report.chunks == report.embedded == 1
    document = (await documents(marv))[f"{SITE}/tea"]
    assert document.title == "Tea"
    assert document.added_by == 1
    [source] = await web.suggest(GUILD, "tea", viewer=sees_everything)
    assert (source.kind, source.address) == (SourceKind.URL, f"{SITE}/tea")


async def test_a_paper_is_read_by_its_content_type(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.pages["/paper"] = Page(body=pdf("Varnish dries in a day."), content_type="application/pdf")

    await web.add(BATCH, f"{SITE}/paper")

    assert (await documents(marv))[f"{SITE}/paper"].title == "A paper"


async def test_a_page_without_a_doctype_is_a_page_still(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.pages["/view/readme.md"] = Page(body=b"<p>Tea &amp; more</p>")
    await web.add(BATCH, f"{SITE}/view/readme.md")

    [found] = (
        await marv.services.search.find(GUILD, "tea more", limit=1, viewer=sees_everything)
    ).passages
    assert found.text == "Tea & more"


async def test_a_redirected_page_is_known_by_its_last_address(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.redirect("/short", "/tea")
    await web.add(BATCH, f"{SITE}/short")

    assert set(await documents(marv)) == {f"{SITE}/tea"}


async def test_the_same_page_by_two_addresses_is_kept_once(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.redirect("/short", "/tea")
    await web.add(BATCH, f"{SITE}/tea")
    report = await web.add(BATCH, f"{SITE}/short")

    assert outcomes(report) == {"/short": PageOutcome.UNCHANGED}
    assert len(await documents(marv)) == 1


@pytest.mark.parametrize(
    ("path", "page", "error"),
    [
        ("/nothing", None, PageGone),
        ("/broken", Page(status=503), PageUnreachable),
        ("/picture", Page(body=b"x", content_type="image/png"), DocumentRefused),
        ("/feed", Page(body=b"<rss/>", content_type="text/xml"), DocumentRefused),
        ("/empty", Page(body=b"<html></html>"), DocumentRefused),
    ],
)
async def test_what_cannot_be_read_is_refused_and_leaves_no_trace(
    marv: Marv,
    site: Website,
    web: WebSources,
    path: str,
    page: Page | None,
    error: type[Exception],
) -> None:
    if page:
        site.pages[path] = page
    with pytest.raises(error):
        await web.add(BATCH, f"{SITE}{path}")

    assert not await documents(marv)
    assert not await web.suggest(GUILD, "", viewer=sees_everything)


async def test_a_forbidden_page_is_refused(site: Website, web: WebSources) -> None:
    site.pages["/robots.txt"] = FORBID_ALL
    with pytest.raises(RobotsForbid):
        await web.add(BATCH, f"{SITE}/tea")


@pytest.mark.parametrize("packed", [False, True])
async def test_a_sitemaps_pages_are_read(
    marv: Marv, site: Website, web: WebSources, packed: bool
) -> None:
    path = "/sitemap.xml.gz" if packed else "/sitemap.xml"
    site.sitemap(path, [f"{SITE}/tea", f"{SITE}/kettle", f"{SITE}/lost"], packed=packed)

    report = await web.add(BATCH, f"{SITE}{path}")

    assert outcomes(report) == {
        "/tea": PageOutcome.ADDED,
        "/kettle": PageOutcome.ADDED,
        "/lost": PageOutcome.REFUSED,
    }
    assert set(await documents(marv)) == {f"{SITE}/tea", f"{SITE}/kettle"}


async def test_a_sitemap_is_read_up_to_its_limit(
    marv: Marv, site: Website, web: WebSources
) -> None:
    for number in range(5):
        site.html(f"/{number}", f"Page {number}", f"Text of page {number}.")
    site.sitemap("/sitemap.xml", [f"{SITE}/{number}" for number in range(5)])

    report = await web.add(BATCH, f"{SITE}/sitemap.xml", pages=3)

    assert len(report.results) == len(await documents(marv)) == 3
    assert report.more


async def test_only_pages_of_the_sitemaps_own_host_are_read(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.sitemap(
        "/sitemap.xml",
        [
            *("http://other.example.com/tea", "http://127.0.0.1/tea", "http://10.0.0.1/"),
            *("file:///etc/passwd", "http://[::1/", f"http://docs.example.com:{site.port}/tea"),
            f"{SITE}/kettle",
        ],
    )

    await web.add(BATCH, f"{SITE}/sitemap.xml")

    assert set(await documents(marv)) == {f"{SITE}/kettle"}


async def test_an_index_of_sitemaps_is_followed_two_levels_down(
    marv: Marv, site: Website, web: WebSources
) -> None:
    def index(path: str, *children: str) -> None:
        body = "".join(f"<sitemap><loc>{SITE}{child}</loc></sitemap>" for child in children)
        site.pages[path] = Page(
            body=f"<sitemapindex>{body}</sitemapindex>".encode(), content_type="text/xml"
        )

    index("/0.xml", "/1.xml", "/0.xml", "/missing.xml")
    index("/1.xml", "/2.xml")
    index("/2.xml", "/3.xml")
    site.sitemap("/3.xml", [f"{SITE}/kettle"])
    report = await web.add(BATCH, f"{SITE}/0.xml")
    assert not report.results
    assert [type(fault) for fault in report.faults] == [PageGone]
    assert "/3.xml" not in site.asked

    site.sitemap("/2.xml", [f"{SITE}/tea"])
    await web.add(BATCH, f"{SITE}/0.xml")
    assert set(await documents(marv)) == {f"{SITE}/tea"}


async def test_a_hostile_sitemap_is_refused(marv: Marv, site: Website, web: WebSources) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset>&b;</urlset>'
    site.pages["/sitemap.xml"] = Page(body=bomb, content_type="text/xml")

    with pytest.raises(DocumentRefused):
        await web.add(BATCH, f"{SITE}/sitemap.xml")


async def test_an_unchanged_page_is_neither_sent_nor_embedded_again(
    site: Website, web: WebSources, embedder: FakeEmbedder
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    before = len(embedder.embedded)

    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.UNCHANGED}
    assert site.statuses[304] == 1
    assert len(embedder.embedded) == before


async def test_a_changed_page_embeds_only_what_changed(
    marv: Marv, site: Website, web: WebSources, embedder: FakeEmbedder
) -> None:
    def publish(third: str) -> None:
        parts = [f"Sentence {n} is here to stay. " * 60 for n in range(4)]
        parts[2] = f"Sentence 2 {third}. " * 60
        body = "".join(f"<h2>Part {n}</h2><p>{text}</p>" for n, text in enumerate(parts))
        site.pages["/long"] = Page(body=f"<title>Long</title>{body}".encode())

    publish("is here to stay")
    await web.add(BATCH, f"{SITE}/long")
    before = len(embedder.embedded)
    publish("was here to change")

    report = await again(web)

    assert outcomes(report) == {"/long": PageOutcome.CHANGED}
    fresh = embedder.embedded[before:]
    assert fresh
    assert all("Sentence 2" in text for text in fresh)
    assert len(await documents(marv)) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_marked_and_kept_and_unmarked_when_it_is_back(
    marv: Marv, site: Website, web: WebSources, status: int
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    page = site.pages["/tea"]
    site.pages["/tea"] = Page(status=status)
    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.STALE}
    since = (await documents(marv))[f"{SITE}/tea"].stale_since
    assert since is not None
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=1)
    [passage] = (
        await marv.services.search.find(GUILD, "green tea", limit=1, viewer=sees_everything)
    ).passages
    assert passage.stale_since == since

    await again(web)
    assert (await documents(marv))[f"{SITE}/tea"].stale_since == since  # the day it went

    site.pages["/tea"] = page
    report = await again(web)
    assert outcomes(report) == {"/tea": PageOutcome.BACK}
    assert (await documents(marv))[f"{SITE}/tea"].stale_since is None


async def test_a_page_that_robots_now_forbid_is_marked(
    marv: Marv, site: Website, fetcher: AiohttpFetcher, web: WebSources
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    site.pages["/robots.txt"] = FORBID_ALL
    fetcher._robots._sites.clear()  # an hour later

    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.STALE}
    assert (await documents(marv))[f"{SITE}/tea"].stale_since


async def test_a_host_that_is_gone_marks_its_pages(
    marv: Marv, site: Website, fetcher: AiohttpFetcher, web: WebSources
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    site.forgotten = True

    assert outcomes(await again(web)) == {"/tea": PageOutcome.STALE}
    assert (await documents(marv))[f"{SITE}/tea"].stale_since


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_a_failure_that_may_pass_changes_nothing_and_is_told(
    marv: Marv, site: Website, web: WebSources, status: int
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    before = await documents(marv)
    site.pages["/tea"] = Page(status=status)

    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.FAILED}
    assert isinstance(report.results[0].error, PageUnreachable)
    assert await documents(marv) == before


async def test_what_a_page_became_unreadable_keeps_its_last_good_state(
    marv: Marv, site: Website, web: WebSources
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    site.pages["/tea"] = Page(body=b"x", content_type="image/png")

    assert outcomes(await again(web)) == {"/tea": PageOutcome.REFUSED}
    assert set(await documents(marv)) == {f"{SITE}/tea"}


async def test_new_pages_of_a_sitemap_are_added_within_its_limit(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.sitemap("/sitemap.xml", [f"{SITE}/tea"])
    await web.add(BATCH, f"{SITE}/sitemap.xml", pages=2)
    site.html("/cup", "Cup", "A cup holds little.")
    site.sitemap("/sitemap.xml", [f"{SITE}/kettle", f"{SITE}/tea", f"{SITE}/cup"])

    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.UNCHANGED, "/kettle": PageOutcome.ADDED}
    assert report.more
    assert len(await documents(marv)) == 2


async def test_a_sitemap_that_is_gone_is_told_and_its_pages_are_still_read(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.sitemap("/sitemap.xml", [f"{SITE}/tea"])
    await web.add(BATCH, f"{SITE}/sitemap.xml")
    del site.pages["/sitemap.xml"]

    report = await again(web)

    assert outcomes(report) == {"/tea": PageOutcome.UNCHANGED}
    assert [type(fault) for fault in report.faults] == [PageGone]


async def test_a_page_that_staff_removed_does_not_come_back(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.sitemap("/sitemap.xml", [f"{SITE}/tea", f"{SITE}/kettle"])
    await web.add(BATCH, f"{SITE}/sitemap.xml")
    await marv.services.library.remove(GUILD, "Tea", viewer=sees_everything)

    for _ in range(2):
        await again(web)
        assert set(await documents(marv)) == {f"{SITE}/kettle"}
    await web.add(BATCH, f"{SITE}/tea")
    assert set(await documents(marv)) == {f"{SITE}/kettle", f"{SITE}/tea"}


async def test_an_address_whose_document_staff_removed_is_forgotten(
    marv: Marv, web: WebSources
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    await marv.services.library.remove(GUILD, "Tea", viewer=sees_everything)

    await again(web)

    assert not await web.suggest(GUILD, "", viewer=sees_everything)


async def test_one_source_may_be_refreshed_by_its_address(web: WebSources) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    await web.add(BATCH, f"{SITE}/kettle")

    assert outcomes(await again(web, f"{SITE}/kettle")).keys() == {"/kettle"}
    with pytest.raises(SourceUnknown):
        await again(web, "nonsense")


async def test_another_servers_sources_are_left_alone(web: WebSources) -> None:
    await web.add(BATCH, f"{SITE}/tea")

    assert not (await web.refresh(8, viewer=sees_everything)).results
    assert not await web.suggest(8, "", viewer=sees_everything)


async def test_two_refreshes_never_run_at_once(site: Website, web: WebSources) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    site.pages["/tea"].delay_seconds = 0.3
    first = asyncio.create_task(again(web))
    await asyncio.sleep(0.1)

    with pytest.raises(RefreshRunning):
        await again(web)
    with pytest.raises(RefreshRunning):
        await web.refresh_due(before=datetime.now(UTC))
    await first


async def test_the_schedule_reads_what_is_due_and_only_that(web: WebSources) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    await web.add(Batch(guild_id=8), f"{SITE}/kettle")

    assert not (await web.refresh_due(before=datetime.now(UTC) - timedelta(hours=1))).results
    assert len((await web.refresh_due(before=datetime.now(UTC))).results) == 2
    between = datetime.now(UTC) - timedelta(seconds=30)
    assert not (await web.refresh_due(before=between)).results


STAFF_ONLY = Audience(role_ids=frozenset({5}))


async def test_new_pages_have_their_sources_audience_and_old_ones_keep_what_staff_set(
    marv: Marv, site: Website, web: WebSources
) -> None:
    site.sitemap("/sitemap.xml", [f"{SITE}/tea"])
    await web.add(Batch(guild_id=GUILD, audience=STAFF_ONLY), f"{SITE}/sitemap.xml")
    await marv.services.library.set_audience(GUILD, "Tea", EVERYONE, viewer=sees_everything)
    site.html("/tea", "Tea", "Steep it longer.")
    site.sitemap("/sitemap.xml", [f"{SITE}/tea", f"{SITE}/kettle"])

    await again(web)

    found = await documents(marv)
    assert found[f"{SITE}/tea"].audience == EVERYONE
    assert found[f"{SITE}/kettle"].audience == STAFF_ONLY


async def test_a_page_that_moves_keeps_its_audience(
    marv: Marv, site: Website, web: WebSources
) -> None:
    await web.add(BATCH, f"{SITE}/tea")
    await marv.services.library.set_audience(GUILD, "Tea", STAFF_ONLY, viewer=sees_everything)
    site.html("/moved", "Tea", "Steep it here.")
    site.redirect("/tea", "/moved")

    await again(web)

    assert {source: each.audience for source, each in (await documents(marv)).items()} == {
        f"{SITE}/moved": STAFF_ONLY
    }


async def test_a_source_is_not_shown_to_who_may_not_see_it(web: WebSources) -> None:
    await web.add(Batch(guild_id=GUILD, audience=STAFF_ONLY), f"{SITE}/tea")

    def member(audience: Audience) -> bool:
        return audience == EVERYONE

    assert not await web.suggest(GUILD, "", viewer=member)
    assert not (await web.refresh(GUILD, viewer=member)).results
    with pytest.raises(SourceUnknown):
        await web.refresh(GUILD, f"{SITE}/tea", viewer=member)
