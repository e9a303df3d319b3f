"""The blind vote: two answers in random order, one vote a member and question."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

import discord

from bot.client import NO_MENTIONS, Marv
from bot.comparison import Comparison, Item, ItemId, Standing
from bot.language import from_locale
from bot.services.comparing.trials import Trials
from cogs.buttons import IdButton
from cogs.comparing_view import item_embed, result_text
from cogs.guards import library_of
from cogs.staff_channel import staff_language
from cogs.texts import say

log = logging.getLogger(__name__)


async def show_items(
    channel: discord.TextChannel, comparison: Comparison, items: Sequence[Item], trials: Trials
) -> None:
    """Post what members vote on."""
    if not items:
        return
    language = staff_language(channel.guild)
    intro = say("vote_intro", language, items=len(items), horizon=comparison.horizon)
    await channel.send(intro, allowed_mentions=NO_MENTIONS)
    for number, item in enumerate(items, start=1):
        view = discord.ui.View(timeout=None)
        view.add_item(FirstButton(item.id, language))
        view.add_item(SecondButton(item.id, language))
        message = await channel.send(
            embed=item_embed(item, number, len(items), language),
            view=view,
            allowed_mentions=NO_MENTIONS,
        )
        await trials.store.shown(item.id, message.id)


class _VoteButton(IdButton, template=r"compare:vote-base:(?P<id>[0-9]{1,20})"):
    """A button that votes for an answer."""

    text, prefix = "vote_first", "compare:vote-base"
    place = 1

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Count the vote; the last one ends it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        trials = interaction.client.services.promoting.trials
        guild_id, item_id = library_of(interaction), ItemId(self.about)
        standing = await trials.vote(guild_id, item_id, interaction.user.id, self.place)
        language = from_locale(str(interaction.locale))
        await interaction.followup.send(
            say("vote_counted", language, votes=standing.votes, horizon=standing.horizon),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )
        if standing.over:
            item = await trials.store.item(guild_id, item_id)
            if item is not None:
                comparison = await trials.known(guild_id, item.comparison_id)
                await _end(interaction, comparison, standing, trials)


class FirstButton(_VoteButton, template=r"compare:first:(?P<id>[0-9]{1,20})"):
    """Votes for the first answer."""

    text, prefix = "vote_first", "compare:first"


class SecondButton(_VoteButton, template=r"compare:second:(?P<id>[0-9]{1,20})"):
    """Votes for the second answer."""

    text, prefix = "vote_second", "compare:second"
    place = 2


async def _end(
    interaction: discord.Interaction[Marv],
    comparison: Comparison,
    standing: Standing,
    trials: Trials,
) -> None:
    """Say how it ended, once, and take the buttons away."""
    if not await trials.store.close(comparison.id, datetime.now(UTC)):
        return
    guild, channel = interaction.guild, interaction.channel
    if guild is None or not isinstance(channel, discord.TextChannel):
        return
    await channel.send(
        result_text(comparison, standing, staff_language(guild)), allowed_mentions=NO_MENTIONS
    )
    for item in await trials.store.items(comparison.id):
        if item.message_id is not None:
            with contextlib.suppress(discord.NotFound):
                message = channel.get_partial_message(item.message_id)
                await message.edit(view=None, allowed_mentions=NO_MENTIONS)
