"""The buttons that make Marv forget a member, and the receipt."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterable, Mapping

import discord

from bot.client import NO_MENTIONS, Marv
from bot.erasure import ErasureReason, Receipt
from bot.errors import NotYours
from bot.language import from_locale
from bot.models import Language
from cogs.buttons import IdButton
from cogs.guards import library_of
from cogs.privacy_texts import ERASED, REMAINING
from cogs.render import COLOUR
from cogs.texts import say

log = logging.getLogger(__name__)

REPLIES_AT_ONCE = 100  # deleted in one go, a few a second; the rest follows hour by hour
FIELD_CHARACTERS = 1024


class _ForgetButton(IdButton, template=r"privacy:forget-base:(?P<id>[0-9]{1,20})"):
    """A button that only the member whose id it carries may press."""

    text, prefix = "forget_now", "privacy:forget-base"
    with_replies = False

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Erase the member, then say what was done."""
        if interaction.user.id != self.about:
            raise NotYours
        guild_id, language = library_of(interaction), from_locale(str(interaction.locale))
        await interaction.response.edit_message(content=say("forgetting", language), view=None)
        receipt = await interaction.client.services.erasing.erase(
            guild_id, self.about, ErasureReason.ASKED, with_replies=self.with_replies
        )
        deleted = await delete_replies(interaction.client, guild_id, self.about)
        left = len(await pending_replies(interaction.client, guild_id, self.about))
        replies = {"replies_deleted": deleted, "replies_left": left} if self.with_replies else {}
        await interaction.followup.send(
            embed=receipt_embed(receipt, language, replies=replies),
            file=receipt_file(receipt, replies),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class ForgetButton(_ForgetButton, template=r"privacy:forget:(?P<id>[0-9]{1,20})"):
    """Erases everything that Marv has."""

    text, prefix = "forget_now", "privacy:forget"
    style = discord.ButtonStyle.danger


class ForgetRepliesButton(_ForgetButton, template=r"privacy:forget-replies:(?P<id>[0-9]{1,20})"):
    """Erases everything, and deletes Marv's replies in Discord."""

    text, prefix = "forget_replies", "privacy:forget-replies"
    style = discord.ButtonStyle.danger
    with_replies = True


class ForgetNotButton(IdButton, template=r"privacy:forget-not:(?P<id>[0-9]{1,20})"):
    """Leaves everything as it is."""

    text, prefix = "forget_not", "privacy:forget-not"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Say that nothing was done."""
        language = from_locale(str(interaction.locale))
        await interaction.response.edit_message(content=say("not_forgotten", language), view=None)


FORGET_BUTTONS = (ForgetButton, ForgetRepliesButton, ForgetNotButton)


def forget_view(user_id: int, language: Language) -> discord.ui.View:
    """Return what a member may do about being remembered."""
    view = discord.ui.View(timeout=None)
    for button in FORGET_BUTTONS:
        view.add_item(button(user_id, language))
    return view


def receipt_embed(
    receipt: Receipt, language: Language, *, replies: Mapping[str, int]
) -> discord.Embed:
    """Render a receipt."""
    when = discord.utils.format_dt(receipt.finished_at)
    embed = discord.Embed(
        title=say("receipt", language, id=receipt.id),
        description=say("receipt_done", language, when=when),
        colour=COLOUR,
    )
    counts = [
        f"{ERASED[name][language]}: {count}" for name, count in receipt.counts.items() if count
    ]
    _add(embed, say("receipt_counts", language), counts or [say("nothing", language)])
    if receipt.marked:
        _add(embed, say("receipt_marked", language), receipt.marked)
    remaining = [f"- {REMAINING[each][language]}" for each in receipt.remaining]
    _add(embed, say("receipt_remaining", language), remaining)
    if replies:
        told = say(
            "receipt_replies",
            language,
            deleted=replies["replies_deleted"],
            left=replies["replies_left"],
        )
        _add(embed, "\u200b", [told])
    return embed


def receipt_file(receipt: Receipt, replies: Mapping[str, int]) -> discord.File:
    """Return a receipt as a file of JSON."""
    text = json.dumps({**receipt.as_json(), **replies}, indent=2)
    return discord.File(io.BytesIO(text.encode()), f"marv-receipt-{receipt.id}.json")


async def pending_replies(bot: Marv, guild_id: int, user_id: int) -> tuple[int, ...]:
    """Return which of Marv's replies still wait to be deleted, some of many."""
    store = bot.services.erasing.store
    waiting = await store.replies(guild_id, user_id, limit=10 * REPLIES_AT_ONCE)
    return tuple(each.message_id for each in waiting)


async def delete_replies(bot: Marv, guild_id: int, user_id: int) -> int:
    """Delete some of Marv's replies that a member wants gone; return how many were there.

    One that is gone, or is in a channel that is closed to Marv, is done with.
    """
    store, deleted = bot.services.erasing.store, 0
    for reply in await store.replies(guild_id, user_id, limit=REPLIES_AT_ONCE):
        channel = bot.get_partial_messageable(reply.channel_id)
        try:
            await channel.get_partial_message(reply.message_id).delete()
            deleted += 1
        except (discord.NotFound, discord.Forbidden):
            pass
        except discord.HTTPException as error:
            log.warning("A reply was not deleted: status %d", error.status)
            break
        await store.drop_reply(reply.message_id)
    return deleted


def _add(embed: discord.Embed, name: str, lines: Iterable[str]) -> None:
    embed.add_field(name=name, value="\n".join(lines)[:FIELD_CHARACTERS], inline=False)
