"""The doors that an answer goes out by: an interaction's webhook, or a channel."""

from __future__ import annotations

import logging

import discord
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.client import NO_MENTIONS, Marv
from cogs.delivery import Show

log = logging.getLogger(__name__)

# Discord's codes: unknown webhook, invalid webhook token, unknown interaction
EXPIRED = frozenset({10015, 50027, 10062})
EDIT_ATTEMPTS = 3  # discord.py does not try a connection again that was reset; an edit may be


def interaction_edit(interaction: discord.Interaction[Marv], *, private: bool) -> Show:
    """Return an edit of an interaction's deferred reply.

    Once its token has run out, a message takes the reply's place: in the
    channel, or for a private reply among the member's direct messages.
    """
    instead: Show | None = None

    async def edit(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        nonlocal instead
        if instead is not None:
            return await instead(text, embed, view)
        try:
            async for attempt in _again():
                with attempt:
                    return await interaction.edit_original_response(
                        content=text,
                        embeds=[embed] if embed else [],
                        view=view,
                        allowed_mentions=NO_MENTIONS,
                    )
        except discord.HTTPException as error:
            if not has_expired(error):
                raise
            log.info("An interaction's token ran out; its reply goes on as a message")
        instead = _growing(await _place_of(interaction, private=private))
        return await instead(text, embed, view)

    return edit


def interaction_send(interaction: discord.Interaction[Marv], *, private: bool) -> Show:
    """Return a follow-up of an interaction, a message once its token has run out."""

    async def send(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        try:
            return await interaction.followup.send(
                text,
                embeds=[embed] if embed else [],
                view=view or discord.utils.MISSING,
                ephemeral=private,
                allowed_mentions=NO_MENTIONS,
                wait=True,
            )
        except discord.HTTPException as error:
            if not has_expired(error):
                raise
        return await _sent(await _place_of(interaction, private=private), text, embed, view)

    return send


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
            reply = await _edited(reply, text, embed, view)
        return reply

    return edit


def channel_edit(place: discord.abc.Messageable) -> Show:
    """Return an edit of a message in a channel; the first edit sends it."""
    return _growing(place)


def channel_send(place: discord.abc.Messageable) -> Show:
    """Return a further message in a channel."""

    async def send(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        return await _sent(place, text, embed, view)

    return send


def has_expired(error: discord.HTTPException) -> bool:
    """Tell whether Discord says that an interaction can no longer be answered."""
    return error.code in EXPIRED or error.status == 401


def _growing(place: discord.abc.Messageable) -> Show:
    sent: discord.Message | None = None

    async def edit(
        text: str, embed: discord.Embed | None, view: discord.ui.View | None = None
    ) -> discord.Message:
        nonlocal sent
        if sent is None:
            sent = await _sent(place, text, embed, view)
        else:
            sent = await _edited(sent, text, embed, view)
        return sent

    return edit


async def _place_of(
    interaction: discord.Interaction[Marv], *, private: bool
) -> discord.abc.Messageable:
    if private:
        return await interaction.user.create_dm()
    return interaction.client.get_partial_messageable(
        interaction.channel_id or 0, guild_id=interaction.guild_id
    )


async def _sent(
    place: discord.abc.Messageable,
    text: str,
    embed: discord.Embed | None,
    view: discord.ui.View | None,
) -> discord.Message:
    return await place.send(
        text,
        embeds=[embed] if embed else [],
        view=view or discord.utils.MISSING,
        allowed_mentions=NO_MENTIONS,
    )


async def _edited(
    message: discord.Message,
    text: str,
    embed: discord.Embed | None,
    view: discord.ui.View | None,
) -> discord.Message:
    async for attempt in _again():
        with attempt:
            return await message.edit(
                content=text,
                embeds=[embed] if embed else [],
                view=view,
                allowed_mentions=NO_MENTIONS,
            )
    raise AssertionError("unreachable: the last attempt returns or raises")


def _again() -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception_type(OSError),
        stop=stop_after_attempt(EDIT_ATTEMPTS),
        wait=wait_fixed(0.5),
        reraise=True,
    )
