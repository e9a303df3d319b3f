"""Who speaks: the configured model, or the one that a server promoted over it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot import paying
from bot.comparison import BASELINE
from bot.faults.model import ModelGone
from bot.models import ChatMessage, Language, Passage
from bot.ports import ChatModel
from bot.ports.promotion import PromotionStore
from bot.promotion import Change, Promotion
from bot.services.answering import Answerer, AnswerUpdate, Talker
from bot.services.manners import Manner

log = logging.getLogger(__name__)

MOST_OPEN = 3  # promoted models that are kept open: one on this machine takes some 100 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A model and how it plays the persona."""

    name: str
    chat: ChatModel
    answerer: Answerer
    talker: Talker
    ready: Callable[[], Awaitable[None]]  # loads it now, or raises ModelGone


@dataclass(slots=True)
class _Opened:
    role: Role
    users: int = 0


Opener = Callable[[int, str], Awaitable[Role]]  # of a guild and a model's name
Listener = Callable[[Promotion], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Cast:
    """Knows who speaks in each guild, opens models when they are wanted, and replaces lost ones.

    A model stays open after it was replaced, so that going back takes no time; beyond three
    the one that was used longest ago is closed, once nobody uses it.
    """

    baseline: Role
    store: PromotionStore
    open_role: Opener
    listeners: list[Listener] = field(default_factory=list)
    _open: dict[str, _Opened] = field(default_factory=dict)  # the newest used last
    _speaking: dict[int, str] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def speaking(self, guild_id: int) -> str:
        """Return the name of the model that speaks in a guild."""
        if self._speaking is None:
            self._speaking = dict(await self.store.speaking())
        return self._speaking.get(guild_id, BASELINE)

    async def change(self, promotion: Promotion) -> None:
        """Have another model speak from now on; the audit is written first."""
        await self.speaking(promotion.guild_id)
        await self.store.add(promotion)
        if self._speaking is not None:
            self._speaking[promotion.guild_id] = promotion.model
        for listener in self.listeners:
            await listener(promotion)

    async def fall_back(self, guild_id: int, lost: str, reason: str) -> str:
        """Replace a model that is gone by the one before it; return who speaks now."""
        async with self._lock:
            if await self.speaking(guild_id) != lost:
                return await self.speaking(guild_id)  # somebody else noticed first
            history = await self.store.history(guild_id)
            gone = {each.previous for each in history if each.change is Change.FELL_BACK} | {lost}
            earlier = (each.previous for each in history)
            model = next((name for name in earlier if name not in gone), BASELINE)
            log.error("%s is gone from server %d, %s speaks: %s", lost, guild_id, model, reason)
            await self.change(
                Promotion(
                    guild_id=guild_id,
                    model=model,
                    previous=lost,
                    change=Change.FELL_BACK,
                    reason=reason,
                    at=datetime.now(UTC),
                )
            )
            return model

    @asynccontextmanager
    async def lent(self, guild_id: int, name: str) -> AsyncIterator[Role]:
        """Yield a model in its role, open for as long as it is used; raises ModelGone."""
        if name == BASELINE:
            yield self.baseline
            return
        opened = self._open.pop(name, None)
        if opened is None:
            opened = _Opened(await self.open_role(guild_id, name))
            opened = self._open.pop(name, opened)  # somebody may have been faster
        self._open[name] = opened
        opened.users += 1
        try:
            yield opened.role
        finally:
            opened.users -= 1
            await self._close_oldest()

    async def close(self) -> None:
        """Close what was opened."""
        for opened in self._open.values():
            await opened.role.chat.close()
        self._open.clear()

    async def _close_oldest(self) -> None:
        idle = [name for name, opened in self._open.items() if not opened.users]
        for name in idle[: max(0, len(self._open) - MOST_OPEN)]:
            await self._open.pop(name).role.chat.close()


@dataclass(frozen=True, slots=True)
class CastAnswerer:
    """Answers with whoever speaks where the question was asked; fulfils ``Answerer``."""

    cast: Cast

    async def stream(
        self, question: str, passages: Sequence[Passage], *, language: Language, manner: Manner
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield updates; those of a model that turns out to be gone are replaced."""

        def of(role: Role) -> AsyncGenerator[AnswerUpdate, None]:
            return role.answerer.stream(question, passages, language=language, manner=manner)

        async with aclosing(_replaced(self.cast, of)) as updates:
            async for update in updates:
                yield update


@dataclass(frozen=True, slots=True)
class CastTalker:
    """Talks with whoever speaks where the message was written; fulfils ``Talker``."""

    cast: Cast

    async def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage],
        language: Language,
        manner: Manner,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        """Yield updates; those of a model that turns out to be gone are replaced."""

        def of(role: Role) -> AsyncGenerator[AnswerUpdate, None]:
            return role.talker.stream(
                message, passages, history=history, language=language, manner=manner
            )

        async with aclosing(_replaced(self.cast, of)) as updates:
            async for update in updates:
                yield update


async def _replaced(
    cast: Cast, of: Callable[[Role], AsyncGenerator[AnswerUpdate, None]]
) -> AsyncGenerator[AnswerUpdate, None]:
    """Yield what a model says, from the start again with the next one where it is gone.

    Each update holds the whole text so far, so the next model's simply take their place.
    """
    guild_id = paying.current().guild_id
    name = await cast.speaking(guild_id)
    while True:
        try:
            async with cast.lent(guild_id, name) as role, aclosing(of(role)) as updates:
                async for update in updates:
                    yield update
        except ModelGone as error:
            if name == BASELINE:
                raise
            name = await cast.fall_back(guild_id, name, str(error))
        else:
            return
