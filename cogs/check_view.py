"""What a check of a data set found: the gravest first, in words, and all of it as a file."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import discord

from bot.findings import Finding, Report, Severity
from bot.models import Language
from bot.services.checks.rules import RULES
from cogs.check_details import detail_text
from cogs.check_texts import RULES_JA
from cogs.render import COLOUR
from cogs.texts import say

SHOWN = 10
LINES = 5  # of findings that are alike
MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
FIELD_CHARACTERS = 1024


def report_embed(report: Report, name: str, language: Language) -> discord.Embed:
    """Show the gravest findings with what to do."""
    counts = " · ".join(
        f"{mark} {report.severities.get(severity, 0)}" for severity, mark in MARKS.items()
    )
    verdict = say("check_fit" if report.ok else "check_unfit", language)
    embed = discord.Embed(
        title=say("check_title", language, name=name),
        description=f"{verdict}\n{counts}",
        colour=COLOUR,
    )
    for alike in report.by_id(SHOWN):
        finding = alike[0]
        count = report.counts.get(finding.id, 1)
        embed.add_field(
            name=f"{MARKS[finding.severity]} `{finding.id}`{_places(alike, count, language)}",
            value=_words(finding, count, language),
            inline=False,
        )
    return embed


def report_file(report: Report) -> discord.File:
    """Return everything that was found and measured, for machines."""
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
    return discord.File(io.BytesIO(text.encode()), filename="check.json")


def _places(alike: Sequence[Finding], count: int, language: Language) -> str:
    """Return the first lines of findings that are alike; the file has them all."""
    lines = list(dict.fromkeys(finding.line for finding in alike if finding.line))
    if not lines:
        return ""
    japanese = language is Language.JAPANESE
    shown = ("・" if japanese else ", ").join(map(str, lines[:LINES]))
    more = "…" if count > len(lines[:LINES]) > 1 else ""
    line = say("check_line" if len(lines) == 1 else "check_lines", language, line=shown + more)
    return f"（{line}）" if japanese else f" ({line})"


def _words(finding: Finding, count: int, language: Language) -> str:
    detail = detail_text(finding.detail, language)
    times = f" ×{count}" if count > 1 else ""
    if language is Language.JAPANESE:
        meaning, remedy = RULES_JA[finding.id]
        return f"{meaning}（{detail}）{times}\n→ {remedy}"[:FIELD_CHARACTERS]
    meaning = RULES[finding.id].meaning
    return f"{meaning} ({detail}){times}\n→ {finding.remedy}"[:FIELD_CHARACTERS]
