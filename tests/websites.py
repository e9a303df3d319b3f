"""A small website on loopback, and the public names that the tests give it.

Fetchers see a normal public site: ``docs.example.com`` on port 80 of a public
address. Only the test's own lookup and policy know that it is this machine.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from reportlab.pdfgen.canvas import Canvas

from bot.adapters.web import AiohttpFetcher
from bot.adapters.web_addresses import PublicAddresses
from bot.adapters.web_http import Endpoint

HOST = "docs.example.com"
SITE = f"http://{HOST}"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True, kw_only=True)
class Page:
    """What the site says at one path."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    etag: bool = True


@dataclass(slots=True)
class Website:
    """The site's pages, which a test changes as it likes, and who asked for what."""

    pages: dict[str, Page] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0
    forgotten: bool = False  # by the DNS

    def html(self, path: str, title: str, text: str) -> None:
        self.pages[path] = Page(
            body=f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>".encode()
        )

    def redirect(self, path: str, target: str, *, status: int = 302) -> None:
        self.pages[path] = Page(status=status, headers={"Location": target})

    def sitemap(self, path: str, addresses: Sequence[str], *, packed: bool = False) -> None:
        urls = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
        body = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        content = gzip.compress(body.encode()) if packed else body.encode()
        kind = "application/gzip" if packed else "application/xml"
        self.pages[path] = Page(body=content, content_type=kind)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.headers.append(dict(request.headers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            response = await self._respond(request)
        finally:
            self.at_once -= 1
        self.statuses[response.status] += 1
        return response

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        if handler := self.handlers.get(request.path):
            return await handler(request)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404, text="nothing here")
        if page.delay_seconds:
            await asyncio.sleep(page.delay_seconds)
        headers = dict(page.headers)
        if page.status == 200:
            headers["Content-Type"] = page.content_type
        if page.status == 200 and page.etag:
            headers["ETag"] = f'"{hash(page.body):x}"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return web.Response(status=304, headers={"ETag": headers["ETag"]})
        return web.Response(status=page.status, body=page.body, headers=headers)

    async def lookup(self, host: str, port: int) -> Sequence[Endpoint]:
        """Know every name under example.com as this site, and no other."""
        if self.forgotten:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        if host == HOST or host.endswith(".example.com"):
            return [("127.0.0.1", self.port)]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    def admits(self, address: str, port: int) -> bool:
        """Admit this one server and public addresses."""
        ours = (address, port) == ("127.0.0.1", self.port)
        return ours or PublicAddresses().admits(address, port)

    def fetcher(
        self,
        *,
        delay_seconds: float = 0.0,
        max_bytes: int = 1 << 20,
        total_seconds: float = 20.0,
    ) -> AiohttpFetcher:
        return AiohttpFetcher(
            lookup=self.lookup,
            policy=self,
            delay_seconds=delay_seconds,
            max_bytes=max_bytes,
            total_seconds=total_seconds,
        )


@asynccontextmanager
async def serving(website: Website) -> AsyncIterator[Website]:
    """Serve a site on a free loopback port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", website.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            website.port = free.getsockname()[1]
        await web.TCPSite(runner, "127.0.0.1", website.port).start()
        yield website
    finally:
        await runner.cleanup()


def pdf(text: str, *, title: str = "A paper") -> bytes:
    """Return a PDF of one page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setTitle(title)
    canvas.drawString(72, 720, text)
    canvas.save()
    return buffer.getvalue()
