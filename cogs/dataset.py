"""The log as a data set."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Language
from bot.moderation import BlockTally, Side
from bot.services.dataset import DatasetDesk, Statistics
from bot.services.export import Manifest
from cogs.guards import library_of, may_manage
from cogs.render import COLOUR
from cogs.texts import FAULTS, LEFT_OUT, say


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class DatasetCog(
    commands.GroupCog,
    group_name="dataset",
    group_description="The log as a data set for fine-tuning.",
):
    """Lets staff take the data set out."""

    def __init__(self, dataset: DatasetDesk) -> None:
        self._dataset = dataset

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Check the right on our side too."""
        return may_manage(interaction)

    @app_commands.command()
    async def stats(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what the log holds for the next data set."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        statistics = await self._dataset.statistics(library_of(interaction))
        await interaction.followup.send(
            embed=_statistics_embed(statistics, from_locale(str(interaction.locale))),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @app_commands.command()
    async def export(self, interaction: discord.Interaction[Marv]) -> None:
        """Export the turns that may leave as chat JSON lines."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        manifest = await self._dataset.export_now(library_of(interaction))
        language = from_locale(str(interaction.locale))
        limit = interaction.filesize_limit
        if manifest.path.stat().st_size > limit:
            await interaction.followup.send(
                _summary("exported_to", manifest, language),
                ephemeral=True,
                allowed_mentions=NO_MENTIONS,
            )
            return
        await interaction.followup.send(
            _summary("exported", manifest, language),
            files=[
                discord.File(manifest.path),
                discord.File(manifest.path.with_name(manifest.path.name + ".manifest.json")),
            ],
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


def _statistics_embed(statistics: Statistics, language: Language) -> discord.Embed:
    tally = statistics.tally
    faults = [f"{FAULTS[fault][language]}: {n}" for fault, n in sorted(tally.faults.items())]
    embed = discord.Embed(title=say("statistics", language), colour=COLOUR)
    embed.add_field(name=say("stats_rows", language), value=str(statistics.rows))
    embed.add_field(name=say("stats_repaired", language), value=str(statistics.repaired))
    embed.add_field(
        name=say("stats_votes", language),
        value="\n".join([f"👍 {tally.up} · 👎 {tally.down}", *faults]),
        inline=False,
    )
    embed.add_field(
        name=say("stats_blocked", language),
        value=_blocked(statistics.blocked, language),
        inline=False,
    )
    reasons = "\n".join(_reasons(statistics.left_out, language))
    return embed.add_field(
        name=say("stats_left_out", language),
        value=reasons or say("nothing", language),
        inline=False,
    )


def _blocked(tally: BlockTally, language: Language) -> str:
    """Return how many turns were blocked on either side, and for which categories."""
    if not tally.sides:
        return say("nothing", language)
    sides = say(
        "blocked_sides",
        language,
        asked=tally.sides.get(Side.INPUT, 0),
        answered=tally.sides.get(Side.OUTPUT, 0),
    )
    return "\n".join([sides, *(f"{name}: {n}" for name, n in sorted(tally.categories.items()))])


def _reasons(left_out: Mapping[str, int], language: Language) -> list[str]:
    return [f"{LEFT_OUT[reason][language]}: {count}" for reason, count in sorted(left_out.items())]


def _summary(key: str, manifest: Manifest, language: Language) -> str:
    reasons = _reasons(manifest.left_out, language)
    return say(
        key,
        language,
        rows=manifest.rows,
        sha=manifest.sha256[:16],
        path=f"exports/{manifest.path.name}",
        left_out=", ".join(reasons) or say("nothing", language),
    )


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(DatasetCog(bot.services.dataset))
