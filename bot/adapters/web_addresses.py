"""Which addresses Marv may talk to: public ones, spelt in the one usual way."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Protocol

from yarl import URL

from bot.faults.web import AddressFault, AddressRefused

MAX_ADDRESS_CHARACTERS = 2000
PORTS = frozenset({80, 443})

# What ``is_global`` calls global and a reader of pages has no business with.
_NOT_FOR_US_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers; clouds keep metadata there
            "168.63.129.16/32",  # Azure's wire server
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Global unicast, the one block of IPv6 that is given out to hosts (RFC 4291, IANA registry) ...
_UNICAST_V6 = IPv6Network("2000::/3")
# ... and what of it is not: protocol assignments with Teredo and ORCHID, documentation, 6to4.
_NOT_FOR_US_V6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)
_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
_NUMERIC_LABEL = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))+")


class AddressPolicy(Protocol):
    """Decides which addresses may be connected to."""

    def admits(self, address: str, port: int) -> bool:
        """Tell whether a connection to this literal address and port is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class PublicAddresses:
    """Admits public addresses and nothing else."""

    def admits(self, address: str, port: int) -> bool:
        """Tell whether the address is one of a public host and the port one of the web's."""
        try:
            return port in PORTS and is_public(ipaddress.ip_address(address))
        except ValueError:
            return False


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address belongs to a public host.

    ``ipaddress`` alone misses carrier-grade NAT, NAT64, 6to4, Teredo, site-local
    and multicast. An IPv6 address that carries an IPv4 one is never public:
    a translator on the way would lead it anywhere.
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_FOR_US_V4)
    return (
        address.scope_id is None
        and address in _UNICAST_V6
        and not any(address in network for network in _NOT_FOR_US_V6)
    )


def web_address(text: str) -> URL:
    """Return an address without its fragment, checked in everything that the text tells.

    A host in digits must be spelt in the usual way: ``127.1``, ``0x7f000001``
    and ``2130706433`` are all refused. Raises AddressRefused.
    """
    if len(text) > MAX_ADDRESS_CHARACTERS or _FORBIDDEN_CHARACTERS.search(text):
        raise AddressRefused(text, AddressFault.MALFORMED)
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError as error:
        raise AddressRefused(text, AddressFault.MALFORMED) from error
    if url.scheme not in ("http", "https"):
        raise AddressRefused(text, AddressFault.SCHEME)
    authority = text.partition("//")[2]
    if "@" in re.split(r"[/?#]", authority, maxsplit=1)[0]:
        raise AddressRefused(text, AddressFault.CREDENTIALS)
    if not host:
        raise AddressRefused(text, AddressFault.MALFORMED)
    if port not in PORTS:
        raise AddressRefused(text, AddressFault.PORT)
    _check_host(text, url.raw_host or "")
    return url.with_fragment(None)


def _check_host(text: str, host: str) -> None:
    """Raise AddressRefused for a host that is no full name and no public literal address."""
    labels = host.split(".")
    if ":" in host or _NUMERIC_LABEL.fullmatch(labels[-1]) or not labels[-1]:
        try:
            public = is_public(ipaddress.ip_address(host))
        except ValueError:
            public = False
        if not public:
            raise AddressRefused(text, AddressFault.NOT_PUBLIC)
    elif len(labels) == 1:
        raise AddressRefused(text, AddressFault.NOT_PUBLIC)  # a name of this network's own
    elif len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise AddressRefused(text, AddressFault.MALFORMED)
