"""Every way we know to lead a reader of pages inside, and a count of what got there.

The count is not the fetcher's own: an audit hook of the interpreter sees every
``connect`` of this process, whoever makes it, and two listeners on loopback
see who arrives.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from bot.adapters.web import AiohttpFetcher
from bot.adapters.web_addresses import AddressPolicy
from bot.adapters.web_http import Endpoint
from bot.errors import MarvError
from bot.pages import Fetched
from bot.services.sitemap_walk import listed_pages
from tests.websites import SITE, Page, Website, serving

SECRET = b"secret"
PUBLIC = "93.184.215.14"
FORBIDDEN_V4 = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.254", "100.64.0.1"),  # noqa: S104
    "100.100.100.200",
    *("127.0.0.1", "127.8.8.8", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.9.9"),
    *("192.0.0.1", "192.0.0.192", "192.0.2.7", "192.88.99.1", "192.168.0.1", "192.168.255.1"),
    *("198.18.0.1", "198.19.255.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16", "192.31.196.1", "192.52.193.1"),
)
FORBIDDEN_V6 = (
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"),
    *("::ffff:0:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808"),
    *("64:ff9b:1::a00:1", "64:ff9b:1:ffff::1", "100::1", "2001::1", "2001:0:7f00:1::1"),
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1"),
    *("2002:a9fe:a9fe::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1"),
    *("fe80::1%1", "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1"),
)
SPELLINGS = (
    *("http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/"),
    *("http://0x7F.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/"),
    *("http://00000177.0.0.1/", "http://127.0.0.1./", "http://127.000.000.001/"),
    *("http://１２７.０.０.１/", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://0x7f。1/"),
    *(
        "http://169.254.43518/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://0251.254.169.254/",
    ),
    *("http://[::]/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/"),
    *("http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:7f00:1]/", "http://[fe80::1%25eth0]/"),
    *("http://[fe80::1%eth0]/", "http://[::1%25lo]/", "http://[64:ff9b::7f00:1]/"),
    *("http://[v1.fe80]/", "http://localhost/", "http://LOCALHOST/", "http://localhost./"),
    *("http://intranet/", "http://metadata/", "http://%31%32%37.0.0.1/", "http://127%2e0%2e0%2e1/"),
    *(
        "http://１９２.１６８.０.１/",
        "http://4294967297/",
        "http://256.256.256.256/",
        "http://1.1.1.1.1/",
    ),
    *("http://999999999999/", "http://0x/", "http://-1/", "http://127.0.0.1.\u3002/"),
)
TRICKS = (
    *(
        "http://docs.example.com@127.0.0.1/",
        "http://127.0.0.1@docs.example.com/",
        "http://@127.0.0.1/",
    ),
    *("http://user:secret@docs.example.com/", "http://docs.example.com:80@127.0.0.1/"),
    *("http://docs.example.com\\@127.0.0.1/", "http://127.0.0.1\\@docs.example.com/"),
    *("http://docs.example.com%00.127.0.0.1/", "http://127.0.0.1%23.docs.example.com/"),
    *("http://127.0.0.1#@docs.example.com/", "http://127.0.0.1?@docs.example.com/"),
    *(
        "http://127.0.0.1/#docs.example.com",
        "http:127.0.0.1/",
        "http:/127.0.0.1/",
        "http:///127.0.0.1/",
    ),
    *("//127.0.0.1/", "127.0.0.1", "http://", "", "http://docs.example.com\r\nHost: inside/"),
    *("http://127.0.0.1\t/", " http://127.0.0.1/", "http://docs.example.com :80/", "http://[::1/"),
)
PORTS = tuple(
    f"http://docs.example.com:{port}/"
    for port in (0, 1, 22, 25, 81, 3000, 5432, 6379, 8000, 8080, 9200, 11211, 27017, 65535, 65536)
)
SCHEMES = (
    *("file:///etc/passwd", "file://127.0.0.1/etc/passwd", "gopher://127.0.0.1:6379/_INFO"),
    *("ftp://127.0.0.1/", "dict://127.0.0.1:11211/stats", "ldap://127.0.0.1/", "ws://127.0.0.1/"),
    *(
        "data:text/html,hello",
        "javascript:alert(1)",
        "jar:http://127.0.0.1!/",
        "unix:///run/x.sock",
    ),
    *(
        "view-source:http://127.0.0.1/",
        "tftp://127.0.0.1/x",
        "netdoc:///etc/passwd",
        "HTTP+UNIX://x/",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One attempt: what is fetched, and what its names lead to, one answer after the other."""

    kind: str
    url: str
    answers: tuple[tuple[str, ...], ...] = ()
    redirect_page: str = ""
    redirect_robots: str = ""
    sitemap: tuple[str, ...] = ()


