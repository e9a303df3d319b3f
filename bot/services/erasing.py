"""Erasing a member: every step is durable and can be done again, and a receipt ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.erasure import Erasure, ErasureReason, Receipt, Remainder, Stage
from bot.errors import StoreFailed
from bot.ports.erasure import ErasureMarks, ErasureStore
from bot.services.export_files import ExportFiles
from bot.services.index_renewal import IndexRenewal
from bot.services.kept_messages import MessageRights
from bot.services.library import LibraryDesk
from bot.services.redaction.name_book import NameBook
from bot.services.search import Samples

ALWAYS_REMAINS = (Remainder.QUOTES, Remainder.BACKUPS, Remainder.PROVIDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Makes Marv forget a member, whatever interrupts it."""

    store: ErasureStore
    marks: Sequence[ErasureMarks]
    messages: MessageRights
    library: LibraryDesk
    files: ExportFiles
    exporting: asyncio.Lock  # whoever writes an export holds it
    renewal: IndexRenewal
    samples: Samples
    names: NameBook
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def erase(
        self, guild_id: int, user_id: int, reason: ErasureReason, *, with_replies: bool = False
    ) -> Receipt:
        """Erase everything of a member's in a guild and return the receipt.

        Raises what stores and models raise; what is left to do then is done by
        ``resume``.
        """
        opened = await self.store.open(guild_id, user_id, reason, with_replies=with_replies)
        async with self.lock:
            waiting = [each for each in await self.store.unfinished() if each.id == opened.id]
            receipts = await self._finish(waiting)
        # there is none where ``resume`` was faster
        receipt = receipts[0] if receipts else await self.last_receipt(guild_id, user_id)
        if receipt is None:
            raise StoreFailed(f"erasure {opened.id} has no receipt")
        return receipt

    async def begin(self, guild_id: int, user_id: int, reason: ErasureReason) -> None:
        """Note that a member is to be erased by the next ``resume``."""
        await self.store.open(guild_id, user_id, reason, with_replies=False)

    async def resume(self) -> tuple[Receipt, ...]:
        """Finish every erasure that is under way."""
        async with self.lock:
            return tuple(await self._finish(await self.store.unfinished()))

    async def last_receipt(self, guild_id: int, user_id: int) -> Receipt | None:
        """Return the receipt of a member's last erasure."""
        return await self.store.receipt(guild_id, member_hash=self._hashed(guild_id, user_id))

    async def _finish(self, erasures: Iterable[Erasure]) -> list[Receipt]:
        """Bring erasures to their end together: one index, one compaction for all of them."""
        ready = [await self._until_files(each) for each in erasures]
        if not ready:
            return []
        ready = await self._renew(ready)
        await self.store.seal()
        return [
            await self.store.finish(each, member_hash=self._hashed(each.guild_id, each.user_id))
            for each in ready
        ]

    def _hashed(self, guild_id: int, user_id: int) -> str:
        """Return what stands for a member in a receipt."""
        return self.names.hasher.hashed(guild_id, user_id)

    async def _until_files(self, erasure: Erasure) -> Erasure:
        async with self.exporting:
            if erasure.stage is Stage.ASKED:
                erasure = await self._erase_rows(erasure)
            if erasure.stage is Stage.ROWS:
                erasure = await self._erase_documents(erasure)
            if erasure.stage is Stage.DOCUMENTS:
                erasure = await self._erase_files(erasure)
        return erasure

    async def _erase_rows(self, erasure: Erasure) -> Erasure:
        marked = [
            name
            for each in self.marks
            for name in await each.mark(erasure.guild_id, erasure.user_id)
        ]
        # what was marked is durable before the rows that say why are gone
        erasure = await self.store.advance(erasure, Stage.ASKED, marked=marked)
        await self.store.erase_rows(erasure)
        await self.names.release(erasure.guild_id, erasure.user_id)
        remaining = [*ALWAYS_REMAINS]
        if erasure.counts["turns"]:
            remaining.append(Remainder.REPLIES)
        if erasure.counts["exported_rows"]:
            remaining.append(Remainder.TAKEN_EXPORTS)
        return await self.store.advance(erasure, Stage.ROWS, remaining=remaining)

    async def _erase_documents(self, erasure: Erasure) -> Erasure:
        guild_id = erasure.guild_id
        await self.messages.forbid(guild_id, erasure.user_id)
        for origin in await self.store.entries(erasure):
            await self.library.without_question(guild_id, origin)
            await self.store.release_entry(guild_id, origin)
        self.samples.forget(guild_id)
        return await self.store.advance(erasure, Stage.DOCUMENTS)

    async def _erase_files(self, erasure: Erasure) -> Erasure:
        report = await self.files.clean(erasure.guild_id)
        return await self.store.advance(
            erasure,
            Stage.FILES,
            remaining=[Remainder.LOST_EXPORT] if report.lost else [],
            counts={
                "exports_rewritten": report.rewritten,
                "exports_deleted": report.deleted,
            },
        )

    async def _renew(self, erasures: Sequence[Erasure]) -> list[Erasure]:
        """Build the index anew, once, where any of them left something in its files."""
        waiting = {each.id for each in erasures if each.in_index and each.stage is not Stage.INDEX}
        if not waiting:
            return list(erasures)
        guilds = frozenset(each.guild_id for each in erasures if each.id in waiting)
        passages = await self.renewal.renew(guilds)
        await self.store.index_renewed()
        foreign = [] if self.renewal.shelf.erases else [Remainder.FOREIGN_INDEX]
        return [
            await self.store.advance(
                each, Stage.INDEX, remaining=foreign, counts={"passages_indexed_anew": passages}
            )
            if each.id in waiting
            else each
            for each in erasures
        ]
