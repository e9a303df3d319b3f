"""Audiences as staff choose them by options, and as members read them."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.audience import EVERYONE, Audience
from bot.client import Marv
from bot.faults.library import OneAudience
from bot.models import Language
from cogs.texts import say


class ReadableOption(app_commands.Transformer):
    """Takes a channel whose history can be read; discord.py's own union would add media ones."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return the kind of option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return the kinds of channel that Discord offers."""
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.voice, kinds.forum]

    async def transform(
        self, interaction: discord.Interaction, value: app_commands.AppCommandChannel
    ) -> app_commands.AppCommandChannel:
        """Return the channel as Discord sent it."""
        return value


Readable = app_commands.Transform[app_commands.AppCommandChannel, ReadableOption]


def audience_text(audience: Audience, language: Language) -> str:
    """Name an audience as Discord shows channels and roles."""
    if audience.channel_id is not None:
        return say("readers_of", language, channel=f"<#{audience.channel_id}>")
    if audience.role_ids:
        roles = " ".join(f"<@&{role_id}>" for role_id in sorted(audience.role_ids))
        return say("holders_of", language, roles=roles)
    return say("everyone", language)


def chosen_audience(
    interaction: discord.Interaction[Marv], channel: Readable | None, role: discord.Role | None
) -> Audience | None:
    """Return the audience that staff chose, if any; raises OneAudience for two at once."""
    if channel is not None and role is not None:
        raise OneAudience
    if channel is not None:
        return Audience(channel_id=channel.id)
    if role is not None:
        is_everyone = role.id == interaction.guild_id
        return EVERYONE if is_everyone else Audience(role_ids=frozenset({role.id}))
    return None