EVIL = "http://evil.example.net/"
SINGLE = {"spelling": SPELLINGS, "trick": TRICKS, "port": PORTS, "scheme": SCHEMES}


def cases() -> Iterator[Case]:
    """Yield every attempt."""
    for kind, urls in SINGLE.items():
        yield from (Case(kind=kind, url=url) for url in urls)
    yield from (Case(kind="literal", url=f"http://{address}/") for address in FORBIDDEN_V4)
    yield from (Case(kind="literal", url=f"http://[{address}]/") for address in FORBIDDEN_V6)
    yield from _by_name()
    yield from _by_redirect()
    yield from _by_sitemap()


def _by_name() -> Iterator[Case]:
    for address in (*FORBIDDEN_V4, *FORBIDDEN_V6):
        yield Case(kind="name", url=EVIL, answers=((address,),))
        yield Case(kind="mixed", url=EVIL, answers=((PUBLIC, address),))
        yield Case(kind="rebinding", url=EVIL, answers=(("site",), (address,)))
    yield Case(kind="name", url="https://evil.example.net/", answers=(("inside",),))
    yield Case(kind="mixed", url=EVIL, answers=(("site", "inside"),))
    yield Case(kind="mixed", url=EVIL, answers=(("inside", "site"),))
    yield Case(kind="rebinding", url=EVIL, answers=(("site",), ("inside",)))


