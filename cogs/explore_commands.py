"""The commands of ``/explore`` that compute: topics, map, outliers, diversity, classify."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.exploring import Items, Subject
from bot.language import from_locale
from bot.models import Language
from bot.services.exploring.desk import ExploreDesk, View
from bot.services.exploring.pages import map_page
from bot.services.exploring.reports import ClassifyReport, MapReport
from bot.services.exploring.sources import Labels
from bot.services.routing import routable
from cogs import explore_views as views
from cogs.explore_running import with_progress
from cogs.guards import library_of
from cogs.route_view import RouteOffer
from cogs.tables import attached
from cogs.texts import say
from cogs.viewers import viewer_of

PICTURE, PAGE, TABLE = "map.png", "map.html", "labels.csv"
_SUBJECTS = [
    app_commands.Choice(name="The library", value="library"),
    app_commands.Choice(name="The questions asked", value="questions"),
    app_commands.Choice(name="A data set", value="dataset"),
]
_COLOURS = [
    app_commands.Choice(name="By topic", value="topic"),
    app_commands.Choice(name="By label", value="label"),
]
_LABELS = [
    app_commands.Choice(name="By channel", value="channel"),
    app_commands.Choice(name="By votes", value="votes"),
]


class ExploreCommands(commands.Cog):
    """Shows staff what texts are about, what does not fit, and how varied they are."""

    desk: ExploreDesk

    @app_commands.command()
    @app_commands.describe(
        of="What to look at",
        version="Which data set; the newest without",
        file="A table (CSV) to look at instead",
        text="The file's column that holds the texts",
    )
    @app_commands.choices(of=_SUBJECTS)
    async def topics(
        self,
        interaction: discord.Interaction[Marv],
        of: str = "library",
        version: str | None = None,
        file: discord.Attachment | None = None,
        text: str | None = None,
    ) -> None:
        """Show what texts are about: groups, examples, trends, and a map."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        table = await attached(file, text)
        view = _view(interaction, of, version, table=table)
        report, drawn = await with_progress(
            interaction, lambda tell: self.desk.topics(view, tell=tell)
        )
        embed = views.topics_embed(report, view.language)
        await _show(interaction, embed, [await self._picture(drawn, view.language)])

    @app_commands.command()
    @app_commands.describe(
        of="What to look at",
        version="Which data set; the newest without",
        colour="What the colours stand for",
        file="A table (CSV) to look at instead",
        text="The file's column that holds the texts",
        label="The file's column that holds the labels",
    )
    @app_commands.choices(of=_SUBJECTS, colour=_COLOURS)
    async def map(
        self,
        interaction: discord.Interaction[Marv],
        of: str = "library",
        version: str | None = None,
        colour: str = "topic",
        file: discord.Attachment | None = None,
        text: str | None = None,
        label: str | None = None,
    ) -> None:
        """Draw a map on which near means alike."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        table = await attached(file, text, label, labelled=colour == "label")
        view = _view(interaction, of, version, table=table)
        report = await with_progress(
            interaction,
            lambda tell: self.desk.map(view, by_label=colour == "label", tell=tell),
        )
        named = _with_names(report, _names(interaction, report.names))
        embed = views.map_embed(named, view.language, page=PAGE)
        files = [await self._picture(named, view.language), _page(named, view.language)]
        await _show(interaction, embed, files)

    @app_commands.command()
    @app_commands.describe(
        of="What to look at",
        version="Which data set; the newest without",
        file="A table (CSV) to look at instead",
        text="The file's column that holds the texts",
    )
    @app_commands.choices(of=_SUBJECTS)
    async def outliers(
        self,
        interaction: discord.Interaction[Marv],
        of: str = "library",
        version: str | None = None,
        file: discord.Attachment | None = None,
        text: str | None = None,
    ) -> None:
        """Show what does not fit: misfiled, off topic, or a bad example."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        table = await attached(file, text)
        view = _view(interaction, of, version, table=table)
        report = await with_progress(interaction, lambda tell: self.desk.outliers(view, tell=tell))
        names = _names(interaction, {each.label for each in report.items.items if each.label})
        await _show(interaction, views.outliers_embed(report, view.language, names), [])

    @app_commands.command()
    @app_commands.describe(
        of="What to look at",
        version="Which data set; the newest without",
        file="A table (CSV) to look at instead",
        text="The file's column that holds the texts",
    )
    @app_commands.choices(of=_SUBJECTS)
    async def diversity(
        self,
        interaction: discord.Interaction[Marv],
        of: str = "dataset",
        version: str | None = None,
        file: discord.Attachment | None = None,
        text: str | None = None,
    ) -> None:
        """Measure how varied texts are, against the version before."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        table = await attached(file, text)
        view = _view(interaction, of, version, table=table)
        report = await with_progress(interaction, lambda tell: self.desk.diversity(view, tell=tell))
        await _show(interaction, views.diversity_embed(report, view.language), [])

    @app_commands.command()
    @app_commands.describe(
        labels="Labels to choose from, separated by commas; without, learnt from what is there",
        of="What to look at",
        version="Which data set; the newest without",
        learn="What questions are sorted by already",
        confidence="From how many percent on a label counts, 0 to 100",
        file="A table (CSV) to look at instead",
        text="The file's column that holds the texts",
        label="The file's column that holds the labels",
    )
    @app_commands.choices(of=_SUBJECTS, learn=_LABELS)
    async def classify(
        self,
        interaction: discord.Interaction[Marv],
        labels: str = "",
        of: str = "questions",
        version: str | None = None,
        learn: str = "channel",
        confidence: app_commands.Range[int, 0, 100] = 70,
        file: discord.Attachment | None = None,
        text: str | None = None,
        label: str | None = None,
    ) -> None:
        """Sort texts into labels, and say how right that is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        table = await attached(file, text, label, labelled=not labels)
        view = _view(interaction, of, version, by=Labels(learn), table=table)
        chosen = [name for each in labels.replace("、", ",").split(",") if (name := each.strip())]
        report = await with_progress(
            interaction,
            lambda tell: self.desk.classify(view, chosen, confidence=confidence / 100, tell=tell),
        )
        await self._show_sorted(interaction, report, view.language)

    async def _show_sorted(
        self, interaction: discord.Interaction[Marv], report: ClassifyReport, language: Language
    ) -> None:
        """Show a classification with its table, its picture, and the way to routes."""
        names = _names(interaction, report.sorting.labels)
        embed = views.classify_embed(report, language, names)
        files = [discord.File(BytesIO(report.as_csv()), TABLE)]
        title = views.title_of("classify_title", report.items, language)
        axes = (say("classify_truth", language), say("classify_guess", language))
        picture = await self.desk.confusion(report, title=title, axes=axes, names=names)
        if picture is not None:
            alt = f"{title}: {embed.fields[0].value}"[: views.MOST_ALT_CHARACTERS]
            files.insert(0, discord.File(BytesIO(picture), PICTURE, description=alt))
        routes = routable(report, self.desk.vectors.embedder.space)
        offer = RouteOffer(routes, names, report.confidence, language) if routes else None
        await _show(interaction, embed, files, offer)

    async def _picture(self, report: MapReport, language: Language) -> discord.File:
        """Return a map as a file that says in words what it shows."""
        png = await self.desk.picture(
            report,
            title=views.title_of("map_title", report.items, language),
            note=views.map_note(report, language),
        )
        return discord.File(BytesIO(png), PICTURE, description=views.map_alt(report, language))


