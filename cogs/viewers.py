"""Discord's objects as the rules that decide whose eyes a reply meets."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.audience import EVERYONE, Audience, Viewer
from bot.client import Marv
from bot.services.readers import (
    ChannelRules,
    Overwrite,
    ServerRules,
    channel_viewer,
    member_viewer,
)


def viewer_of(interaction: discord.Interaction[Marv], *, private: bool) -> Viewer:
    """Return whose eyes the reply to an interaction meets."""
    if interaction.guild is None:
        return _only_everyone
    if not private:
        place = interaction.channel
        thread = place.parent_id if isinstance(place, discord.Thread) else None
        return viewer_in(interaction.guild, thread or interaction.channel_id or 0)
    member = interaction.user
    if isinstance(member, discord.Member):
        return member_eyes(member)
    return member_viewer(rules_of(interaction.guild), member.id, [])


def member_eyes(member: discord.Member) -> Viewer:
    """Return the eyes of one member of a server."""
    return member_viewer(rules_of(member.guild), member.id, [role.id for role in member.roles])


def viewer_in(guild: discord.Guild, channel_id: int) -> Viewer:
    """Return the eyes of everybody who may read a channel; a thread is read as its parent is."""
    return channel_viewer(rules_of(guild), _readable_id(guild, channel_id))


def audience_channel(place: object, channel_id: int) -> int:
    """Return the channel whose readers see what is said in a place.

    A thread's are its parent's; a private thread's are its own, whom nobody can list.
    """
    if isinstance(place, discord.Thread) and place.type is not discord.ChannelType.private_thread:
        return place.parent_id
    return channel_id


def rules_of(guild: discord.Guild) -> ServerRules:
    """Return a server's permissions as they are now."""

    def channel(channel_id: int) -> ChannelRules | None:
        found = guild.get_channel(channel_id)
        return _channel_rules(guild, found) if found is not None else None

    return ServerRules(
        owner_id=guild.owner_id or 0,
        everyone=guild.default_role.permissions.value,
        roles={role.id: role.permissions.value for role in guild.roles if role.id != guild.id},
        channel=channel,
    )


def _readable_id(guild: discord.Guild, channel_id: int) -> int:
    """Return the channel whose overwrites count: a thread has none of its own."""
    thread = guild.get_thread(channel_id)
    return thread.parent_id if thread is not None else channel_id


def _channel_rules(guild: discord.Guild, channel: discord.abc.GuildChannel) -> ChannelRules:
    roles: dict[int, Overwrite] = {}
    members: dict[int, Overwrite] = {}
    for target, overwrite in channel.overwrites.items():
        allow, deny = overwrite.pair()
        kind: Mapping[bool, dict[int, Overwrite]] = {True: roles, False: members}
        is_role = isinstance(target, discord.Role) or getattr(target, "type", None) is discord.Role
        kind[is_role][target.id] = Overwrite(allow.value, deny.value)
    return ChannelRules(everyone=roles.pop(guild.id, Overwrite()), roles=roles, members=members)


def _only_everyone(audience: Audience) -> bool:
    return audience == EVERYONE
