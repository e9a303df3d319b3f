"""Fine-tuning: what can be tuned, making a job, and looking after it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Language
from bot.services.comparing.advice import Adviser
from bot.services.promoting import Promoting
from bot.services.tuning.charts import LossCharts
from bot.services.tuning.desk import TuningDesk
from bot.tuning import JobId, Method, TuningJob, TuningOptions
from cogs.compare import ComparingCommands
from cogs.controls import Controls
from cogs.frozen import suggested_versions
from cogs.guards import library_of, may_manage, require_staff
from cogs.render import COLOUR
from cogs.texts import say
from cogs.tuning_texts import status_text
from cogs.tuning_view import job_embed, loss_file, offers_embed, preview_embed

MOST_CHOICES = 25  # that Discord shows
MOST_EVENTS = 15
MOST_JOBS = 15
CONFIRM_SECONDS = 600.0


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class TuneCog(
    ComparingCommands,
    commands.GroupCog,
    group_name="tune",
    group_description="Fine-tuning, from data to model.",
):
    """Lets staff train models."""

    def __init__(
        self, desk: TuningDesk, charts: LossCharts, promoting: Promoting, adviser: Adviser
    ) -> None:
        self._desk = desk
        self._promoting = promoting
        self._adviser = adviser
        self._charts = charts

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Check the right on our side too."""
        return may_manage(interaction)

    @app_commands.command()
    async def models(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what can be tuned, where, and for how much."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        offers = await self._desk.offers()
        await _show(interaction, offers_embed(offers, from_locale(str(interaction.locale))))

    @app_commands.command()
    @app_commands.describe(
        version="The frozen version to learn from",
        model="The model to tune",
        epochs="How often it sees the data, 1 to 50",
        learning_rate="A multiple of the trainer's usual rate",
        batch="How many examples a step has, 1 to 256",
        method="From wanted answers, or from better and worse ones",
        suffix="A word in the new model's name",
        seed="A number that makes a run repeatable",
    )
    @app_commands.rename(learning_rate="learning-rate")
    @app_commands.choices(
        method=[
            app_commands.Choice(name="Chat (supervised)", value=Method.SUPERVISED.value),
            app_commands.Choice(name="Preferences (DPO)", value=Method.DPO.value),
        ]
    )
    async def start(
        self,
        interaction: discord.Interaction[Marv],
        version: str,
        model: str | None = None,
        epochs: app_commands.Range[int, 1, 50] | None = None,
        learning_rate: app_commands.Range[float, 0.01, 100.0] | None = None,
        batch: app_commands.Range[int, 1, 256] | None = None,
        method: app_commands.Choice[str] | None = None,
        suffix: app_commands.Range[str, 1, 64] | None = None,
        seed: app_commands.Range[int, 0, 2147483647] | None = None,
    ) -> None:
        """Train a model on a frozen version, after a look at what it costs."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        options = TuningOptions(
            model=model or self._desk.default_model,
            method=Method(method.value) if method else Method.SUPERVISED,
            epochs=epochs,
            learning_rate=learning_rate,
            batch=batch,
            suffix=suffix,
            seed=seed,
        )
        language = from_locale(str(interaction.locale))
        preview = await self._desk.preview(library_of(interaction), version, options)
        view = ConfirmView(self._desk, version, options, language)
        await interaction.followup.send(
            embed=preview_embed(preview, language),
            view=view,
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @start.autocomplete("version")
    async def _suggest_version(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await suggested_versions(interaction, self._desk.versions, typed)

    @start.autocomplete("model")
    async def _suggest_model(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        names = [model.name for offer in await self._desk.offers() for model in offer.models]
        fitting = [name for name in names if typed.casefold() in name.casefold()]
        return [app_commands.Choice(name=name, value=name) for name in fitting[:MOST_CHOICES]]

    @app_commands.command(name="list")
    async def jobs(self, interaction: discord.Interaction[Marv]) -> None:
        """List the jobs."""
        language = from_locale(str(interaction.locale))
        guild_id = library_of(interaction)
        jobs = await self._desk.jobs(guild_id)
        forgotten = await self._desk.forgotten(guild_id)
        embed = discord.Embed(title=say("tune_jobs", language), colour=COLOUR)
        for job in jobs[:MOST_JOBS]:
            embed.add_field(
                name=f"#{job.id} · {job.version}",
                value=_job_line(job, forgotten.get(job.version_id, 0), language),
                inline=False,
            )
        if not jobs:
            embed.description = say("tune_no_jobs", language)
        await interaction.response.send_message(
            embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def status(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Show how a job is, with its losses."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild_id = library_of(interaction)
        found = await self._desk.job(guild_id, JobId(job))
        forgotten = (await self._desk.forgotten(guild_id)).get(found.version_id, 0)
        await self._show_job(interaction, found, forgotten=forgotten)

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def events(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Show what a job told."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        events = await self._desk.events(library_of(interaction), JobId(job))
        lines = [
            f"{discord.utils.format_dt(event.at, 'T')} {event.message[:200]}"
            for event in events[-MOST_EVENTS:]
        ]
        embed = discord.Embed(title=say("tune_events", language, id=job), colour=COLOUR)
        embed.description = "\n".join(lines)[:4000] or say("tune_no_events", language)
        await _show(interaction, embed)

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def checkpoints(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Show the models that a job kept underway."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        embed = discord.Embed(title=say("tune_checkpoints", language, id=job), colour=COLOUR)
        for each in await self._desk.checkpoints(library_of(interaction), JobId(job)):
            figures = ", ".join(f"{name} {value:.3g}" for name, value in each.metrics.items())
            embed.add_field(
                name=say("tune_step", language, step=each.step),
                value=f"`{each.model}`\n{figures}"[:1024],
                inline=False,
            )
        if not embed.fields:
            embed.description = say("tune_no_checkpoints", language)
        await _show(interaction, embed)

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def cancel(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Stop a job for good."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._say(interaction, await self._desk.cancel(library_of(interaction), JobId(job)))

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def pause(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Stop a job that is to go on later."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._say(interaction, await self._desk.pause(library_of(interaction), JobId(job)))

    @app_commands.command()
    @app_commands.describe(job="The job's number")
    async def resume(self, interaction: discord.Interaction[Marv], job: int) -> None:
        """Let a paused job go on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._say(interaction, await self._desk.resume(library_of(interaction), JobId(job)))

    @status.autocomplete("job")
    @events.autocomplete("job")
    @checkpoints.autocomplete("job")
    @cancel.autocomplete("job")
    @pause.autocomplete("job")
    @resume.autocomplete("job")
    async def _suggest_job(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[int]]:
        language = from_locale(str(interaction.locale))
        found = [
            app_commands.Choice(
                name=f"#{job.id} {job.version}: {status_text(job.status, language)}"[:100],
                value=job.id,
            )
            for job in await self._desk.jobs(library_of(interaction))
            if str(typed) in str(job.id)
        ]
        return found[:MOST_CHOICES]

    async def _show_job(
        self, interaction: discord.Interaction[Marv], job: TuningJob, *, forgotten: int
    ) -> None:
        language = from_locale(str(interaction.locale))
        losses = await self._desk.losses(job.id)
        embed = job_embed(job, losses, language, forgotten=forgotten)
        chart = await loss_file(job, losses, self._charts, language)
        if chart is None:
            await _show(interaction, embed)
            return
        embed.set_image(url=f"attachment://{chart.filename}")
        await interaction.followup.send(
            embed=embed, file=chart, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    async def _say(self, interaction: discord.Interaction[Marv], job: TuningJob) -> None:
        language = from_locale(str(interaction.locale))
        status = status_text(job.status, language)
        await interaction.followup.send(
            say("tune_cancelled", language, id=job.id, status=status),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class ConfirmView(Controls):
    """Asks before a job is made."""

    def __init__(
        self, desk: TuningDesk, version: str, options: TuningOptions, language: Language
    ) -> None:
        super().__init__(timeout=CONFIRM_SECONDS)
        self._desk = desk
        self._version = version
        self._options = options
        self.go.label = say("tune_confirm", language)
        self.leave.label = say("tune_not", language)

    @discord.ui.button(custom_id="tune:go", style=discord.ButtonStyle.primary)
    async def go(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[ConfirmView]
    ) -> None:
        """Make the job; its progress is told in the channel."""
        require_staff(interaction)
        language = from_locale(str(interaction.locale))
        self.stop()
        await interaction.response.edit_message(view=None, allowed_mentions=NO_MENTIONS)
        job = await self._desk.start(
            library_of(interaction),
            self._version,
            self._options,
            by=interaction.user.id,
            channel_id=interaction.channel_id,
        )
        await interaction.followup.send(
            say("tune_started", language, id=job.id),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @discord.ui.button(custom_id="tune:leave")
    async def leave(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[ConfirmView]
    ) -> None:
        """Make nothing."""
        self.stop()
        language = from_locale(str(interaction.locale))
        await interaction.response.edit_message(
            content=say("tune_left", language), embed=None, view=None, allowed_mentions=NO_MENTIONS
        )


def _job_line(job: TuningJob, forgotten: int, language: Language) -> str:
    lines = [f"`{job.options.model}` · {status_text(job.status, language)}"]
    if job.fine_tuned_model:
        lines.append(f"→ `{job.fine_tuned_model}`")
    if forgotten:
        lines.append(say("tune_forgotten", language, count=forgotten))
    return "\n".join(lines)


async def _show(interaction: discord.Interaction[Marv], embed: discord.Embed) -> None:
    await interaction.followup.send(embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def setup(bot: Marv) -> None:
    """Give the cog the services it needs."""
    services = bot.services
    await bot.add_cog(
        TuneCog(services.tuning, services.loss_charts, services.promoting, services.adviser)
    )
