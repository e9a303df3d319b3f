"""Addresses of people and machines: e-mail, IP, and what a link's query tells of its reader."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.services.redaction.spans import Kind, Span, around, before

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+@-])[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*"
    r"(?:@|\s?[(\[](?:at|@)[)\]]\s?|\s?＠\s?)"
    r"(?:[^\W_](?:[\w-]*[^\W_])?(?:\.|\s?[(\[]dot[)\]]\s?))+[A-Za-z]{2,24}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_URL = re.compile(r"\bhttps?://[!#-;=?-~]+", re.IGNORECASE)
_URL_TAIL = re.compile(r"[.,;:!?)\]}'*_~|]+\Z")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]+(?![0-9A-Za-z:])")
_VERSION = re.compile(
    r"(?i)(?:\bv(?:er(?:sion)?)?\.?|\bversion|\brelease|\bbuild|\bfirmware|バージョン|版|ビルド"
    r"|ファームウェア|アップデート)\s*(?:は|が|を|to|is|:)?\s*\Z"
)
_VERSION_AFTER = re.compile(
    r"(?i)\A\s*(?:という)?\s*(?:version|release|build|バージョン|ビルド|版|をインストール|にアップ)"
)
_MACHINE = re.compile(
    r"(?i)\bip\b|ip(?=[はがを])|address|server|host|router|connect|join|ping|port|gateway|proxy"
    r"|アドレス|サーバ|ルータ|接続|繋|つな|ログイン|ポート"
)
_BYTE = 255
_WIDE_OCTET = 10
_FEWEST_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Addresses:
    """Finds e-mail and IP addresses."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses."""
        for match in _EMAIL.finditer(text):
            yield Span(kind=Kind.EMAIL, start=match.start(), end=match.end())
        yield from _ipv4(text)
        yield from _ipv6(text)


@dataclass(frozen=True, slots=True)
class Queries:
    """Finds what a link tells beside its page: its query, or a fragment with values."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield what is dropped of links."""
        for match in _URL.finditer(text):
            url = _URL_TAIL.sub("", match[0])
            starts = [url.find(mark) for mark in "?#" if "=" in url[url.find(mark) + 1 :]]
            start = min((each for each in starts if each >= 0), default=-1)
            if start >= 0:
                first = match.start()
                yield Span(kind=Kind.QUERY, start=first + start, end=first + len(url))


def _ipv4(text: str) -> Iterator[Span]:
    for match in _IPV4.finditer(text):
        parts = match[0].split(".")
        octets = [int(part) for part in parts]
        if max(octets) > _BYTE or any(len(part) > 1 and part[0] == "0" for part in parts):
            continue
        after = text[match.end() :]
        if _VERSION.search(before(text, match.start())) or _VERSION_AFTER.match(after):
            continue
        wide = sum(octet >= _WIDE_OCTET for octet in octets)
        named = _MACHINE.search(around(text, match.start(), match.end()))
        certain = bool(named) or (octets[0] >= _WIDE_OCTET and wide > 1)
        yield Span(kind=Kind.IP, start=match.start(), end=match.end(), certain=certain)


def _ipv6(text: str) -> Iterator[Span]:
    for match in _IPV6.finditer(text):
        written = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
        try:
            address = ipaddress.IPv6Address(written)
        except ValueError:
            continue
        if address.is_loopback or address.is_unspecified:
            continue
        groups = [group for group in written.split(":") if group]
        certain = len(groups) >= _FEWEST_GROUPS and any(map(str.isdigit, written))
        yield Span(
            kind=Kind.IP, start=match.start(), end=match.start() + len(written), certain=certain
        )