def _by_redirect() -> Iterator[Case]:
    for target in _targets():
        yield Case(kind="redirect", url=f"{SITE}/away", redirect_page=target)
        yield Case(kind="robots", url=f"{SITE}/page", redirect_robots=target)
    for address in ("127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "inside"):
        answers = ((address,),)
        yield Case(kind="redirect", url=f"{SITE}/away", redirect_page=EVIL, answers=answers)
        yield Case(kind="robots", url=f"{SITE}/page", redirect_robots=EVIL, answers=answers)


def _by_sitemap() -> Iterator[Case]:
    for target in _targets():
        yield Case(kind="sitemap", url=f"{SITE}/sitemap.xml", sitemap=(target,))
    for address in (*FORBIDDEN_V4[:12], *FORBIDDEN_V6[:12], "inside"):
        yield Case(  # robots and sitemap are public, the page that it lists is not
            kind="sitemap",
            url=f"{EVIL}sitemap.xml",
            sitemap=(f"{EVIL}page",),
            answers=(("site",), ("site",), (address,)),
        )


def _targets() -> Iterator[str]:
    yield from (f"http://{address}/" for address in FORBIDDEN_V4)
    yield from (f"http://[{address}]/" for address in FORBIDDEN_V6)
    yield from SPELLINGS[:12]
    yield from SCHEMES[:6]
    yield from ("//127.0.0.1/", "http://a@127.0.0.1/", "http://127.0.0.1:6379/", "\\\\127.0.0.1\\")


@dataclass(slots=True)
class Watch:
    """What this process connected to while it watched."""

    site_port: int = 0
    active: bool = False
    forbidden: list[str] = field(default_factory=list)
    arrived: int = 0

    def see(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count a connect that does not go to the site, and stop it."""
        if not self.active or event != "socket.connect":
            return
        address = arguments[1]
        if not isinstance(address, tuple) or address[:2] == ("127.0.0.1", self.site_port):
            return
        host, port = str(address[0]), int(address[1])
        if host == PUBLIC:
            raise ConnectionRefusedError("the test stays on this machine")
        self.forbidden.append(f"{host}:{port}")
        if not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise ConnectionRefusedError("the test stays on this machine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run of the matrix came to."""

    cases: Counter[str]
    connections: list[str]
    arrived: int
    let_in: list[str]
    outcomes: Counter[str]


_WATCH = Watch()
_HOOKED: list[Watch] = []


def _hook() -> Watch:
    """Return the one watch; an audit hook can be added but never removed."""
    if not _HOOKED:
        sys.addaudithook(_WATCH.see)
        _HOOKED.append(_WATCH)
    return _WATCH


@dataclass(slots=True)
class Names:
    """Looks up names as a case says: the last answer is repeated."""

    website: Website
    inside_port: int
    answers: list[tuple[str, ...]] = field(default_factory=list)

    async def lookup(self, host: str, port: int) -> Sequence[Endpoint]:
        if host.endswith("example.com"):
            return [("127.0.0.1", self.website.port)]
        if not self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        places = {
            "site": ("127.0.0.1", self.website.port),
            "inside": ("127.0.0.1", self.inside_port),
        }
        return [places.get(each, (each, port)) for each in answer]


async def run_matrix(*, policy: AddressPolicy | None = None) -> Verdict:
    """Try every case with a fetcher of its own; ``policy`` stands in for the real one."""
    watch = _hook()
    counted: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    let_in: list[str] = []
    async with AsyncExitStack() as stack:
        website = await stack.enter_async_context(serving(Website()))
        inside_port = await stack.enter_async_context(_inside(watch))
        watch.site_port, watch.active = website.port, True
        watch.forbidden, watch.arrived = [], 0
        stack.callback(setattr, watch, "active", False)
        for case in cases():
            counted[case.kind] += 1
            result = await _attempt(case, website, inside_port, policy)
            outcomes[result] += 1
            if result == "let in":
                let_in.append(f"{case.kind} {case.url} {case.answers}")
    return Verdict(
        cases=counted,
        connections=watch.forbidden,
        arrived=watch.arrived,
        let_in=let_in,
        outcomes=outcomes,
    )


async def _attempt(
    case: Case, website: Website, inside_port: int, policy: AddressPolicy | None
) -> str:
    """Fetch as a case says; return the error's name, or whose page was had."""
    website.pages.clear()
    website.html("/page", "Page", "A page.")
    if case.redirect_page:
        website.redirect("/away", _header_safe(case.redirect_page))
    if case.redirect_robots:
        website.redirect("/robots.txt", _header_safe(case.redirect_robots))
    elif case.kind == "rebinding":
        website.pages["/robots.txt"] = Page(status=404)
    website.pages["/sitemap.xml"] = Page(body=_sitemap(case.sitemap), content_type="text/xml")
    names = Names(website, inside_port, list(case.answers))
    fetcher = AiohttpFetcher(
        lookup=names.lookup, policy=policy or website, delay_seconds=0.0, total_seconds=2.0
    )
    try:
        pages = [await fetcher.fetch(case.url)]
        if case.sitemap:
            pages = await _listed(fetcher, pages[0])
    except MarvError as error:
        return type(error).__name__
    finally:
        await fetcher.close()
    return "let in" if any(SECRET in (page.content or b"") for page in pages) else "public page"


def _sitemap(addresses: Sequence[str]) -> bytes:
    """Return an index that lists these addresses as sitemaps and as pages as well."""
    places = [escape(address) for address in addresses]
    body = "".join(f"<sitemap><loc>{each}</loc></sitemap>" for each in places)
    body += "".join(f"<url><loc>{each}#page</loc></url>" for each in places)
    return f"<sitemapindex>{body}</sitemapindex>".encode()


async def _listed(fetcher: AiohttpFetcher, first: Fetched) -> list[Fetched]:
    """Read everything that a sitemap lists, as ``WebSources`` does."""
    listing = await listed_pages(fetcher, first, limit=10)
    return [await fetcher.fetch(address) for address in listing.pages]


def _header_safe(target: str) -> str:
    return target.encode("ascii", "ignore").decode() if not target.isascii() else target


@asynccontextmanager
async def _inside(watch: Watch) -> AsyncIterator[int]:
    """Listen where nobody may arrive."""

    async def arrive(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watch.arrived += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + SECRET)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(arrive, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@dataclass(frozen=True, slots=True)
class AdmitsAll:
    """The control: what would happen without the check of resolved addresses."""

    def admits(self, _address: str, _port: int) -> bool:
        return True
