"""Routes as staff read them: how right the sorter is, and where each label leads."""

from __future__ import annotations

import discord

from bot.client import Marv
from bot.models import Language
from bot.routing import Route, Routes, Target
from bot.sorter import Method
from cogs.explore_views import SUBJECTS
from cogs.render import COLOUR
from cogs.texts import say


def origin_lines(routes: Routes, language: Language) -> list[str]:
    """Say how a sorter was made and how right it is, with what must be warned of."""
    origin = routes.origin
    made = say(
        "routes_learnt" if routes.sorter.method is Method.LEARNT else "routes_named",
        language,
        labelled=f"{origin.labelled:,}",
        count=f"{origin.texts:,}",
        what=say(SUBJECTS[origin.subject], language, name="").strip(),
        when=discord.utils.format_dt(origin.made_at, "d"),
    )
    if origin.quality is None or origin.majority is None:
        return [made, say("routes_unmeasured", language)]
    measured = say(
        "routes_measured",
        language,
        accuracy=round(100 * origin.quality.accuracy),
        f1=f"{origin.quality.macro_f1:.2f}",
        majority=round(100 * origin.majority.accuracy),
        majority_f1=f"{origin.majority.macro_f1:.2f}",
    )
    return [made, measured, *([say("routes_useless", language)] if origin.useless else [])]


def add_route(
    embed: discord.Embed,
    called: str,
    route: Route | None,
    interaction: discord.Interaction[Marv],
    language: Language,
) -> None:
    """Add a field that says where a label leads, and how many texts get there."""
    if route is None:
        embed.add_field(name=called, value=say("routes_nowhere", language))
        return
    figures = {"confidence": round(100 * route.confidence), "share": round(100 * route.reach.share)}
    if route.reach.right is None:
        reached = say("routes_line", language, **figures)
    else:
        right = round(100 * route.reach.right)
        reached = say("routes_line_right", language, right=right, **figures)
    target = _target(route.target, interaction, language)
    embed.add_field(name=called, value=f"→ {target}\n{reached}")


def _target(target: Target, interaction: discord.Interaction[Marv], language: Language) -> str:
    if target.channel_id is not None:
        found = interaction.guild and interaction.guild.get_channel(target.channel_id)
        return f"<#{target.channel_id}>" if found else say("routes_gone", language)
    known = target.persona in interaction.client.services.routing.personas.known
    key = "routes_persona" if known else "routes_persona_gone"
    return say(key, language, name=target.persona)


def label_name(label: str, interaction: discord.Interaction[Marv]) -> str:
    """Return what a label is called here: a channel by its name."""
    if interaction.guild is None or not (label.isascii() and label.isdigit()):
        return label
    channel = interaction.guild.get_channel_or_thread(int(label))
    return label if channel is None else f"#{channel.name}"


def routes_embed(lines: list[str], language: Language) -> discord.Embed:
    """Return what stands above the routes."""
    return discord.Embed(
        title=say("routes_title", language), description="\n".join(lines), colour=COLOUR
    )
