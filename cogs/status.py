"""Marv itself: what it runs on, and what a server has set."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.comparison import BASELINE
from bot.language import from_locale
from bot.services.health import Health, Piece
from bot.services.settings_desk import SettingsDesk
from bot.services.usage_desk import MOST_DAYS, UsageDesk
from bot.services.usage_report import By
from cogs.guards import library_of, may_manage
from cogs.render import COLOUR
from cogs.settings_view import show_settings
from cogs.staff_channel import check_postable
from cogs.texts import say
from cogs.usage import show_usage

MISSING = {Piece.INDEX: "missing_index", Piece.EMBEDDER: "missing_embedder"}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class StatusCog(commands.GroupCog, group_name="marv", group_description="How Marv is doing."):
    """Tells staff what Marv runs on, and lets them set what is theirs to set."""

    def __init__(
        self, summary: str, settings: SettingsDesk, health: Health, usage: UsageDesk
    ) -> None:
        self._summary = summary
        self._usage = usage
        self._health = health
        self._settings = settings

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
        speaking = await interaction.client.services.promoting.cast.speaking(
            library_of(interaction)
        )
        if speaking != BASELINE:
            embed.add_field(name=say("speaking", language), value=f"`{speaking}`", inline=False)
        lines = [
            say(MISSING[each.piece], language, since=discord.utils.format_dt(each.since))
            for each in self._health.missing
        ]
        if since := interaction.client.services.moderation.watch.failing_since:
            lines.append(say("moderation_away", language, since=discord.utils.format_dt(since)))
        if lines:
            embed.add_field(name=say("missing", language), value="\n".join(lines), inline=False)
        await interaction.response.send_message(
            embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    @app_commands.command()
    @app_commands.rename(staff_channel="staff-channel", read_channels="read-channels")
    @app_commands.describe(
        staff_channel="Where members' questions to the staff go",
        read_channels="Whether channels may become sources",
    )
    async def settings(
        self,
        interaction: discord.Interaction[Marv],
        staff_channel: discord.TextChannel | None = None,
        read_channels: bool | None = None,
    ) -> None:
        """Show this server's settings, or change them."""
        guild_id = library_of(interaction)
        if staff_channel is not None:
            check_postable(staff_channel)
        changes: dict[str, object] = {}
        if staff_channel is not None:
            changes["staff_channel_id"] = staff_channel.id
        if read_channels is not None:
            changes["read_channels"] = read_channels
        if changes:
            await self._settings.change(guild_id, changes, changed_by=interaction.user.id)
        await show_settings(interaction, self._settings)

    @app_commands.command()
    @app_commands.describe(
        days="How many days, today included, 1 to 90", by="What the chart is divided by"
    )
    @app_commands.choices(
        by=[
            app_commands.Choice(name="By day", value="day"),
            app_commands.Choice(name="By member", value="member"),
            app_commands.Choice(name="By model", value="model"),
        ]
    )
    async def usage(
        self,
        interaction: discord.Interaction[Marv],
        days: app_commands.Range[int, 1, MOST_DAYS] = 30,
        by: By = "day",
    ) -> None:
        """Show what models were used here, by whom, and what it cost."""
        await show_usage(interaction, self._usage, days=days, by=by)


async def setup(bot: Marv) -> None:
    """Give the cog what it shows, and where that is kept."""
    services = bot.services
    await bot.add_cog(StatusCog(bot.summary, services.settings, services.health, services.usage))
