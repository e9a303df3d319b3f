"""Delivering an answer that grows: previews in good measure, and a last edit always made."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

import discord

from bot.models import Answer, TurnId
from bot.services.running import Running, Writing
from bot.services.splitting import split_message
from bot.services.turns import Progress
from cogs.render import answer_embed
from cogs.texts import say

log = logging.getLogger(__name__)

EDIT_SECONDS = 1.2  # Discord counts edits of one message: about one a second
SLOWEST_SECONDS = 15.0
SLOW_EDIT_SECONDS = 2.5  # discord.py sleeps within an edit that Discord answers with 429
EDITS_A_SECOND = 8.0  # previews of all messages together; Discord allows a bot 50 requests
WRITING_MARK = " ▌"
PREVIEW_CHARACTERS = 1980
BROKEN_OFF = {"cut": "cut", "length": "cut", "stopped": "stopped"}


class Show(Protocol):
    """Puts a text, an embed and controls into a message, and returns the message."""

    def __call__(
        self, text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> Awaitable[discord.Message]:
        """Edit the first message, or send a further one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What stands under an answer besides its sources."""

    note: str = ""
    view: discord.ui.View | None = None


Close = Callable[[Answer, TurnId], Awaitable[Closing | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A logged answer and the message that shows its beginning."""

    turn_id: TurnId
    message: discord.Message
    answer: Answer


@dataclass(slots=True)
class Pace:
    """The one bucket that previews of all messages draw from; an empty one skips a preview."""

    per_second: float = EDITS_A_SECOND
    tokens: float = EDITS_A_SECOND
    filled_at: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """Take a token if there is one."""
        now = time.monotonic()
        self.tokens = min(self.per_second, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


PACE = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stoppable:
    """An answer whose message carries what stops it."""

    running: Running
    writing: Writing
    view: discord.ui.View


@dataclass(slots=True, kw_only=True)
class Preview:
    """Shows the newest text beside the stream, one edit at a time, slower when Discord is.

    An edit is never cancelled: discord.py would lose its lock on the rate limit.
    """

    edit: Show
    stoppable: Stoppable | None = None
    pace: Pace = field(default_factory=lambda: PACE)
    interval: float = EDIT_SECONDS
    shown_at: float = field(default_factory=time.monotonic)
    under_way: asyncio.Task[None] | None = None

    def offer(self, text: str) -> None:
        """Show a text, unless an edit is under way or was made just now."""
        if self.under_way is not None and not self.under_way.done():
            return
        if time.monotonic() - self.shown_at < self.interval or not self.pace.take():
            return
        self.under_way = asyncio.create_task(self._show(text), name="preview")

    async def settled(self) -> None:
        """Wait for the edit that is under way."""
        if self.under_way is not None:
            await self.under_way

    async def _show(self, text: str) -> None:
        began = time.monotonic()
        view = self.stoppable.view if self.stoppable else None
        try:
            message = await self.edit(preview(text), None, view)
        except discord.NotFound:  # somebody deleted it: nobody waits for the rest
            if self.stoppable:
                self.stoppable.writing.stop.set()
        except (discord.HTTPException, OSError) as error:
            log.info("A preview was not shown: %s", type(error).__name__)
            self._slow_down()
        else:
            if self.stoppable:
                self.stoppable.running.shown(self.stoppable.writing, message.id)
        self.shown_at = time.monotonic()
        if self.shown_at - began > SLOW_EDIT_SECONDS:
            self._slow_down()

    def _slow_down(self) -> None:
        self.interval = min(self.interval * 2, SLOWEST_SECONDS)


async def deliver(
    updates: AsyncGenerator[Progress, None],
    *,
    edit: Show,
    send: Show,
    close: Close | None = None,
    stoppable: Stoppable | None = None,
) -> Delivered:
    """Show an answer as it grows; return once it is shown whole.

    ``edit`` changes the first message, ``send`` adds one for each further part
    of a long answer; the sources, and what ``close`` says to add, go under the last.
    """
    last: Progress | None = None
    showing = Preview(edit=edit, stoppable=stoppable)
    try:
        async with aclosing(updates):
            async for update in updates:
                last = update
                if update.answer is None:
                    showing.offer(update.text)
    finally:
        await showing.settled()
    if last is None or last.answer is None or last.turn_id is None:
        raise AssertionError("an answer ended without its last update")
    closing = await close(last.answer, last.turn_id) if close else None
    message = await _show(last.answer, closing, edit=edit, send=send)
    return Delivered(turn_id=last.turn_id, message=message, answer=last.answer)


def preview(text: str) -> str:
    """Return an unfinished text as one message: its code fence closed, and marked."""
    return split_message(text, limit=PREVIEW_CHARACTERS)[0] + WRITING_MARK


async def _show(
    answer: Answer, closing: Closing | None, *, edit: Show, send: Show
) -> discord.Message:
    notes = [answer.text]
    if key := BROKEN_OFF.get(answer.finish_reason):
        notes.append(say(key, answer.language))
    if closing and closing.note:
        notes.append(closing.note)
    view = closing.view if closing else None
    first, *rest = split_message("\n\n".join(note for note in notes if note))
    embed = answer_embed(answer, answer.language)
    message = await (edit(first, None) if rest else edit(first, embed, view))
    for part in rest[:-1]:
        await send(part, None)
    if rest:
        await send(rest[-1], embed, view)
    return message
