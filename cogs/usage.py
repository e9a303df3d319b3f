"""What a server used, as staff see it: figures, and a chart that says in words what it shows."""

from __future__ import annotations

from io import BytesIO

import discord

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Language
from bot.services.usage_charts import ChartWords, ranking
from bot.services.usage_desk import UsageDesk
from bot.services.usage_report import By, UsageReport
from bot.usage import NOBODY, Scope, Used, dollars
from cogs.guards import library_of
from cogs.render import COLOUR
from cogs.texts import say

TOP = 5
FILE_NAME = "usage.png"
MOST_ALT_CHARACTERS = 1024


async def show_usage(
    interaction: discord.Interaction[Marv], desk: UsageDesk, *, days: int, by: By
) -> None:
    """Answer with the figures and the chart, to the staff member alone."""
    language = from_locale(str(interaction.locale))
    await interaction.response.defer(ephemeral=True, thinking=True)
    report = await desk.report(library_of(interaction), days=days)
    embed = usage_embed(report, language)
    if not report.total.calls:
        await interaction.followup.send(embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS)
        return
    names = await _names(interaction.guild, report) if by == "member" else {}
    png = await desk.chart(report, by, chart_words(report, by, language), names=names)
    embed.set_image(url=f"attachment://{FILE_NAME}")
    await interaction.followup.send(
        embed=embed,
        file=discord.File(BytesIO(png), FILE_NAME, description=alt_text(report, by, language)),
        ephemeral=True,
        allowed_mentions=NO_MENTIONS,
    )


def usage_embed(report: UsageReport, language: Language) -> discord.Embed:
    """Render the figures."""
    days = len(report.days)
    embed = discord.Embed(title=say("usage_title", language, days=days), colour=COLOUR)
    total = report.total
    if not total.calls:
        embed.description = say("usage_none", language)
        return embed
    embed.add_field(name=say("usage_total", language), value=_amount(total, language))
    embed.add_field(name=say("usage_today", language), value=_today(report, language))
    if members := [each for each in report.members if each[0] != NOBODY][:TOP]:
        lines = [f"<@{id_}>: {_amount(used, language)}" for id_, used in members]
        embed.add_field(name=say("usage_members", language), value="\n".join(lines), inline=False)
    lines = [
        f"`{each.model}` ({say(_KINDS[each.kind], language)}): {_amount(each.used, language)}"
        for each in report.models[:TOP]
    ]
    embed.add_field(name=say("usage_models", language), value="\n".join(lines), inline=False)
    if notes := _notes(report, language):
        embed.add_field(name=say("usage_notes", language), value=notes[:1024], inline=False)
    priced = report.priced.isoformat() if report.priced else None
    if priced:
        embed.set_footer(text=say("usage_prices", language, day=priced))
    return embed


_KINDS = {
    "chat": "kind_chat",
    "embedding": "kind_embedding",
    "rerank": "kind_rerank",
    "moderation": "kind_moderation",
    "training": "kind_training",
}


def chart_words(report: UsageReport, by: By, language: Language) -> ChartWords:
    """Return what stands in the chart."""
    title = {"day": "chart_by_day", "member": "chart_by_member", "model": "chart_by_model"}[by]
    first, last = report.days[0].isoformat(), report.days[-1].isoformat()
    return ChartWords(
        title=say(title, language, first=first, last=last),
        money=say("chart_money", language),
        tokens=say("chart_tokens", language),
        others=say("chart_others", language),
        budget=say("chart_budget", language),
        unknown=say("cost_unknown", language),
        day="%-m/%-d" if language is Language.JAPANESE else "%-d %b",
    )


def alt_text(report: UsageReport, by: By, language: Language) -> str:
    """Say in words what the chart shows."""
    title = chart_words(report, by, language).title
    if by == "day":
        daily = {day: Used() for day in report.days}
        for line in report.daily:
            daily[line.day] += line.used
        most = max(daily, key=lambda day: report.amount_of(daily[day]))
        text = say(
            "alt_by_day",
            language,
            title=title,
            total=_short(report, report.total),
            most=_short(report, daily[most]),
            day=most.isoformat(),
        )
    else:
        comma = "、" if language is Language.JAPANESE else ", "
        values = comma.join(_short(report, used) for used in ranking(report, by).values())
        text = say("alt_ranked", language, title=title, values=values)
    return text[:MOST_ALT_CHARACTERS]


def _short(report: UsageReport, used: Used) -> str:
    return dollars(used.cost) if report.costs else f"{used.prompt + used.completion:,}"


def _cost(used: Used, language: Language) -> str:
    """Return what something cost, as far as anybody knows."""
    if not used.unpriced:
        return dollars(used.cost)
    if not used.cost:
        return say("cost_unknown", language)
    return say("cost_at_least", language, cost=dollars(used.cost))


def _amount(used: Used, language: Language) -> str:
    return say(
        "usage_amount",
        language,
        cost=_cost(used, language),
        calls=f"{used.calls:,}",
        tokens=f"{used.prompt + used.completion:,}",
    )


def _today(report: UsageReport, language: Language) -> str:
    """Return today's figures against the budgets; of the operator's, only the share is said."""
    lines = [_amount(report.today, language)]
    if (server := report.budgets.get(Scope.SERVER)) is not None:
        lines.append(
            say("usage_of_server", language, percent=_percent(*server), most=dollars(server[1]))
        )
    if (operator := report.budgets.get(Scope.OPERATOR)) is not None:
        lines.append(say("usage_of_operator", language, percent=_percent(*operator)))
    return "\n".join(lines)


def _percent(spent: int, most: int) -> int:
    return spent * 100 // most if most else 100


def _notes(report: UsageReport, language: Language) -> str:
    lines = []
    if report.unpriced:
        models = ", ".join(f"`{each}`" for each in report.unpriced)
        lines.append(
            say("usage_unpriced", language, models=models, calls=f"{report.total.unpriced:,}")
        )
    if report.total.estimated:
        lines.append(say("usage_estimated", language, calls=f"{report.total.estimated:,}"))
    return "\n".join(lines)


async def _names(guild: discord.Guild | None, report: UsageReport) -> dict[int, str]:
    """Return what the members of a chart are called here; of who left, how their id ends."""
    names: dict[int, str] = {}
    for key in ranking(report, "member"):
        member = guild.get_member(int(key)) if guild else None
        if member is None and guild is not None:
            try:
                member = await guild.fetch_member(int(key))
            except discord.NotFound:
                member = None
        names[int(key)] = member.display_name if member else f"…{int(key) % 10_000:04}"
    return names
