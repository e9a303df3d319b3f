"""Comparing models, promoting the better one, and taking it back: commands under ``/tune``."""

from __future__ import annotations

import time

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.comparison import BASELINE, HORIZON, Comparison
from bot.faults.inquiry import CannotPost
from bot.language import from_locale
from bot.models import Language
from bot.services.comparing.advice import Adviser
from bot.services.promoting import Promoting
from bot.tuning import JobId
from cogs.blind import show_items
from cogs.comparing_view import PARTS, advice_embed, comparison_embed, promotion_text
from cogs.controls import Controls
from cogs.guards import library_of, require_staff
from cogs.review import show_review
from cogs.staff_channel import check_postable
from cogs.texts import say

TELL_SECONDS = 4.0  # between two edits of the progress
MOST_CHOICES = 25
MOST_VOTES = 1000


class ComparingCommands(commands.Cog):
    """What a group of commands needs to let staff decide who speaks."""

    _promoting: Promoting
    _adviser: Adviser

    @app_commands.command()
    @app_commands.describe(
        a="The one to beat: baseline, a job's number, or a model",
        b="The one on trial",
        votes="How many votes decide; 0 asks nobody",
    )
    async def compare(
        self,
        interaction: discord.Interaction[Marv],
        a: str,
        b: str,
        votes: app_commands.Range[int, 0, MOST_VOTES] = HORIZON,
    ) -> None:
        """Compare two models by figures, then have the server vote blind."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        channel = _votable(interaction) if votes else None
        comparison = await self._promoting.trials.compare(
            library_of(interaction),
            a,
            b,
            by=interaction.user.id,
            tell=_Told(interaction, language).show,
            channel_id=None if channel is None else channel.id,
            horizon=votes or HORIZON,
        )
        await self._show(interaction, comparison, channel, language)

    async def _show(
        self,
        interaction: discord.Interaction[Marv],
        comparison: Comparison,
        channel: discord.TextChannel | None,
        language: Language,
    ) -> None:
        """Show the figures; what members vote on goes to the channel."""
        text = None
        if channel is not None:
            items = await self._promoting.trials.store.items(comparison.id)
            key = "compare_asked" if items else "compare_alike"
            text = say(
                key,
                language,
                channel=channel.mention,
                items=len(items),
                horizon=comparison.horizon,
            )
        await interaction.edit_original_response(
            content=text,
            embed=comparison_embed(comparison, language),
            allowed_mentions=NO_MENTIONS,
        )
        if channel is not None:
            await show_items(channel, comparison, items, self._promoting.trials)

    @app_commands.command()
    @app_commands.describe(
        model="A job's number, or a model",
        reason="Why, where it has not won or keeps facts less often; it is written down",
    )
    async def promote(
        self,
        interaction: discord.Interaction[Marv],
        model: str,
        reason: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        """Have a model speak in this server from now on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        promotion = await self._promoting.promote(
            library_of(interaction), model, by=interaction.user.id, reason=reason or ""
        )
        await _say(interaction, promotion_text(promotion, from_locale(str(interaction.locale))))

    @app_commands.command()
    @app_commands.describe(reason="Why; it is written down")
    async def rollback(
        self,
        interaction: discord.Interaction[Marv],
        reason: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        """Have the model speak again that spoke before."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        promotion = await self._promoting.rollback(
            library_of(interaction), by=interaction.user.id, reason=reason or ""
        )
        await _say(interaction, promotion_text(promotion, from_locale(str(interaction.locale))))

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def report(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Say what the next data set needs, in numbers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        report = await self._adviser.report(library_of(interaction), JobId(job))
        view = discord.utils.MISSING
        if report.language is not None:
            view = ReviewLink(report.language, language)
        await interaction.followup.send(
            embed=advice_embed(report, language),
            view=view,
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @compare.autocomplete("a")
    @compare.autocomplete("b")
    @promote.autocomplete("model")
    async def _suggest_voice(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        jobs = await self._promoting.trials.tuning.jobs(library_of(interaction))
        names = [BASELINE, *(job.fine_tuned_model for job in jobs if job.fine_tuned_model)]
        fitting = [name for name in names if typed.casefold() in name.casefold()]
        return [
            app_commands.Choice(name=name[:100], value=name)
            for name in fitting[:MOST_CHOICES]
            if len(name) <= 100
        ]


class ReviewLink(Controls):
    """Opens the review of what a report says is missing."""

    def __init__(self, about: Language, language: Language) -> None:
        super().__init__(timeout=900.0)
        self._about = about
        name = say(PARTS[about.value], language)
        self.review.label = say("advice_review", language, language=name)

    @discord.ui.button(custom_id="tune:review", style=discord.ButtonStyle.primary)
    async def review(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[ReviewLink]
    ) -> None:
        """Go through the turns in that language."""
        require_staff(interaction)
        dataset = interaction.client.services.dataset
        await show_review(interaction, dataset.reviewing, only=self._about)


class _Told:
    """Shows what is being done by editing the reply, every few seconds."""

    def __init__(self, interaction: discord.Interaction[Marv], language: Language) -> None:
        self._interaction = interaction
        self._language = language
        self._shown_at = time.monotonic()

    async def show(self, what: str) -> None:
        """Show it, unless something was shown a moment ago."""
        if time.monotonic() - self._shown_at < TELL_SECONDS:
            return
        self._shown_at = time.monotonic()
        await self._interaction.edit_original_response(
            content=say("compare_working", self._language, what=what),
            allowed_mentions=NO_MENTIONS,
        )


def _votable(interaction: discord.Interaction[Marv]) -> discord.TextChannel:
    """Return the channel where the command was used; raises CannotPost."""
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel):
        raise CannotPost(interaction.channel_id or 0, "send_messages")
    check_postable(channel)
    return channel


async def _say(interaction: discord.Interaction[Marv], text: str) -> None:
    await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
