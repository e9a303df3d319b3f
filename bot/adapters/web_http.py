"""One request to one public host: the address checked, pinned and checked again."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot import __version__
from bot.adapters.web_addresses import AddressPolicy
from bot.faults.web import AddressFault, AddressRefused, HostGone, PageUnreachable, Trouble
from bot.refusals import DocumentRefused, RefusalReason

ROBOT_NAME = "Marv"
USER_AGENT = f"{ROBOT_NAME}/{__version__} (Discord bot that reads pages its server's staff name)"
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
AT_ONCE_A_HOST = 2
_SLICE = 64 * 1024
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

Endpoint = tuple[str, int]
Lookup = Callable[[str, int], Awaitable[Sequence[Endpoint]]]
Check = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a host said to one request; ``content`` is read for status 200 only."""

    url: URL
    status: int
    headers: Mapping[str, str]
    content: bytes = b""


async def system_lookup(host: str, port: int) -> Sequence[Endpoint]:
    """Return every address that the system's resolver knows for a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]


class CheckedResolver(AbstractResolver):
    """Returns a host's addresses only when all of them may be connected to.

    One forbidden address among public ones is how a name is made to lead
    inside, so it condemns the whole answer.
    """

    def __init__(self, lookup: Lookup, policy: AddressPolicy) -> None:
        self._lookup = lookup
        self._policy = policy

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a host up and check what came back."""
        endpoints = await self._lookup(host, port)
        if not all(self._policy.admits(*endpoint) for endpoint in endpoints):
            raise AddressRefused(host, AddressFault.NOT_PUBLIC)
        if not endpoints:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=at,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address, at in endpoints
        ]

    async def close(self) -> None:
        """Hold nothing."""


class WebClient:
    """Makes single requests: no redirects, no cookies, no credentials, no proxy, no reuse."""

    def __init__(
        self,
        *,
        lookup: Lookup,
        policy: AddressPolicy,
        total_seconds: float = TOTAL_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self._lookup = lookup
        self._policy = policy
        self._timeout = aiohttp.ClientTimeout(total=total_seconds, sock_connect=connect_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self,
        url: URL,
        *,
        headers: Mapping[str, str],
        max_bytes: int,
        check: Check,
        cut: bool = False,
    ) -> Reply:
        """Ask once and return the reply; a body over ``max_bytes`` is refused, or ``cut``.

        ``check`` sees the content type before the body is read and may raise.
        Raises AddressRefused, HostGone, PageUnreachable or DocumentRefused.
        """
        with _web_faults(url):
            async with self._opened().get(url, headers=headers, allow_redirects=False) as response:
                self._check_peer(url, response)
                content = b""
                if response.status == 200:
                    check(response.headers.get("Content-Type", ""))
                    content = await _body(response, str(url), max_bytes=max_bytes, cut=cut)
                return Reply(
                    url=url,
                    status=response.status,
                    headers=response.headers.copy(),
                    content=content,
                )

    async def close(self) -> None:
        """Close the session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Return the session, made when a loop runs.

        Every request makes a new connection, so that every request's address
        is checked; a kept one, or a cached answer of the DNS, would not be.
        """
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=CheckedResolver(self._lookup, self._policy),
                use_dns_cache=False,
                force_close=True,
                limit_per_host=AT_ONCE_A_HOST,
                socket_factory=self._socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                trust_env=False,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            )
        return self._session

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Make the socket of a connection, the last moment to refuse its address.

        aiohttp asks no resolver about a literal address.
        """
        family, kind, proto, _, address = info
        if not self._policy.admits(str(address[0]), int(address[1])):
            raise AddressRefused(str(address[0]), AddressFault.NOT_PUBLIC)
        return socket.socket(family, kind, proto)

    def _check_peer(self, url: URL, response: aiohttp.ClientResponse) -> None:
        """Check who is at the other end, where the connection still stands."""
        transport = response.connection and response.connection.transport
        peer = transport and transport.get_extra_info("peername")
        if peer and not self._policy.admits(str(peer[0]), int(peer[1])):
            raise AddressRefused(str(url), AddressFault.NOT_PUBLIC)


async def _body(response: aiohttp.ClientResponse, url: str, *, max_bytes: int, cut: bool) -> bytes:
    """Read an unpacked body up to its limit; what is beyond is never unpacked."""
    parts = bytearray()
    async for part in response.content.iter_chunked(_SLICE):
        parts += part
        if len(parts) > max_bytes:
            if cut:
                return bytes(parts[:max_bytes])
            raise DocumentRefused(url, RefusalReason.TOO_LARGE, f"over {max_bytes / 2**20:g} MB")
    return bytes(parts)


@contextlib.contextmanager
def _web_faults(url: URL) -> Iterator[None]:
    """Translate aiohttp's errors into ours."""
    text = str(url)
    try:
        yield
    except AddressRefused as error:
        raise AddressRefused(text, error.fault) from error
    except aiohttp.ClientConnectorDNSError as error:
        if error.os_error.errno in _NO_SUCH_NAME:
            raise HostGone(text) from error
        raise PageUnreachable(text, Trouble.LOOKUP) from error
    except TimeoutError as error:
        raise PageUnreachable(text, Trouble.TIMEOUT) from error
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
        raise PageUnreachable(text, Trouble.CERTIFICATE) from error
    except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
        raise PageUnreachable(text, Trouble.NONSENSE) from error
    except aiohttp.InvalidURL as error:
        raise AddressRefused(text, AddressFault.MALFORMED) from error
    except (aiohttp.ClientError, OSError) as error:
        raise PageUnreachable(text, Trouble.CONNECTION) from error