def _view(
    interaction: discord.Interaction[Marv],
    of: str,
    version: str | None,
    *,
    by: Labels = Labels.CHANNEL,
    table: Items | None = None,
) -> View:
    """Return what a command looks at: what the staff member may read."""
    return View(
        guild_id=library_of(interaction),
        subject=Subject(of) if table is None else table.subject,
        viewer=viewer_of(interaction, private=True),
        language=from_locale(str(interaction.locale)),
        version=version,
        by=by,
        table=table,
    )


def _names(interaction: discord.Interaction[Marv], labels: Iterable[str]) -> dict[str, str]:
    """Return what labels are called here: channels by their names."""
    names: dict[str, str] = {}
    for label in labels:
        channel = None
        if interaction.guild is not None and label.isascii() and label.isdigit():
            channel = interaction.guild.get_channel_or_thread(int(label))
        names[label] = f"#{channel.name}" if channel is not None else label
    return names


def _with_names(report: MapReport, names: dict[str, str]) -> MapReport:
    """Return a map whose groups are called what they are called here."""
    return replace(report, names=tuple(names[name] for name in report.names))


def _page(report: MapReport, language: Language) -> discord.File:
    """Return a map as a page to look closer at."""
    page = map_page(
        report,
        title=views.title_of("map_title", report.items, language),
        note=views.map_note(report, language),
        alt=views.map_alt(report, language),
        find=say("map_find", language),
        hint=say("map_hint", language),
        language=language.value,
    )
    return discord.File(BytesIO(page.encode()), PAGE)


async def _show(
    interaction: discord.Interaction[Marv],
    embed: discord.Embed,
    files: list[discord.File],
    view: discord.ui.View | None = None,
) -> None:
    """Put the result into the place of the progress."""
    if any(file.filename == PICTURE for file in files):
        embed.set_image(url=f"attachment://{PICTURE}")
    await interaction.edit_original_response(
        content=None, embed=embed, attachments=files, view=view, allowed_mentions=NO_MENTIONS
    )
