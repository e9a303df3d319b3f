"""The staff channel: where members' questions are shown to the staff."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence

import discord

from bot.client import NO_MENTIONS, Marv
from bot.faults.inquiry import PERMISSIONS, CannotPost, NoStaffChannel
from bot.inquiry import Inquiry, InquiryState
from bot.language import from_locale
from bot.models import Language, Passage
from bot.services.inquiries import MAX_QUESTION_CHARACTERS, shown_question
from bot.services.library import shortened
from bot.services.splitting import split_message
from cogs.render import COLOUR, add_passages
from cogs.texts import say

log = logging.getLogger(__name__)

FIELD_CHARACTERS = 1024
NOWHERE = "to_nowhere"  # the text that says that an answer did not arrive


def check_postable(channel: discord.TextChannel) -> None:
    """Raise CannotPost with the first permission that Marv lacks in a channel."""
    granted = channel.permissions_for(channel.guild.me)
    for permission in PERMISSIONS:
        if not getattr(granted, permission):
            raise CannotPost(channel.id, permission)


def find_staff_channel(guild: discord.Guild | None, channel_id: int | None) -> discord.TextChannel:
    """Return the server's staff channel; raises NoStaffChannel and CannotPost."""
    channel = guild.get_channel(channel_id) if guild and channel_id else None
    if not isinstance(channel, discord.TextChannel):
        raise NoStaffChannel
    check_postable(channel)
    return channel


def staff_language(guild: discord.Guild) -> Language:
    """Return the language of a server's staff channel: the one that the server prefers."""
    return from_locale(str(guild.preferred_locale))


async def tell_staff(client: Marv, library: int, text: Callable[[Language], str]) -> None:
    """Tell the staff of the server that uses a library; where they have no channel, the log."""
    guild = client.get_guild(client.guild_of(library))
    if guild is None:
        return
    preferences = await client.services.settings.show(library)
    language = staff_language(guild)
    try:
        channel = find_staff_channel(guild, preferences.staff_channel_id)
    except (NoStaffChannel, CannotPost) as error:
        log.warning("The staff of server %d are not told (%s): %s", guild.id, error, text(language))
        return
    await channel.send(text(language), allowed_mentions=NO_MENTIONS)


def inquiry_embed(
    inquiry: Inquiry, guild: discord.Guild, nearest: Sequence[Passage] = ()
) -> discord.Embed:
    """Render an inquiry as the staff see it."""
    language = staff_language(guild)
    embed = discord.Embed(
        title=say("inquiry", language), description=shown_question(inquiry), colour=COLOUR
    )
    embed.add_field(name=say("asked_by", language), value=f"<@{inquiry.asker_id}>")
    embed.add_field(name=say("asked_in", language), value=_place(inquiry, guild, language))
    if inquiry.state is not InquiryState.OPEN:
        return embed
    if not nearest:
        return embed.add_field(
            name=say("nearest", language), value=say("nobody_knows_source", language), inline=False
        )
    return add_passages(embed, nearest, language)


def closed_embed(inquiry: Inquiry, guild: discord.Guild, outcome: str) -> discord.Embed:
    """Render a closed inquiry: what was answered, by whom, when, and whether it arrived."""
    language = staff_language(guild)
    embed = inquiry_embed(inquiry, guild)
    if inquiry.answer:
        embed.add_field(
            name=say("answer", language),
            value=shortened(inquiry.answer, FIELD_CHARACTERS),
            inline=False,
        )
    answered = inquiry.state is InquiryState.ANSWERED
    closed = say(
        "closed_answered" if answered else "closed_dismissed",
        language,
        staff=f"<@{inquiry.closed_by}>",
        when=discord.utils.format_dt(inquiry.closed_at) if inquiry.closed_at else "",
    )
    return embed.add_field(name="\u200b", value=f"{closed}\n{outcome}".strip(), inline=False)


async def show_closed(inquiry: Inquiry, guild: discord.Guild, outcome: str) -> None:
    """Edit an inquiry's message in the staff channel, if both are still there."""
    channel = guild.get_channel(inquiry.staff_channel_id or 0)
    if not isinstance(channel, discord.TextChannel) or inquiry.staff_message_id is None:
        return
    message = channel.get_partial_message(inquiry.staff_message_id)
    with contextlib.suppress(discord.NotFound):
        await message.edit(
            embed=closed_embed(inquiry, guild, outcome), view=None, allowed_mentions=NO_MENTIONS
        )


async def deliver_to_asker(client: Marv, guild: discord.Guild, inquiry: Inquiry) -> str:
    """Bring the staff's answer to whoever asked; return the key of the text that says how.

    A public question is answered where it was asked, a private one by direct
    message, and so is a public one whose channel is closed to Marv by now.
    """
    if not inquiry.private and await _reply(client, guild, inquiry):
        return "to_channel"
    return "to_dm" if await _direct(client, guild, inquiry) else NOWHERE


def jump_link(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return a message's address in Discord."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


async def _reply(client: Marv, guild: discord.Guild, inquiry: Inquiry) -> bool:
    name = discord.utils.escape_markdown(await _name(guild, inquiry.asker_id))
    text = f"{say('staff_answer', inquiry.language, name=name)}\n{inquiry.answer}"
    place = client.get_partial_messageable(inquiry.channel_id, guild_id=guild.id)
    reference = discord.utils.MISSING
    if inquiry.message_id is not None:
        reference = discord.MessageReference(
            message_id=inquiry.message_id,
            channel_id=inquiry.channel_id,
            guild_id=guild.id,
            fail_if_not_exists=False,
        )
    first, *rest = split_message(text)
    try:
        await place.send(
            first, reference=reference, mention_author=False, allowed_mentions=NO_MENTIONS
        )
        for part in rest:
            await place.send(part, allowed_mentions=NO_MENTIONS)
    except (discord.Forbidden, discord.NotFound):
        return False
    return True


async def _direct(client: Marv, guild: discord.Guild, inquiry: Inquiry) -> bool:
    introduction = say(
        "staff_answer_dm",
        inquiry.language,
        server=discord.utils.escape_markdown(guild.name),
        question=shortened(shown_question(inquiry), MAX_QUESTION_CHARACTERS),
    )
    try:
        user = client.get_user(inquiry.asker_id) or await client.fetch_user(inquiry.asker_id)
        for part in (introduction, *split_message(inquiry.answer or "")):
            await user.send(part, allowed_mentions=NO_MENTIONS)
    except (discord.Forbidden, discord.NotFound):
        return False
    return True


async def _name(guild: discord.Guild, user_id: int) -> str:
    """Return what a member is called here, or the mention of one who left."""
    member = guild.get_member(user_id)
    if member is None:
        try:
            member = await guild.fetch_member(user_id)
        except discord.NotFound:
            return f"<@{user_id}>"
    return member.display_name


def _place(inquiry: Inquiry, guild: discord.Guild, language: Language) -> str:
    if inquiry.private or inquiry.message_id is None:
        return say("asked_privately", language)
    link = jump_link(guild.id, inquiry.channel_id, inquiry.message_id)
    channel = f"<#{inquiry.channel_id}>"
    return say("asked_publicly", language, channel=channel, link=link)
