"""Delivering an answer that grows: throttled edits, and a last edit that is always made."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import discord

from bot.client import NO_MENTIONS, Marv
from bot.models import Answer, TurnId
from bot.services.splitting import split_message
from bot.services.turns import Progress
from cogs.render import answer_embed
from cogs.texts import say

EDIT_SECONDS = 1.2  # Discord counts edits of one message: about one a second


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

    note: str
    view: discord.ui.View | None = None


Close = Callable[[Answer, TurnId], Awaitable[Closing | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A logged answer and the message that shows its beginning."""

    turn_id: TurnId
    message: discord.Message


async def deliver(
    updates: AsyncGenerator[Progress, None], *, edit: Show, send: Show, close: Close | None = None
) -> Delivered:
    """Show an answer as it grows; return once it is shown whole.

    ``edit`` changes the first message, ``send`` adds one for each further part
    of a long answer; the sources, and what ``close`` says to add, go under the last.
    """
    shown_at = time.monotonic()
    last: Progress | None = None
    async with aclosing(updates):
        async for update in updates:
            last = update
            if update.answer is None and time.monotonic() - shown_at >= EDIT_SECONDS:
                await edit(_preview(update.text), None)
                shown_at = time.monotonic()
    if last is None or last.answer is None or last.turn_id is None:
        raise AssertionError("an answer ended without its last update")
    closing = await close(last.answer, last.turn_id) if close else None
    message = await _show(last.answer, closing, edit=edit, send=send)
    return Delivered(turn_id=last.turn_id, message=message)


def interaction_edit(interaction: discord.Interaction[Marv]) -> Show:
    """Return an edit of an interaction's deferred reply."""

    async def edit(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        return await interaction.edit_original_response(
            content=text,
            embeds=[embed] if embed else [],
            view=view,
            allowed_mentions=NO_MENTIONS,
        )

    return edit


def interaction_send(interaction: discord.Interaction[Marv], *, private: bool) -> Show:
    """Return a follow-up of an interaction."""

    async def send(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        return await interaction.followup.send(
            text,
            embeds=[embed] if embed else [],
            view=view or discord.utils.MISSING,
            ephemeral=private,
            allowed_mentions=NO_MENTIONS,
            wait=True,
        )

    return send


async def _show(
    answer: Answer, closing: Closing | None, *, edit: Show, send: Show
) -> discord.Message:
    text = answer.text
    if answer.finish_reason in ("cut", "length"):
        text = f"{text}\n\n{say('cut', answer.language)}"
    if closing:
        text = f"{text}\n\n{closing.note}"
    view = closing.view if closing else None
    first, *rest = split_message(text)
    embed = answer_embed(answer, answer.language)
    message = await (edit(first, None) if rest else edit(first, embed, view))
    for part in rest[:-1]:
        await send(part, None)
    if rest:
        await send(rest[-1], embed, view)
    return message


def _preview(text: str) -> str:
    return split_message(text)[0][:1990] + " ▌"


def message_edit(asked: discord.Message) -> Show:
    """Return an edit of Marv's reply to a message; the first edit sends it."""
    reply: discord.Message | None = None

    async def edit(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        nonlocal reply
        embeds = [embed] if embed else []
        if reply is None:
            reply = await asked.reply(
                text,
                embeds=embeds,
                view=view or discord.utils.MISSING,
                mention_author=False,
                allowed_mentions=NO_MENTIONS,
            )
        else:
            reply = await reply.edit(
                content=text, embeds=embeds, view=view, allowed_mentions=NO_MENTIONS
            )
        return reply

    return edit


def message_send(asked: discord.Message) -> Show:
    """Return a further message in the channel of the one that asked."""

    async def send(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        return await asked.channel.send(
            text,
            embeds=[embed] if embed else [],
            view=view or discord.utils.MISSING,
            allowed_mentions=NO_MENTIONS,
        )

    return send
