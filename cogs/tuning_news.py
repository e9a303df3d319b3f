"""What becomes of jobs, told where they were started."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.services.tuning.charts import LossCharts
from bot.services.tuning.desk import TuningDesk
from bot.services.tuning.watch import TuningNews, TuningWatch
from bot.tuning import TuningJob
from cogs.staff_channel import staff_language
from cogs.tuning_view import job_embed, loss_file, news_text

log = logging.getLogger(__name__)


class TuningNewsCog(commands.Cog):
    """Follows jobs while Marv is connected: one message a job, edited as it goes, then the end."""

    def __init__(self, bot: Marv, watch: TuningWatch, desk: TuningDesk, charts: LossCharts) -> None:
        self._bot = bot
        self._watch = watch
        self._desk = desk
        self._charts = charts

    async def cog_load(self) -> None:
        """Listen, and look at jobs from now on."""
        self._watch.listeners.append(self._heard)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at jobs from now on."""
        self._watch.wanted.set()

    async def cog_unload(self) -> None:
        """Look no longer."""
        self._watch.listeners.remove(self._heard)

    async def _heard(self, news: TuningNews) -> None:
        """Show a job's progress; a channel that is closed to Marv hears nothing."""
        job = news.job
        guild = self._bot.get_guild(self._bot.guild_of(job.guild_id))
        if guild is None or job.channel_id is None:
            return
        language = staff_language(guild)
        place = self._bot.get_partial_messageable(job.channel_id, guild_id=guild.id)
        embed = job_embed(job, news.losses, language)
        try:
            if not news.ended:
                await self._progress(place, job, embed)
                return
            chart = await loss_file(job, news.losses, self._charts, language)
            if chart is not None:
                embed.set_image(url=f"attachment://{chart.filename}")
            await place.send(
                news_text(news, language),
                embed=embed,
                file=chart or discord.utils.MISSING,
                allowed_mentions=NO_MENTIONS,
            )
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("Job %d is not told of in channel %d: %s", job.id, job.channel_id, error)

    async def _progress(
        self, place: discord.PartialMessageable, job: TuningJob, embed: discord.Embed
    ) -> None:
        if job.message_id is None:
            message = await place.send(embed=embed, allowed_mentions=NO_MENTIONS)
            await self._desk.shown(job, message.id)
            return
        await place.get_partial_message(job.message_id).edit(
            embed=embed, allowed_mentions=NO_MENTIONS
        )


async def setup(bot: Marv) -> None:
    """Give the cog the services it needs."""
    services = bot.services
    await bot.add_cog(
        TuningNewsCog(bot, services.tuning_watch, services.tuning, services.loss_charts)
    )
