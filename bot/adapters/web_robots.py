"""What a site's robots.txt allows (RFC 9309), read by Protego."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from protego import Protego
from yarl import URL

from bot.adapters.web_http import ROBOT_NAME, Reply
from bot.faults.web import (
    AddressRefused,
    HostGone,
    PageUnreachable,
    RobotsForbid,
    Trouble,
    WebFault,
)

MAX_ROBOTS_BYTES = 512 * 1024  # RFC 9309 section 2.5 asks for at least 500 KiB
KEPT_SECONDS = 3600.0
FAILURE_KEPT_SECONDS = 60.0
MAX_KEPT_SITES = 500
DEFAULT_DELAY_SECONDS = 1.0
MAX_DELAY_SECONDS = 10.0

FaultAt = Callable[[str], WebFault]  # the fault of the page that was asked for
Get = Callable[[URL], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """A site's answer and how long it is believed; ``rules`` is None where it has none."""

    until: float
    rules: Protego | None = None
    fault: FaultAt | None = None


class Robots:
    """Asks each site once an hour what it allows."""

    def __init__(self, get: Get, *, default_delay_seconds: float = DEFAULT_DELAY_SECONDS) -> None:
        self._get = get
        self._default_delay = default_delay_seconds
        self._sites: dict[URL, SiteRules] = {}

    async def delay_for(self, url: URL) -> float:
        """Return the seconds to keep between two pages of this address's site.

        Raises RobotsForbid when the site forbids the address, PageUnreachable
        when its rules cannot be learnt (which forbids, for now), HostGone or
        AddressRefused when the site itself may not or cannot be asked.
        """
        site = url.origin()
        known = self._sites.get(site)
        if known is None or known.until < time.perf_counter():
            known = await self._learn(site)
        if known.fault is not None:
            raise known.fault(str(url))
        if known.rules is None:
            return self._default_delay
        if not known.rules.can_fetch(str(url), ROBOT_NAME):
            raise RobotsForbid(str(url))
        asked = known.rules.crawl_delay(ROBOT_NAME)
        return min(max(asked or 0.0, self._default_delay), MAX_DELAY_SECONDS)

    async def _learn(self, site: URL) -> SiteRules:
        learnt = await self._ask(site / "robots.txt")
        if len(self._sites) >= MAX_KEPT_SITES:
            self._sites.clear()
        self._sites[site] = learnt
        return learnt

    async def _ask(self, address: URL) -> SiteRules:
        now = time.perf_counter()
        try:
            reply = await self._get(address)
        except WebFault as error:
            return SiteRules(until=now + FAILURE_KEPT_SECONDS, fault=_meaning(error, address))
        if 400 <= reply.status < 500:  # the site has no rules: section 2.3.1.3
            return SiteRules(until=now + KEPT_SECONDS)
        if reply.status != 200:
            fault = partial(PageUnreachable, why=Trouble.ROBOTS)
            return SiteRules(until=now + FAILURE_KEPT_SECONDS, fault=fault)
        text = reply.content.decode("utf-8", "replace")
        rules = await asyncio.to_thread(Protego.parse, text)
        return SiteRules(until=now + KEPT_SECONDS, rules=rules)


def _meaning(fault: WebFault, asked: URL) -> FaultAt:
    """Return what it means for a site's pages that its robots.txt could not be had."""
    own = fault.url == str(asked)
    if own and isinstance(fault, AddressRefused):
        return partial(AddressRefused, fault=fault.fault)
    if own and isinstance(fault, HostGone):
        return HostGone
    if isinstance(fault, PageUnreachable) and isinstance(fault.why, Trouble):
        return partial(PageUnreachable, why=fault.why)
    return partial(PageUnreachable, why=Trouble.ROBOTS)
