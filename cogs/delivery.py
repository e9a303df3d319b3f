"""Delivering an answer that grows: throttled edits, and a last edit that is always made."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import discord

from bot.client import NO_MENTIONS, Marv
from bot.models import Answer, TurnId
from bot.services.splitting import split_message
from bot.services.turns import Progress
from cogs.render import answer_embed
from cogs.texts import say

EDIT_SECONDS = 1.2  # Discord counts edits of one message: about one a second

Edit = Callable[[str, discord.Embed | None], Awaitable[discord.Message]]
Send = Callable[[str, discord.Embed | None], Awaitable[discord.Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A logged answer and the message that shows its beginning."""

    turn_id: TurnId
    message: discord.Message


async def deliver(updates: AsyncGenerator[Progress, None], *, edit: Edit, send: Send) -> Delivered:
    """Show an answer as it grows; return once it is shown whole.

    ``edit`` changes the first message, ``send`` adds one for each further part
    of a long answer; the sources go under the last.
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
    message = await _show(last.answer, edit=edit, send=send)
    return Delivered(turn_id=last.turn_id, message=message)


def interaction_edit(interaction: discord.Interaction[Marv]) -> Edit:
    """Return an edit of an interaction's deferred reply."""

    async def edit(text: str, embed: discord.Embed | None) -> discord.Message:
        return await interaction.edit_original_response(
            content=text, embeds=[embed] if embed else [], allowed_mentions=NO_MENTIONS
        )

    return edit


def interaction_send(interaction: discord.Interaction[Marv], *, private: bool) -> Send:
    """Return a follow-up of an interaction."""

    async def send(text: str, embed: discord.Embed | None) -> discord.Message:
        return await interaction.followup.send(
            text,
            embeds=[embed] if embed else [],
            ephemeral=private,
            allowed_mentions=NO_MENTIONS,
            wait=True,
        )

    return send


async def _show(answer: Answer, *, edit: Edit, send: Send) -> discord.Message:
    text = answer.text
    if answer.finish_reason in ("cut", "length"):
        text = f"{text}\n\n{say('cut', answer.language)}"
    first, *rest = split_message(text)
    embed = answer_embed(answer, answer.language)
    message = await edit(first, None if rest else embed)
    for number, part in enumerate(rest, start=1):
        await send(part, embed if number == len(rest) else None)
    return message


def _preview(text: str) -> str:
    return split_message(text)[0][:1990] + " ▌"


def message_edit(asked: discord.Message) -> Edit:
    """Return an edit of Marv's reply to a message; the first edit sends it."""
    reply: discord.Message | None = None

    async def edit(text: str, embed: discord.Embed | None) -> discord.Message:
        nonlocal reply
        embeds = [embed] if embed else []
        if reply is None:
            reply = await asked.reply(
                text, embeds=embeds, mention_author=False, allowed_mentions=NO_MENTIONS
            )
        else:
            reply = await reply.edit(content=text, embeds=embeds, allowed_mentions=NO_MENTIONS)
        return reply

    return edit


def message_send(asked: discord.Message) -> Send:
    """Return a further message in the channel of the one that asked."""

    async def send(text: str, embed: discord.Embed | None) -> discord.Message:
        return await asked.channel.send(
            text, embeds=[embed] if embed else [], allowed_mentions=NO_MENTIONS
        )

    return send
