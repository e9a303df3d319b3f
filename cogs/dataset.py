"""The log as a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.dataset import Format, FreezeOptions, Split, Version
from bot.language import from_locale
from bot.models import Language
from bot.moderation import BlockTally, Side
from bot.services.dataset import DatasetDesk, Statistics
from bot.services.export import Manifest
from bot.services.export_files import manifest_path
from cogs.check_view import report_embed, report_file
from cogs.dataset_texts import LEFT_OUT
from cogs.feedback_texts import FAULTS
from cogs.forms import Form
from cogs.frozen import suggested_versions
from cogs.guards import library_of, may_manage, require_staff
from cogs.render import COLOUR
from cogs.review import show_review
from cogs.texts import say

MOST_VERSIONS = 25
DEFAULT_MODEL = "gpt-4.1-mini"


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
    @app_commands.describe(
        version="A frozen version instead of the log as it is",
        format_="What the trainer reads",
    )
    @app_commands.rename(format_="format")
    @app_commands.choices(
        format_=[
            app_commands.Choice(name="Chat (supervised)", value=Format.CHAT.value),
            app_commands.Choice(name="Preferences (DPO)", value=Format.PREFERENCE.value),
        ]
    )
    async def export(
        self,
        interaction: discord.Interaction[Marv],
        version: str | None = None,
        format_: app_commands.Choice[str] | None = None,
    ) -> None:
        """Export what may leave, or a frozen version, as JSON lines."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild_id = library_of(interaction)
        if version is None:
            manifests: Sequence[Manifest] = [await self._dataset.export_now(guild_id)]
        else:
            chosen = Format(format_.value) if format_ else Format.CHAT
            manifests = await self._dataset.export_version(guild_id, version, format_=chosen)
        language = from_locale(str(interaction.locale))
        for manifest in manifests:
            await _send(interaction, manifest, language)

    @app_commands.command()
    @app_commands.describe(
        name="A name for good, like harbor-2026-11",
        seed="Add the set that Marv ships",
        only_kept="Of the log, only what staff kept in review",
    )
    @app_commands.rename(only_kept="only-kept")
    async def freeze(
        self,
        interaction: discord.Interaction[Marv],
        name: str,
        seed: bool = True,
        only_kept: bool = False,
    ) -> None:
        """Freeze what may be learnt from under a name."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        version = await self._dataset.versions.freeze(
            library_of(interaction),
            name,
            by=interaction.user.id,
            options=FreezeOptions(seed=seed, only_kept=only_kept),
        )
        language = from_locale(str(interaction.locale))
        embed = discord.Embed(title=say("frozen", language, name=version.name), colour=COLOUR)
        embed.description = _version_line(version, language)
        reasons = "\n".join(_reasons(version.header["left_out"], language))
        embed.add_field(name=say("stats_left_out", language), value=reasons or "–", inline=False)
        await interaction.followup.send(embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS)

    @app_commands.command()
    @app_commands.describe(
        version="A frozen version; without one, what freezing now would give",
        model="What is to be trained: decides limit and price",
    )
    async def check(
        self,
        interaction: discord.Interaction[Marv],
        version: str | None = None,
        model: str = DEFAULT_MODEL,
    ) -> None:
        """Check a data set before money or time is spent on it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        checking = interaction.client.services.checking
        report = await checking.check(library_of(interaction), version, model=model)
        language = from_locale(str(interaction.locale))
        await interaction.followup.send(
            embed=report_embed(report, version or say("check_now", language), language),
            file=report_file(report),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @export.autocomplete("version")
    @check.autocomplete("version")
    async def _suggest(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await suggested_versions(interaction, self._dataset.versions, typed)

    @app_commands.command()
    async def review(self, interaction: discord.Interaction[Marv]) -> None:
        """Go through what could be learnt from, one by one."""
        await show_review(interaction, self._dataset.reviewing)

    @app_commands.command()
    async def versions(self, interaction: discord.Interaction[Marv]) -> None:
        """List the frozen versions."""
        language = from_locale(str(interaction.locale))
        found = await self._dataset.versions.store.versions(library_of(interaction))
        embed = discord.Embed(title=say("versions", language), colour=COLOUR)
        for version in found[:MOST_VERSIONS]:
            embed.add_field(name=version.name, value=_version_line(version, language), inline=False)
        if not found:
            embed.description = say("no_versions", language)
        await interaction.response.send_message(
            embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    @app_commands.command(name="import")
    @app_commands.describe(
        file="JSON lines (messages, or question and answer) or CSV (question,answer)"
    )
    async def take(self, interaction: discord.Interaction[Marv], file: discord.Attachment) -> None:
        """Import examples that somebody wrote by hand."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        count = await self._dataset.take(
            library_of(interaction),
            await file.read(),
            name=file.filename,
            by=interaction.user.id,
        )
        language = from_locale(str(interaction.locale))
        await interaction.followup.send(
            say("imported", language, count=count), ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    @app_commands.command()
    async def add(self, interaction: discord.Interaction[Marv]) -> None:
        """Write an example by hand."""
        language = from_locale(str(interaction.locale))
        await interaction.response.send_modal(ExampleForm(self._dataset, language))


async def _send(
    interaction: discord.Interaction[Marv], manifest: Manifest, language: Language
) -> None:
    """Attach a file and its manifest, or say where it is when it is too large."""
    if manifest.path.stat().st_size > interaction.filesize_limit:
        await interaction.followup.send(
            _summary("exported_to", manifest, language),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )
        return
    await interaction.followup.send(
        _summary("exported", manifest, language),
        files=[discord.File(manifest.path), discord.File(manifest_path(manifest.path))],
        ephemeral=True,
        allowed_mentions=NO_MENTIONS,
    )


class ExampleForm(Form):
    """Lets staff write an exchange that Marv should learn from."""

    def __init__(self, dataset: DatasetDesk, language: Language) -> None:
        super().__init__(title=say("example_title", language))
        self._dataset = dataset
        self._language = language
        self._question = self.add_text("question", say("question", language), longest=2000)
        self._facts = self.add_text(
            "facts",
            say("example_facts", language),
            longest=2000,
            hint=say("example_facts_hint", language),
            required=False,
        )
        self._answer = self.add_text("answer", say("answer", language), longest=4000)

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep the example."""
        require_staff(interaction)
        await self._dataset.add(
            library_of(interaction),
            question=self._question.value,
            answer=self._answer.value,
            facts=self._facts.value,
            by=interaction.user.id,
        )
        await interaction.response.send_message(
            say("imported", self._language, count=1), ephemeral=True, allowed_mentions=NO_MENTIONS
        )


def _version_line(version: Version, language: Language) -> str:
    return say(
        "version_line",
        language,
        train=version.rows.get(Split.TRAIN, 0),
        validation=version.rows.get(Split.VALIDATION, 0),
        golden=version.rows.get(Split.GOLDEN, 0),
        erased=version.erased,
        sha=version.sha256[:12],
        when=discord.utils.format_dt(version.created_at, "d"),
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
