"""Sitemaps: what they list is read, what they try is refused."""

from __future__ import annotations

import time

import pytest

from bot.refusals import DocumentRefused, RefusalReason
from bot.services.sitemaps import MAX_ENTRIES, looks_like_sitemap, read_sitemap

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap(body: str, *, before: str = "", root: str = "urlset") -> bytes:
    return f'<?xml version="1.0"?>{before}<{root} {NAMESPACE}>{body}</{root}>'.encode()


def refused(content: bytes) -> RefusalReason:
    with pytest.raises(DocumentRefused) as caught:
        read_sitemap(content, "https://example.com/sitemap.xml")
    return caught.value.reason


def test_pages_are_listed_in_order_and_once() -> None:
    found = read_sitemap(
        sitemap(
            "<url><loc> https://a.example.com/1?x=1&amp;y=2 </loc><lastmod>2026</lastmod></url>"
            "<url><loc>https://a.example.com/0</loc></url>"
            "<url><loc>https://a.example.com/0</loc></url><url/>"
        ),
        "x",
    )

    assert found.pages == ["https://a.example.com/1?x=1&y=2", "https://a.example.com/0"]
    assert found.sitemaps == []


def test_an_index_lists_sitemaps() -> None:
    body = "<sitemap><loc>https://a.example.com/s.xml</loc></sitemap>"

    assert read_sitemap(sitemap(body, root="sitemapindex"), "x").sitemaps == [
        "https://a.example.com/s.xml"
    ]


def test_pictures_and_other_dialects_are_no_pages() -> None:
    body = (
        "<url><loc>https://a.example.com/1</loc><i:image xmlns:i='urn:i'>"
        "<i:loc>https://a.example.com/1.png</i:loc></i:image></url>"
    )

    assert read_sitemap(sitemap(body), "x").pages == ["https://a.example.com/1"]


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    bomb = sitemap("<url><loc>&a11;</loc></url>", before=f"<!DOCTYPE urlset [{entities}]>")
    started = time.perf_counter()

    assert refused(bomb) is RefusalReason.HOSTILE
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE urlset [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>',
        '<!DOCTYPE urlset SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE urlset PUBLIC "x" "file:///dev/random">',
    ],
)
def test_what_is_outside_is_never_read(before: str) -> None:
    assert refused(sitemap("<url><loc>&x;</loc></url>", before=before)) is RefusalReason.HOSTILE


def test_deep_nesting_is_refused() -> None:
    assert refused(b"<a>" * 100_000) is RefusalReason.HOSTILE


@pytest.mark.parametrize("content", [b"<urlset><url>", b"nonsense", b"<urlset>&nope;</urlset>"])
def test_a_broken_one_is_refused(content: bytes) -> None:
    assert refused(content) is RefusalReason.BROKEN


def test_a_huge_one_ends_at_the_protocols_limit() -> None:
    body = "".join(f"<url><loc>https://a.example.com/{n}</loc></url>" for n in range(60_000))
    started = time.perf_counter()

    assert len(read_sitemap(sitemap(body), "x").pages) == MAX_ENTRIES
    assert time.perf_counter() - started < 10


def test_an_endless_address_is_left_out() -> None:
    body = f"<url><loc>https://a.example.com/{'x' * 5_000_000}</loc></url>"

    assert read_sitemap(sitemap(body), "x").pages == []


def test_a_sitemap_is_told_from_a_page() -> None:
    assert looks_like_sitemap(sitemap(""))
    assert looks_like_sitemap(b"<s:sitemapindex xmlns:s='urn:x'>")
    assert not looks_like_sitemap(b"<!doctype html><p>urlset")
