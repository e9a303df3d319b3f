"""Marv itself: what it runs on."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from cogs.guards import may_manage
from cogs.render import COLOUR
from cogs.texts import say


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class StatusCog(commands.GroupCog, group_name="marv", group_description="How Marv is doing."):
    """Tells staff what Marv runs on."""

    def __init__(self, summary: str) -> None:
        self._summary = summary

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Check the right on our side too."""
        return may_manage(interaction)

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what Marv runs on."""
        language = from_locale(str(interaction.locale))
        embed = discord.Embed(
            title=say("status", language), description=self._summary, colour=COLOUR
        )
        await interaction.response.send_message(
            embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS
        )


async def setup(bot: Marv) -> None:
    """Give the cog the one thing it needs."""
    await bot.add_cog(StatusCog(bot.summary))
