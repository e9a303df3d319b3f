"""Explorations as staff read them: a picture or a short list, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.exploring import Direction, Firmness, Items, Stranger, Subject, Topic
from bot.models import Language
from bot.services.exploring.reports import (
    CLEARLY,
    ClassifyReport,
    MapReport,
    OutliersReport,
    TopicsReport,
)
from bot.services.exploring.trends import sparkline
from bot.services.exploring.variety import DiversityReport
from bot.services.library import shortened
from bot.services.safety import Shield
from cogs.render import COLOUR
from cogs.texts import say

EXAMPLE_CHARACTERS = 110
NAME_CHARACTERS = 80
MOST_TOPICS = 10
MOST_OUTLIERS = 8
MOST_LABELS_SHOWN = 12
MOST_ALT_CHARACTERS = 1024

SUBJECTS = {
    Subject.LIBRARY: "of_library",
    Subject.QUESTIONS: "of_questions",
    Subject.DATASET: "of_dataset",
    Subject.TABLE: "of_table",
}
_FIRMNESS = {Firmness.FIRM: "firm", Firmness.LOOSE: "loose", Firmness.DOUBTFUL: "doubtful"}
_DIRECTIONS = {
    Direction.RISING: "rising",
    Direction.FALLING: "falling",
    Direction.STEADY: "steady",
}
_LEFT_OUT = {
    "private": "left_private",
    "without_text": "left_without_text",
    "older": "left_older",
    "without_vector": "left_without_vector",
    "empty": "left_empty",
}
_BASELINES = {
    "tfidf": "baseline_tfidf",
    "majority": "baseline_majority",
    "embeddings": "baseline_embeddings",
}


def topics_embed(report: TopicsReport, language: Language) -> discord.Embed:
    """Render topics, the largest first, each with examples."""
    embed = _embed("topics_title", report.items, language)
    for number, topic in enumerate(report.topics[:MOST_TOPICS], start=1):
        name = say(
            "topic_name",
            language,
            number=number,
            name=plain(topic.name, 80, language),
            size=f"{topic.size:,}",
            percent=round(100 * topic.share),
        )
        lines = [_sureness(topic, language)]
        lines += [f"- {plain(item.text, EXAMPLE_CHARACTERS, language)}" for item in topic.typical]
        embed.add_field(name=name[:256], value="\n".join(lines)[:1024], inline=False)
    notes = [say("topics_note", language, count=f"{len(report.items.items):,}")]
    if any(topic.written for topic in report.topics):
        notes.append(say("topics_written", language))
    return _finished(embed, [*notes, *left_out(report.items, language)])


def _sureness(topic: Topic, language: Language) -> str:
    parts = [say(_FIRMNESS[topic.firmness], language)]
    if topic.direction in _DIRECTIONS:
        parts += [f"`{sparkline(topic.trend)}`", say(_DIRECTIONS[topic.direction], language)]
    return " · ".join(parts)


def map_embed(report: MapReport, language: Language, *, page: str) -> discord.Embed:
    """Render what stands under a map."""
    embed = _embed("map_title", report.items, language)
    embed.description = say("map_page", language, file=page)
    return _finished(embed, [map_note(report, language), *left_out(report.items, language)])


def map_note(report: MapReport, language: Language) -> str:
    """Say how a map is to be read, and how far it can be trusted."""
    return say(
        "map_note",
        language,
        shown=f"{len(report.layout.rows):,}",
        count=f"{len(report.items.items):,}",
        method=report.layout.method,
        trust=round(100 * report.layout.trustworthiness),
    )


def map_alt(report: MapReport, language: Language) -> str:
    """Say in words what a map shows."""
    groups = zip(report.names, report.sizes, strict=True)
    listed = ", ".join(f"{name} ({size})" for name, size in groups) or map_note(report, language)
    title = title_of("map_title", report.items, language)
    return say("map_alt", language, title=title, groups=listed)[:MOST_ALT_CHARACTERS]


def outliers_embed(
    report: OutliersReport, language: Language, names: Mapping[str, str]
) -> discord.Embed:
    """Render what does not fit, the furthest first, with what is nearest to it.

    ``names`` is what labels are called here.
    """
    embed = _embed("outliers_title", report.items, language)
    embed.description = say(
        "outliers_clear", language, clear=report.clear, count=f"{len(report.strangers):,}"
    )
    for stranger in report.strangers[:MOST_OUTLIERS]:
        item = report.item(stranger)
        mark = "❗ " if stranger.deviation > CLEARLY else ""
        shown = plain(item.title or item.text, EXAMPLE_CHARACTERS, language)
        lines = _beside(report, stranger, language, names)
        embed.add_field(name=f"{mark}{shown}"[:256], value="\n".join(lines)[:1024], inline=False)
    return _finished(embed, left_out(report.items, language))


def _beside(
    report: OutliersReport, stranger: Stranger, language: Language, names: Mapping[str, str]
) -> list[str]:
    """Say how far off an item is, where its neighbours stand, and which is the nearest."""
    below = min(stranger.percentile, 100 - 100 / len(report.strangers))  # itself is not below it
    lines = [say("outlier_line", language, percent=int(below))]
    label = report.item(stranger).label
    if stranger.elsewhere and label:
        called = (
            plain(names.get(each, each), 60, language) for each in (label, stranger.elsewhere)
        )
        own, other = called
        lines.append(say("outlier_elsewhere", language, label=own, other=other))
    if stranger.nearest:
        near = report.items.items[stranger.nearest[0][0]]
        text = plain(near.title or near.text, EXAMPLE_CHARACTERS, language)
        lines.append(say("outlier_near", language, text=text))
    return lines


def diversity_embed(report: DiversityReport, language: Language) -> discord.Embed:
    """Render how varied texts are."""
    one, heavy = report.variety, report.heavy
    embed = _embed("diversity_title", report.items, language)
    embed.add_field(
        name=say("diversity_meaning", language),
        value=say(
            "diversity_vendi",
            language,
            vendi=f"{one.vendi:.1f}",
            count=f"{one.items:,}",
            heavy=f"{heavy.vendi:.1f}",
        ),
        inline=False,
    )
    embed.add_field(
        name=say("diversity_words", language),
        value=say(
            "diversity_wording",
            language,
            distinct=_figure(one.distinct_2),
            bleu=_figure(one.self_bleu),
            heavy_distinct=_figure(heavy.distinct_2),
            heavy_bleu=_figure(heavy.self_bleu),
        ),
        inline=False,
    )
    embed.add_field(
        name=say("diversity_balance", language), value=_balance(report, language), inline=False
    )
    if (before := report.before) is not None:
        embed.add_field(
            name=say("diversity_before", language, name=report.before_name),
            value=say(
                "diversity_was",
                language,
                count=f"{before.items:,}",
                vendi=f"{before.vendi:.1f}",
                distinct=_figure(before.distinct_2),
                bleu=_figure(before.self_bleu),
            ),
            inline=False,
        )
    return _finished(embed, left_out(report.items, language))


def _balance(report: DiversityReport, language: Language) -> str:
    return say(
        "diversity_balanced",
        language,
        languages=", ".join(f"{name} {count:,}" for name, count in report.languages.items()),
        topics=len(report.topics),
        even=f"{report.evenness:.2f}",
        near=report.duplicates,
    )


def classify_embed(
    report: ClassifyReport, language: Language, names: Mapping[str, str]
) -> discord.Embed:
    """Render labels and how right they are; ``names`` is what labels are called here."""
    embed = _embed("classify_title", report.items, language)
    embed.add_field(
        name=say("classify_quality", language), value=_quality(report, language), inline=False
    )
    embed.add_field(
        name=say("classify_coverage", language), value=_covered(report, language), inline=False
    )
    counts = list(report.counts.items())[:MOST_LABELS_SHOWN]
    lines = [
        f"{plain(names.get(label, label), 60, language)}: {count:,}" for label, count in counts
    ]
    embed.add_field(
        name=say("classify_counts", language), value="\n".join(lines)[:1024], inline=False
    )
    return _finished(embed, left_out(report.items, language))


def _quality(report: ClassifyReport, language: Language) -> str:
    sorting = report.sorting
    if sorting.quality is None:
        return say("classify_by_name", language)
    lines = [
        say(
            "classify_measured",
            language,
            accuracy=round(100 * sorting.quality.accuracy),
            f1=f"{sorting.quality.macro_f1:.2f}",
            count=f"{sorting.labelled:,}",
        )
    ]
    for name, quality in sorting.baselines.items():
        lines.append(
            say(
                "classify_baseline",
                language,
                name=say(_BASELINES[name], language),
                accuracy=round(100 * quality.accuracy),
                f1=f"{quality.macro_f1:.2f}",
            )
        )
    if not report.beats("majority"):
        name = say("baseline_majority", language)
        lines.append(say("classify_worse", language, name=name))
    return "\n".join(lines)


def _covered(report: ClassifyReport, language: Language) -> str:
    coverage = report.coverage
    share, confidence = round(100 * coverage.share), round(100 * coverage.confidence)
    if coverage.accuracy is None:
        return say("classify_covered", language, share=share, confidence=confidence)
    return say(
        "classify_covered_right",
        language,
        share=share,
        confidence=confidence,
        accuracy=round(100 * coverage.accuracy),
    )


def title_of(key: str, items: Items, language: Language) -> str:
    """Return a title that names what is looked at."""
    name = plain(items.name, NAME_CHARACTERS, language)
    return say(key, language, what=say(SUBJECTS[items.subject], language, name=name))


def plain(text: str, most: int, language: Language) -> str:
    """Return a stranger's text in one line, inert and short."""
    shield = Shield(named=text, language=language)
    flat = shortened(" ".join(shield.clean(text).split()), most)
    return discord.utils.escape_markdown(flat)


def left_out(items: Items, language: Language) -> list[str]:
    """Say what was not looked at, and why."""
    return [
        say(_LEFT_OUT[reason], language, count=count)
        for reason, count in items.left_out.items()
        if reason in _LEFT_OUT
    ]


def _embed(key: str, items: Items, language: Language) -> discord.Embed:
    return discord.Embed(title=title_of(key, items, language)[:256], colour=COLOUR)


def _finished(embed: discord.Embed, notes: Sequence[str]) -> discord.Embed:
    """Add what must be known to read it; drop fields until Discord takes it."""
    if notes:
        embed.set_footer(text=" ".join(notes)[:2048])
    while len(embed) > 6000:
        embed.remove_field(-1)
    return embed


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
