"""Checks made on our side, because a server can override Discord's own."""

from __future__ import annotations

import discord

from bot.client import Marv
from bot.errors import NotAllowed, ServerOnly


def may_manage(interaction: discord.Interaction) -> bool:
    """Tell whether the member may manage the server, whatever the server overrode."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


def require_staff(interaction: discord.Interaction[Marv]) -> None:
    """Raise NotAllowed unless the member may manage the server."""
    if not may_manage(interaction):
        raise NotAllowed


def library_of(interaction: discord.Interaction[Marv]) -> int:
    """Return whose library a command works on; raises ServerOnly outside a server."""
    if interaction.guild_id is None:
        raise ServerOnly
    return interaction.client.library_of(interaction.guild_id)
