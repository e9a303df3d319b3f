"""Frozen versions as an option's suggestions."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import Marv
from bot.services.freezing.versions import Versions
from cogs.guards import library_of

MOST_CHOICES = 25  # that Discord shows


async def suggested_versions(
    interaction: discord.Interaction[Marv], versions: Versions, typed: str
) -> list[app_commands.Choice[str]]:
    """Return the versions whose names hold what was typed, the newest first."""
    found = await versions.store.versions(library_of(interaction))
    names = [each.name for each in found if typed in each.name]
    return [app_commands.Choice(name=name, value=name) for name in names[:MOST_CHOICES]]
