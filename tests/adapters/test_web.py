"""The fetcher against a real site on loopback: content, limits, manners."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from bot.adapters.web import AiohttpFetcher, redirected
from bot.faults.web import (
    AddressFault,
    AddressRefused,
    HostGone,
    PageGone,
    PageUnreachable,
    RobotsForbid,
    Trouble,
)
from bot.pages import PageKind
from bot.refusals import DocumentRefused, RefusalReason
from tests.websites import HOST, SITE, Page, Website, pdf, serving


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with serving(Website()) as website:
        website.html("/tea", "Tea", "Steep it.")
        yield website


@pytest.fixture
async def fetcher(site: Website) -> AsyncIterator[AiohttpFetcher]:
    opened = site.fetcher()
    yield opened
    await opened.close()


async def trouble(fetcher: AiohttpFetcher, url: str) -> Trouble | int:
    with pytest.raises(PageUnreachable) as caught:
        await fetcher.fetch(url)
    return caught.value.why


async def refusal(fetcher: AiohttpFetcher, url: str) -> RefusalReason:
    with pytest.raises(DocumentRefused) as caught:
        await fetcher.fetch(url)
    return caught.value.reason


async def test_a_page_comes_with_its_kind_and_validators(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    page = await fetcher.fetch(f"{SITE}/tea#steeping")

    assert page.url == f"{SITE}/tea"
    assert page.kind is PageKind.HTML
    assert page.content is not None
    assert b"Steep it." in page.content
    assert page.etag
    assert site.asked == ["/robots.txt", "/tea"]


async def test_marv_names_itself_and_brings_no_cookie_and_no_credentials(
    site: Website, fetcher: AiohttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/tea"].headers["Set-Cookie"] = "session=1"
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await fetcher.fetch(f"{SITE}/tea")
    await fetcher.fetch(f"{SITE}/tea")

    for headers in site.headers:
        assert headers["User-Agent"].startswith("Marv/")
        assert headers["Host"] == HOST
        assert not {"Cookie", "Authorization"} & headers.keys()


async def test_an_unchanged_page_is_not_sent_again(site: Website, fetcher: AiohttpFetcher) -> None:
    first = await fetcher.fetch(f"{SITE}/tea")
    again = await fetcher.fetch(f"{SITE}/tea", etag=first.etag)
    site.html("/tea", "Tea", "Don't.")
    changed = await fetcher.fetch(f"{SITE}/tea", etag=first.etag)

    assert again.content is None
    assert changed.content is not None
    assert changed.etag != first.etag


async def test_last_modified_is_sent_back(site: Website, fetcher: AiohttpFetcher) -> None:
    date = "Tue, 24 Nov 2026 10:00:00 GMT"
    site.pages["/tea"] = Page(body=b"x", headers={"Last-Modified": date}, etag=False)
    page = await fetcher.fetch(f"{SITE}/tea")
    await fetcher.fetch(f"{SITE}/tea", last_modified=page.last_modified)

    assert site.headers[-1]["If-Modified-Since"] == date


async def test_a_304_that_nobody_asked_for_is_nonsense(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    site.pages["/odd"] = Page(status=304)

    assert await trouble(fetcher, f"{SITE}/odd") == 304


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("text/html", PageKind.HTML),
        ("application/xhtml+xml; charset=utf-8", PageKind.HTML),
        ("application/pdf", PageKind.PDF),
        ("Text/Plain", PageKind.TEXT),
        ("text/markdown", PageKind.MARKDOWN),
        ("text/xml", PageKind.XML),
    ],
)
async def test_these_kinds_are_read(
    site: Website, fetcher: AiohttpFetcher, content_type: str, kind: PageKind
) -> None:
    site.pages["/x"] = Page(body=pdf("x"), content_type=content_type)

    assert (await fetcher.fetch(f"{SITE}/x")).kind is kind


@pytest.mark.parametrize(
    "content_type", ["image/png", "application/zip", "application/octet-stream", "video/mp4", ""]
)
async def test_other_kinds_are_refused_before_they_are_read(
    site: Website, fetcher: AiohttpFetcher, content_type: str
) -> None:
    site.pages["/x"] = Page(body=b"x" * (1 << 22), content_type=content_type)

    assert await refusal(fetcher, f"{SITE}/x") is RefusalReason.UNKNOWN_KIND


@pytest.mark.parametrize(("status", "error"), [(404, PageGone), (410, PageGone)])
async def test_a_page_that_is_gone_is_told_so(
    site: Website, fetcher: AiohttpFetcher, status: int, error: type[Exception]
) -> None:
    site.pages["/x"] = Page(status=status)
    with pytest.raises(error):
        await fetcher.fetch(f"{SITE}/x")


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_another_status_is_named(site: Website, fetcher: AiohttpFetcher, status: int) -> None:
    site.pages["/x"] = Page(status=status)

    assert await trouble(fetcher, f"{SITE}/x") == status


async def test_a_host_without_a_name_is_gone(fetcher: AiohttpFetcher) -> None:
    with pytest.raises(HostGone) as caught:
        await fetcher.fetch("http://nowhere.example.net/page")
    assert caught.value.url == "http://nowhere.example.net/page"


async def test_a_host_that_does_not_listen_is_unreachable(site: Website) -> None:
    closed = Website(port=1)
    fetcher = closed.fetcher()

    assert await trouble(fetcher, f"{SITE}/tea") is Trouble.CONNECTION
    await fetcher.close()


async def test_a_slow_page_is_given_up(site: Website) -> None:
    site.pages["/slow"] = Page(body=b"x", delay_seconds=30)
    fetcher = site.fetcher(total_seconds=0.3)
    started = time.perf_counter()

    assert await trouble(fetcher, f"{SITE}/slow") is Trouble.TIMEOUT
    assert time.perf_counter() - started < 3
    await fetcher.close()


async def test_a_page_that_trickles_is_given_up(site: Website) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    site.handlers["/trickle"] = trickle
    fetcher = site.fetcher(total_seconds=0.5)

    assert await trouble(fetcher, f"{SITE}/trickle") is Trouble.TIMEOUT
    await fetcher.close()


async def test_a_page_over_the_limit_is_refused_without_reading_on(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while sent < 500:
            await response.write(b"x" * 2**18)
            sent += 1
        return response

    site.handlers["/endless"] = endless

    assert await refusal(fetcher, f"{SITE}/endless") is RefusalReason.TOO_LARGE
    assert sent < 100  # of 256 KiB each: the limit of 1 MiB, and what the sockets hold


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_packed_bomb_stops_at_the_limit(
    site: Website, fetcher: AiohttpFetcher, encoding: str
) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = pack(b"0" * (200 << 20))
    site.pages["/bomb"] = Page(body=bomb, headers={"Content-Encoding": encoding})
    started = time.perf_counter()

    assert await refusal(fetcher, f"{SITE}/bomb") is RefusalReason.TOO_LARGE
    assert time.perf_counter() - started < 20


async def test_a_packed_file_that_is_a_bomb_stops_at_the_limit(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    bomb = gzip.compress(b"0" * (200 << 20))
    site.pages["/sitemap.xml.gz"] = Page(body=bomb, content_type="application/gzip")

    assert await refusal(fetcher, f"{SITE}/sitemap.xml.gz") is RefusalReason.TOO_LARGE


async def test_a_packed_page_is_unpacked(site: Website, fetcher: AiohttpFetcher) -> None:
    body = gzip.compress(b"<p>hello</p>")
    site.pages["/x"] = Page(body=body, headers={"Content-Encoding": "gzip"})

    page = await fetcher.fetch(f"{SITE}/x")

    assert page.content is not None
    assert page.content.endswith(b"<p>hello</p>")


async def test_broken_packing_is_nonsense(site: Website, fetcher: AiohttpFetcher) -> None:
    site.pages["/x"] = Page(body=b"not gzip", headers={"Content-Encoding": "gzip"})

    assert await trouble(fetcher, f"{SITE}/x") is Trouble.NONSENSE


async def test_the_headers_encoding_is_believed(site: Website, fetcher: AiohttpFetcher) -> None:
    text = "緑茶は七十度で。"
    site.pages["/ja"] = Page(
        body=text.encode("shift_jis"), content_type="text/html; charset=Shift_JIS"
    )

    page = await fetcher.fetch(f"{SITE}/ja")

    assert page.content is not None
    assert page.content.decode("utf-8-sig") == text


async def test_redirects_are_followed_and_the_last_address_is_the_pages(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    site.redirect("/a", "/b", status=301)
    site.redirect("/b", "http://other.example.com/tea", status=307)

    page = await fetcher.fetch(f"{SITE}/a")

    assert page.url == "http://other.example.com/tea"


async def test_a_circle_of_redirects_ends(site: Website, fetcher: AiohttpFetcher) -> None:
    site.redirect("/a", "/a")

    assert await trouble(fetcher, f"{SITE}/a") is Trouble.REDIRECTS
    assert site.asked.count("/a") == 6


async def test_robots_are_obeyed_and_asked_once(site: Website, fetcher: AiohttpFetcher) -> None:
    site.pages["/robots.txt"] = Page(
        body=b"User-agent: *\nDisallow: /private", content_type="text/plain"
    )
    site.html("/private/x", "Secret", "no")
    await fetcher.fetch(f"{SITE}/tea")

    with pytest.raises(RobotsForbid):
        await fetcher.fetch(f"{SITE}/private/x")
    assert site.asked == ["/robots.txt", "/tea"]


async def test_robots_may_name_marv(site: Website, fetcher: AiohttpFetcher) -> None:
    site.pages["/robots.txt"] = Page(body=b"User-agent: Marv\nDisallow: /")

    with pytest.raises(RobotsForbid):
        await fetcher.fetch(f"{SITE}/tea")


async def test_the_robots_of_a_redirects_end_count_too(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    async def robots(request: web.Request) -> web.StreamResponse:
        if request.host == "other.example.com":
            return web.Response(text="User-agent: *\nDisallow: /")
        return web.Response(status=404)

    site.handlers["/robots.txt"] = robots
    site.redirect("/a", "http://other.example.com/tea")

    with pytest.raises(RobotsForbid):
        await fetcher.fetch(f"{SITE}/a")
    assert "/tea" not in site.asked


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_site_without_robots_allows_all(
    site: Website, fetcher: AiohttpFetcher, status: int
) -> None:
    site.pages["/robots.txt"] = Page(status=status)

    assert (await fetcher.fetch(f"{SITE}/tea")).content


@pytest.mark.parametrize("status", [500, 503])
async def test_a_site_whose_robots_fail_forbids_all_for_now(
    site: Website, fetcher: AiohttpFetcher, status: int
) -> None:
    site.pages["/robots.txt"] = Page(status=status)

    assert await trouble(fetcher, f"{SITE}/tea") is Trouble.ROBOTS
    assert "/tea" not in site.asked


async def test_robots_may_be_redirected_a_few_times(site: Website, fetcher: AiohttpFetcher) -> None:
    site.redirect("/robots.txt", "/r")
    site.pages["/r"] = Page(body=b"User-agent: *\nDisallow: /")
    with pytest.raises(RobotsForbid):
        await fetcher.fetch(f"{SITE}/tea")

    site.redirect("/robots.txt", "/robots.txt")
    other = site.fetcher()
    assert await trouble(other, f"{SITE}/tea") is Trouble.REDIRECTS
    await other.close()


async def test_huge_robots_are_read_in_part(site: Website, fetcher: AiohttpFetcher) -> None:
    body = b"User-agent: *\nDisallow: /tea\n" + b"# padding\n" * (1 << 20)
    site.pages["/robots.txt"] = Page(body=body, content_type="text/plain")

    with pytest.raises(RobotsForbid):
        await fetcher.fetch(f"{SITE}/tea")


async def test_pages_of_one_host_are_spaced(site: Website) -> None:
    fetcher = site.fetcher(delay_seconds=0.2)
    started = time.perf_counter()
    await asyncio.gather(*(fetcher.fetch(f"{SITE}/tea") for _ in range(4)))

    assert time.perf_counter() - started >= 0.6
    await fetcher.close()


async def test_a_crawl_delay_is_kept_up_to_a_cap(site: Website, fetcher: AiohttpFetcher) -> None:
    site.pages["/robots.txt"] = Page(body=b"User-agent: *\nCrawl-delay: 0.3")
    started = time.perf_counter()
    await fetcher.fetch(f"{SITE}/tea")
    await fetcher.fetch(f"{SITE}/tea")

    assert 0.3 <= time.perf_counter() - started < 20


async def test_at_most_two_requests_at_once_reach_a_host(
    site: Website, fetcher: AiohttpFetcher
) -> None:
    site.pages["/slow"] = Page(body=b"x", delay_seconds=0.1)
    await asyncio.gather(*(fetcher.fetch(f"{SITE}/slow") for _ in range(6)))

    assert site.most_at_once == 2


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(AddressRefused) as caught:
        redirected(URL("https://a.example.com/x"), "http://a.example.com/y")

    assert caught.value.fault is AddressFault.DOWNGRADE
    assert str(redirected(URL("http://a.example.com/x"), "https://b.example.com/")).startswith(
        "https://b."
    )
