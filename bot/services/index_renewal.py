"""Renewing the dense index: built anew from the truth, because it erases nothing by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bot.errors import IndexUnavailable
from bot.ports.erasure import IndexShelf
from bot.services.ingest import Ingest


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRenewal:
    """Fills a new index beside the old one, which serves until they change places."""

    shelf: IndexShelf
    ingest: Ingest

    async def renew(self, guild_ids: frozenset[int]) -> int:
        """Put an index that holds only what the library holds in the old one's place.

        Returns how many passages it has got. Raises IndexUnavailable, and then
        the old one may still be there.
        """
        async with self.shelf.beside(guild_ids) as fresh:
            filling = replace(self.ingest, index=fresh.index, lock=asyncio.Lock())
            passages = await filling.reconcile()
            async with self.ingest.lock:  # what was written meanwhile, and nothing after it
                await filling.reconcile()
                if await filling.reconcile():
                    raise IndexUnavailable("the new index is not whole")
                await fresh.take_over()
        return passages
