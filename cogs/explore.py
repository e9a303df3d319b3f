"""Explore: what the log shows that the library lacks, beside what ``explore_commands`` shows."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.inquiry import OpenQuestion
from bot.language import from_locale
from bot.models import Language
from bot.services.exploring.desk import ExploreDesk
from bot.services.gaps import Gap, GapAnswer, GapReport, Gaps
from bot.services.inquiries import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS
from bot.services.library import shortened
from bot.services.routing import Routing
from bot.services.safety import Shield
from cogs.explore_commands import ExploreCommands
from cogs.forms import Form, audience_choices
from cogs.guards import library_of, may_manage, require_staff
from cogs.inquiry_forms import chosen, deliver_and_show
from cogs.pager import Pager
from cogs.render import COLOUR
from cogs.route_list import show_routes
from cogs.staff_channel import NOWHERE, jump_link
from cogs.texts import say
from cogs.viewers import viewer_of

EXAMPLES = 3
EXAMPLE_CHARACTERS = 300
MOST_AUDIENCES = 24  # beside everyone: Discord shows 25 choices


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ExploreCog(
    ExploreCommands,
    commands.GroupCog,
    group_name="explore",
    group_description="What the log and the library show.",
):
    """Shows staff what members look for."""

    def __init__(self, gaps: Gaps, desk: ExploreDesk, routing: Routing) -> None:
        self._gaps = gaps
        self._routing = routing
        self.desk = desk

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Check the right on our side too."""
        return may_manage(interaction)

    @app_commands.command()
    async def routes(self, interaction: discord.Interaction[Marv]) -> None:
        """Show where questions lead by what they are about, and remove routes."""
        language = from_locale(str(interaction.locale))
        await show_routes(interaction, self._routing, language)

    @app_commands.command()
    async def gaps(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what members asked and Marv could not answer."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        report = await self._gaps.find(
            library_of(interaction), viewer=viewer_of(interaction, private=True)
        )
        if report.gaps:
            pager = GapPager(report, self._gaps, interaction)
            await interaction.followup.send(
                embed=pager.embed, view=pager, ephemeral=True, allowed_mentions=NO_MENTIONS
            )
            return
        text = "\n".join((say("no_gaps", language), *_unshown(report, language)))
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


class GapPager(Pager):
    """Shows one gap a page, with a button that answers it."""

    def __init__(
        self, report: GapReport, gaps: Gaps, interaction: discord.Interaction[Marv]
    ) -> None:
        language = from_locale(str(interaction.locale))
        guild_id = interaction.guild_id or 0

        def page(number: int) -> discord.Embed:
            return _gap_embed(report, report.gaps[number], guild_id, language)

        super().__init__(
            page, pages=len(report.gaps), owner_id=interaction.user.id, language=language
        )
        self._report = report
        self._gaps = gaps
        self.answer.label = say("answer_button", language)

    @discord.ui.button(custom_id="gaps:answer", style=discord.ButtonStyle.primary)
    async def answer(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[GapPager]
    ) -> None:
        """Open the form for the gap in view."""
        require_staff(interaction)
        gap = self._report.gaps[self._number]
        await interaction.response.send_modal(GapForm(gap, self._gaps, interaction))


class GapForm(Form):
    """Lets staff answer what several members asked."""

    def __init__(self, gap: Gap, gaps: Gaps, interaction: discord.Interaction[Marv]) -> None:
        language = from_locale(str(interaction.locale))
        super().__init__(title=say("answer_button", language))
        self._gap, self._gaps = gap, gaps
        self._question = self.add_text(
            "question",
            say("question", language),
            default=gap.questions[0].question,
            longest=MAX_QUESTION_CHARACTERS,
            hint=say("rewrite_hint", language),
        )
        self._answer = self.add_text(
            "answer", say("answer", language), longest=MAX_ANSWER_CHARACTERS
        )
        self._choices = audience_choices(interaction, gap.audiences[:MOST_AUDIENCES], language)
        self._audience = self.add_choice("audience", say("who_may_read", language), self._choices)
        answers = {"no": say("no", language), "yes": say("yes", language)}
        self._example = self.add_choice(
            "example", say("also_example", language), answers, default="no"
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep the answer and bring it to everybody who waits for it."""
        require_staff(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        given = GapAnswer(
            question=self._question.value,
            answer=self._answer.value,
            audience=chosen(self._audience, self._choices),
            as_example=self._example.values == ["yes"],
        )
        waiting = await self._gaps.answer(
            library_of(interaction), self._gap, given, by=interaction.user.id
        )
        ways = [await deliver_and_show(interaction, inquiry) for inquiry in waiting]
        missed = ways.count(NOWHERE)
        language = from_locale(str(interaction.locale))
        summary = say(
            "gap_answered",
            language,
            delivered=len(ways) - missed,
            undelivered=missed,
        )
        await interaction.followup.send(summary, ephemeral=True, allowed_mentions=NO_MENTIONS)


def _gap_embed(report: GapReport, gap: Gap, guild_id: int, language: Language) -> discord.Embed:
    when = discord.utils.format_dt(gap.last_asked, "R")
    lines = [say("gap_count", language, count=gap.count, askers=gap.askers, when=when), ""]
    lines += [_example(question, guild_id, language) for question in gap.questions[:EXAMPLES]]
    if gap.private:
        lines.append(say("gap_private", language, count=gap.private))
    lines += ["", *_unshown(report, language)]
    return discord.Embed(
        title=say("gaps", language), description="\n".join(lines).strip(), colour=COLOUR
    )


def _example(question: OpenQuestion, guild_id: int, language: Language) -> str:
    shield = Shield(named=question.question, language=question.language)
    text = shortened(" ".join(shield.clean(question.question).split()), EXAMPLE_CHARACTERS)
    if question.message_id is None:
        return f"- {text}"
    link = jump_link(guild_id, question.channel_id, question.message_id)
    return f"- {text} ([{say('jump', language)}]({link}))"


def _unshown(report: GapReport, language: Language) -> list[str]:
    """Say what is counted but not shown, and why."""
    counts = {"gaps_private": report.private, "gaps_without_text": report.without_text}
    return [say(key, language, count=count) for key, count in counts.items() if count]


async def setup(bot: Marv) -> None:
    """Give the cog what finds gaps, what explores, and what routes."""
    services = bot.services
    await bot.add_cog(ExploreCog(services.gaps, services.explore, services.routing))
