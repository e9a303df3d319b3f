"""What reading the web came to, in words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

import discord

from bot.audience import Viewer
from bot.client import NO_MENTIONS, Marv
from bot.faults.web import WebFault
from bot.language import from_locale
from bot.models import Language
from bot.services.sitemap_walk import PageError
from bot.services.web_pages import PageOutcome, PageResult, WebReport
from bot.services.web_sources import WebProgress
from cogs.delivery import EDIT_SECONDS
from cogs.texts import say
from cogs.viewers import viewer_of

log = logging.getLogger(__name__)

SHOWN_PROBLEMS = 10
MESSAGE_CHARACTERS = 1900
OUTCOMES = {
    PageOutcome.ADDED: "pages_added",
    PageOutcome.CHANGED: "pages_changed",
    PageOutcome.UNCHANGED: "pages_unchanged",
    PageOutcome.BACK: "pages_back",
    PageOutcome.STALE: "pages_stale",
    PageOutcome.FAILED: "pages_failed",
    PageOutcome.REFUSED: "pages_refused",
}


def web_report(report: WebReport, language: Language, *, viewer: Viewer) -> str:
    """Return the counts, then each problem with its reason, within one message.

    A page whose document the viewer may not see is counted and not named.
    """
    counts = report.counts()
    parts = [
        say(key, language, count=counts[outcome])
        for outcome, key in OUTCOMES.items()
        if counts[outcome]
    ]
    joint = "、" if language is Language.JAPANESE else ", "
    lines = [
        say(
            "web_report",
            language,
            counts=joint.join(parts) or say("pages_none", language),
            chunks=report.chunks,
            embedded=report.embedded,
        )
    ]
    if report.more:
        lines.append(say("pages_more", language))
    problems = [
        _problem(result, result.error, language)
        for result in report.results
        if result.error and viewer(result.audience)
    ]
    problems += [fault.user_message(language) for fault in report.faults]
    lines += [f"- {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(say("problems_more", language, count=len(problems) - SHOWN_PROBLEMS))
    return "\n".join(lines)[:MESSAGE_CHARACTERS]


def _problem(result: PageResult, error: PageError, language: Language) -> str:
    address = result.address.replace("`", "")[:150]
    return f"`{address}`: {reason_of(error, language)}"


def reason_of(error: PageError, language: Language) -> str:
    """Return why a page was not taken, without its address."""
    return error.reason(language) if isinstance(error, WebFault) else error.sentence(language)


async def show_report(interaction: discord.Interaction[Marv], report: WebReport) -> None:
    """Show the end of a long work in the reply, or in private when the reply has expired.

    Discord lets a reply be edited for 15 minutes; a slow site may take longer.
    """
    language = from_locale(str(interaction.locale))
    text = web_report(report, language, viewer=viewer_of(interaction, private=True))
    try:
        await interaction.edit_original_response(content=text, allowed_mentions=NO_MENTIONS)
    except discord.HTTPException:
        log.info("A report came later than its reply may be edited")
        with contextlib.suppress(discord.Forbidden):  # the member takes no private messages
            await interaction.user.send(text, allowed_mentions=NO_MENTIONS)


def web_progress(interaction: discord.Interaction[Marv]) -> WebProgress:
    """Return a progress that edits the reply, at most about once a second."""
    language = from_locale(str(interaction.locale))
    shown_at = time.monotonic()
    edits: set[asyncio.Task[object]] = set()

    def progress(done: int, total: int, report: WebReport) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at < EDIT_SECONDS:
            return
        shown_at = time.monotonic()
        text = say("reading_pages", language, done=done, total=total, chunks=report.chunks)
        edit = asyncio.create_task(
            interaction.edit_original_response(content=text, allowed_mentions=NO_MENTIONS)
        )
        edits.add(edit)
        edit.add_done_callback(edits.discard)

    return progress
