"""What a check of a data set found: the gravest first, in words, and all of it as a file."""

from __future__ import annotations

import io
import json

import discord

from bot.findings import Finding, Report, Severity
from bot.models import Language
from bot.services.checks.rules import RULES
from cogs.check_details import detail_text
from cogs.check_texts import RULES_JA
from cogs.render import COLOUR
from cogs.texts import say

SHOWN = 10
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
    for finding in report.gravest(SHOWN):
        embed.add_field(
            name=f"{MARKS[finding.severity]} `{finding.id}`{_place(finding, language)}",
            value=_words(finding, report.counts.get(finding.id, 1), language),
            inline=False,
        )
    return embed


def report_file(report: Report) -> discord.File:
    """Return everything that was found and measured, for machines."""
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
    return discord.File(io.BytesIO(text.encode()), filename="check.json")


def _place(finding: Finding, language: Language) -> str:
    if not finding.line:
        return ""
    line = say("check_line", language, line=finding.line)
    return f"（{line}）" if language is Language.JAPANESE else f" ({line})"


def _words(finding: Finding, count: int, language: Language) -> str:
    detail = detail_text(finding.detail, language)
    times = f" ×{count}" if count > 1 else ""
    if language is Language.JAPANESE:
        meaning, remedy = RULES_JA[finding.id]
        return f"{meaning}（{detail}）{times}\n→ {remedy}"[:FIELD_CHARACTERS]
    meaning = RULES[finding.id].meaning
    return f"{meaning} ({detail}){times}\n→ {finding.remedy}"[:FIELD_CHARACTERS]
