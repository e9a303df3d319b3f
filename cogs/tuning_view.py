"""How jobs look: embeds, and the chart of their losses."""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord

from bot.models import Language
from bot.services.tuning.charts import LossCharts, LossWords
from bot.services.tuning.desk import ADVISED_ROWS, Offer, Preview
from bot.services.tuning.watch import TuningNews
from bot.tuning import LossPoint, TunableModel, TuningJob, TuningOptions
from bot.usage import LOCAL_PREFIX, dollars
from cogs.render import COLOUR
from cogs.texts import say
from cogs.tuning_texts import status_text

FIELD_CHARACTERS = 1024
SECONDS_A_ROW = 0.9  # of an epoch of the embedded model on two cores, measured
CHART = "loss.png"


def offers_embed(offers: Sequence[Offer], language: Language) -> discord.Embed:
    """Show what each trainer offers, or why it cannot be asked."""
    embed = discord.Embed(title=say("tune_models", language), colour=COLOUR)
    for offer in offers:
        if offer.fault is not None:
            text = offer.fault.user_message(language)
        else:
            text = "\n".join(_model_line(model, language) for model in offer.models)
        embed.add_field(
            name=offer.trainer,
            value=_cut(text) or say("tune_no_models", language),
            inline=False,
        )
    return embed


def _model_line(model: TunableModel, language: Language) -> str:
    if model.name.startswith(LOCAL_PREFIX):
        parts = [say("tune_model_free", language)]
    elif model.training_usd is None:
        parts = [say("tune_model_unpriced", language)]
    else:
        parts = [say("tune_model_price", language, usd=model.training_usd, day=model.prices_from)]
    if model.shutdown is not None:
        parts.append(say("tune_model_ends", language, day=model.shutdown))
    comma = "、" if language is Language.JAPANESE else "; "
    return f"`{model.name}`: {comma.join((*parts, *filter(None, [model.note])))}"


def preview_embed(preview: Preview, language: Language) -> discord.Embed:
    """Show what a job would be, before it is made."""
    embed = discord.Embed(
        title=say(
            "tune_start_title",
            language,
            model=preview.options.model,
            version=preview.version.name,
        ),
        colour=COLOUR,
    )
    data = [
        say(
            "tune_rows",
            language,
            rows=preview.rows,
            tokens=f"{preview.tokens:,}",
            validation=preview.validation_rows,
        )
    ]
    if preview.rows < ADVISED_ROWS:
        data.append(say("tune_few_rows", language, advised=ADVISED_ROWS))
    embed.add_field(name=say("tune_data", language), value="\n".join(data), inline=False)
    embed.add_field(
        name=say("tune_options", language),
        value=_options(preview.options, preview.epochs, language),
        inline=False,
    )
    embed.add_field(name=say("tune_cost", language), value=_cost(preview, language), inline=False)
    if preview.same is not None:
        embed.description = say(
            "tune_same",
            language,
            id=preview.same.id,
            status=status_text(preview.same.status, language),
        )
    return embed


def _options(options: TuningOptions, epochs: int, language: Language) -> str:
    named = {
        "learning-rate": options.learning_rate,
        "batch": options.batch,
        "seed": options.seed,
        "suffix": options.suffix,
    }
    rest = "".join(f", {name} {value}" for name, value in named.items() if value is not None)
    return say("tune_options_line", language, method=options.method.value, epochs=epochs, rest=rest)


def _cost(preview: Preview, language: Language) -> str:
    lines = []
    if preview.options.model.startswith(LOCAL_PREFIX):
        minutes = max(1, round(preview.rows * preview.epochs * SECONDS_A_ROW / 60))
        lines.append(say("tune_cost_free", language, minutes=minutes))
    elif preview.cost is None:
        lines.append(say("tune_cost_unknown", language))
    else:
        lines.append(
            say("tune_cost_about", language, cost=dollars(preview.cost), day=preview.prices_from)
        )
    if preview.shutdown is not None:
        lines.append(say("tune_ends", language, day=preview.shutdown))
    return "\n".join(lines)


def job_embed(
    job: TuningJob, losses: Sequence[LossPoint], language: Language, *, forgotten: int = 0
) -> discord.Embed:
    """Show a job as it is."""
    embed = discord.Embed(
        title=_cut(
            say(
                "tune_job",
                language,
                id=job.id,
                version=job.version,
                model=job.options.model,
            ),
            256,
        ),
        colour=COLOUR,
    )
    embed.add_field(name=say("tune_status", language), value=status_text(job.status, language))
    if job.fine_tuned_model:
        embed.add_field(name=say("tune_result", language), value=f"`{job.fine_tuned_model}`")
    if told := losses_text(losses, language):
        embed.add_field(name=say("tune_loss", language), value=told)
    if job.trained_tokens:
        embed.add_field(name=say("tune_trained", language), value=f"{job.trained_tokens:,}")
    if job.error:
        embed.add_field(name=say("tune_error", language), value=_cut(job.error), inline=False)
    if forgotten:
        embed.description = say("tune_forgotten", language, count=forgotten)
    return embed


def losses_text(losses: Sequence[LossPoint], language: Language) -> str:
    """Return the first and the last losses in words, empty without any."""
    lines = []
    for key, values in (
        ("tune_losses", [point.train for point in losses if point.train is not None]),
        ("tune_valid_losses", [point.valid for point in losses if point.valid is not None]),
    ):
        if values:
            first, last = f"{values[0]:.2f}", f"{values[-1]:.2f}"
            lines.append(say(key, language, first=first, last=last))
    return "\n".join(lines)


async def loss_file(
    job: TuningJob, losses: Sequence[LossPoint], charts: LossCharts, language: Language
) -> discord.File | None:
    """Return the chart of a job's losses, None where there is nothing to draw."""
    words = LossWords(
        title=say("tune_chart_title", language, id=job.id),
        steps=say("tune_chart_steps", language),
        axis=say("tune_chart_axis", language),
        train=say("tune_chart_train", language),
        valid=say("tune_chart_valid", language),
    )
    png = await charts.drawn(losses, words)
    if png is None:
        return None
    alt = losses_text(losses, language).replace("\n", "; ")
    return discord.File(io.BytesIO(png), filename=CHART, description=alt[:FIELD_CHARACTERS])


def news_text(news: TuningNews, language: Language) -> str:
    """Return what is said where a job was started, once it has ended."""
    key = "tune_news_ended" if news.job.fine_tuned_model else "tune_news_failed"
    return say(key, language, id=news.job.id, status=status_text(news.job.status, language))


def _cut(text: str, most: int = FIELD_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
