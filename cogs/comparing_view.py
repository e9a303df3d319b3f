"""How comparisons, votes, promotions and advice look."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.comparison import BASELINE, Automatic, Comparison, Figures, Item, Side, Spread, Standing
from bot.models import Language
from bot.promotion import Change, Promotion
from bot.services.comparing.advice import Report
from cogs.comparing_texts import ADVICE
from cogs.render import COLOUR
from cogs.texts import say

FIELD_CHARACTERS = 1024
PARTS = {"all": "compare_all", "en": "compare_en", "ja": "compare_ja"}
CHANGED = {
    Change.PROMOTED: "promoted",
    Change.ROLLED_BACK: "rolled_back",
    Change.FELL_BACK: "fell_back",
}
ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("compare_persona", lambda each: _spread(each.persona)),
    ("compare_facts", lambda each: _spread(each.facts)),
    ("compare_citations", lambda each: _percent(each.citations)),
    ("compare_refusals", lambda each: "–" if each.refusals is None else _percent(each.refusals)),
    ("compare_own", lambda each: _percent(each.own)),
    ("compare_length", lambda each: f"{each.characters:.0f}"),
    ("compare_distinct", lambda each: "–" if each.distinct_2 is None else f"{each.distinct_2:.2f}"),
    ("compare_seconds", lambda each: f"{each.seconds:.2f}"),
    ("compare_usd", lambda each: f"{each.usd:.4f}"),
)


def comparison_embed(comparison: Comparison, language: Language) -> discord.Embed:
    """Show the figures of two models side by side, by language."""
    measured = comparison.automatic
    embed = discord.Embed(
        title=say("compare_title", language, id=comparison.id, a=comparison.a, b=comparison.b)[
            :256
        ],
        colour=COLOUR,
    )
    for part in measured.a:
        name = say(
            "compare_figures",
            language,
            language=say(PARTS[part], language),
            cases=measured.a[part].cases,
        )
        embed.add_field(name=name, value=_table(measured, part, language), inline=False)
    embed.set_footer(text=say("compare_judge", language, f1=measured.judge.get("f1", "?")))
    return embed


def _table(measured: Automatic, part: str, language: Language) -> str:
    a, b = measured.a[part], measured.b[part]
    lines = [f"{say(key, language)}: {shown(a)} → {shown(b)}" for key, shown in ROWS]
    return "\n".join(lines)[:FIELD_CHARACTERS]


def _spread(spread: Spread) -> str:
    return f"{_percent(spread.mean)} ({_percent(spread.low)}–{_percent(spread.high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def item_embed(item: Item, number: int, items: int, language: Language) -> discord.Embed:
    """Show a question with both answers, in the item's order."""
    embed = discord.Embed(
        title=say("vote_question", language, number=number, items=items),
        description=item.question[:2000],
        colour=COLOUR,
    )
    for place in (1, 2):
        embed.add_field(name=str(place), value=item.shown(place)[:FIELD_CHARACTERS], inline=False)
    return embed


def result_text(comparison: Comparison, standing: Standing, language: Language) -> str:
    """Say how the vote ended, and which model was which."""
    share = standing.share
    if standing.winner is None:
        return say(
            "vote_open",
            language,
            a=comparison.a,
            b=comparison.b,
            votes_a=standing.a,
            votes_b=standing.b,
            share=_percent(share.mean),
            low=_percent(share.low),
            high=_percent(share.high),
        )
    won = (
        standing
        if standing.winner is Side.B
        else Standing(a=standing.b, b=standing.a, horizon=standing.horizon)
    )
    return say(
        "vote_won",
        language,
        winner=comparison.b if standing.winner is Side.B else comparison.a,
        votes_winner=won.b,
        votes_loser=won.a,
        share=_percent(won.share.mean),
        low=_percent(won.share.low),
        high=_percent(won.share.high),
        strength=f"{won.strength.mean:+.2f}",
    )


def promotion_text(promotion: Promotion, language: Language) -> str:
    """Say who speaks from now on, and why."""
    return say(
        CHANGED[promotion.change],
        language,
        model=shown_model(promotion.model, language),
        previous=shown_model(promotion.previous, language),
        reason=promotion.reason[:200],
    )


def shown_model(name: str, language: Language) -> str:
    """Return a model's name as staff read it."""
    return say("baseline", language) if name == BASELINE else name


def advice_embed(report: Report, language: Language) -> discord.Embed:
    """Show what is to be done next."""
    lines = []
    for line in report.lines:
        text = ADVICE[line.advice][language].format(**{"job": report.job.id, **line.values})
        lines.append(f"- {text}")
        lines += [f"  - {each[:150]}" for each in line.examples]
    return discord.Embed(
        title=say("advice_title", language, id=report.job.id),
        description="\n".join(lines)[:4000] or say("advice_none", language),
        colour=COLOUR,
    )
