"""Answers and passages as embeds."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.models import Answer, Language, Passage
from bot.services.safety import Shield, shield_for
from bot.services.snippets import snippet
from cogs.texts import say

COLOUR = discord.Colour(0xC27C0E)
SOURCE_CHARACTERS = 180
EMBED_CHARACTERS = 4096


def place(passage: Passage, language: Language) -> str:
    """Return a passage's title and heading path, with no link in it."""
    path = [passage.title, *(part for part in passage.heading if part != passage.title)]
    clean = Shield(language=language).clean(" › ".join(path))
    return discord.utils.escape_markdown(clean)[:200]


def source_of(passage: Passage) -> str:
    """Return where a passage comes from: a link where it has one, else its file's name."""
    if passage.source.startswith(("https://", "http://")):
        return f"<{passage.source}>"
    return f"`{passage.source.replace('`', '')}`"


def stale_mark(passage: Passage, language: Language) -> str:
    """Return the mark of a passage whose source is gone, empty for any other."""
    if passage.stale_since is None:
        return ""
    when = discord.utils.format_dt(passage.stale_since, "d")
    return " · " + say("stale", language, when=when)


def answer_embed(answer: Answer, language: Language) -> discord.Embed | None:
    """Render what an answer rests on; None where there is nothing to show."""
    embed = _grounds(answer, language)
    if answer.help:
        embed = add_help(embed or discord.Embed(colour=COLOUR), answer, language)
    if answer.words_only:
        note = say("words_only", language)
        embed = embed or discord.Embed(colour=COLOUR)
        embed.set_footer(text=f"{embed.footer.text}\n{note}" if embed.footer.text else note)
    return embed


def add_help(embed: discord.Embed, answer: Answer, language: Language) -> discord.Embed:
    """Add where to turn with something serious."""
    return embed.add_field(name=say("help", language), value=answer.help, inline=False)


def _grounds(answer: Answer, language: Language) -> discord.Embed | None:
    if answer.citations:
        lines = [
            f"**[{each.n}]** {place(each.passage, language)} — {source_of(each.passage)}"
            + stale_mark(each.passage, language)
            for each in answer.citations
        ]
        embed = _embed(say("sources", language), lines)
        if answer.quoted:
            embed.set_footer(text=say("quoted", language))
        return embed
    if answer.nearest and not answer.help:  # who needs help is not sent to read on
        return add_passages(_embed(say("nearest", language), ()), answer.nearest, language)
    return None


def add_passages(
    embed: discord.Embed, passages: Sequence[Passage], language: Language
) -> discord.Embed:
    """Add a field a passage: where it stands, and how it begins."""
    for passage in passages:
        text = snippet(_inert(passage, language), (), limit=SOURCE_CHARACTERS)
        embed.add_field(
            name=place(passage, language),
            value=f"{text}\n{source_of(passage)}{stale_mark(passage, language)}"[:1024],
            inline=False,
        )
    return embed


def results_embed(
    query: str, passages: Sequence[Passage], terms: Sequence[str], *, first: int, language: Language
) -> discord.Embed:
    """Render one page of search results; ``first`` is the rank of the first."""
    embed = discord.Embed(title=say("results", language, query=query)[:256], colour=COLOUR)
    for rank, passage in enumerate(passages, start=first):
        score = say("score", language, score=passage.score)
        text = snippet(_inert(passage, language), terms)
        embed.add_field(
            name=f"{rank}. {place(passage, language)}"[:256],
            value=f"{text}\n{source_of(passage)} · {score}{stale_mark(passage, language)}"[:1024],
            inline=False,
        )
    return embed


def _inert(passage: Passage, language: Language) -> str:
    """Return a passage's text with no link but to its own source."""
    return shield_for([passage], language, snippet=True).clean(passage.text)


def _embed(title: str, lines: Sequence[str]) -> discord.Embed:
    return discord.Embed(
        title=title, description="\n".join(lines)[:EMBED_CHARACTERS], colour=COLOUR
    )
