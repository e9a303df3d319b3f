"""Review: staff go through what could be learnt from, one turn after the other."""

from __future__ import annotations

from typing import Any

import discord

from bot.client import NO_MENTIONS, Marv
from bot.dataset import Decision
from bot.language import from_locale
from bot.models import Language, Provenance, TurnId
from bot.review import Candidate
from bot.services.reviewing import Reviewing
from cogs.controls import Controls
from cogs.feedback import RepairForm
from cogs.feedback_texts import FAULTS
from cogs.guards import library_of, require_staff
from cogs.render import COLOUR
from cogs.texts import say

VIEW_SECONDS = 900.0  # as long as the reply may be edited
FIELD_CHARACTERS = 1000
CAME_BY = {Provenance.INTERACTION: "by_command", Provenance.MESSAGE: "by_message"}


class ReviewView(Controls):
    """Shows one turn, and takes what staff decide about it."""

    def __init__(
        self,
        reviewing: Reviewing,
        guild_id: int,
        language: Language,
        *,
        only: Language | None = None,
    ) -> None:
        super().__init__(timeout=VIEW_SECONDS)
        self._only = only
        self._reviewing = reviewing
        self._guild_id = guild_id
        self._language = language
        self._offset = 0
        self._candidate: Candidate | None = None

    async def embed(self) -> discord.Embed:
        """Render the turn at hand, and fill in the buttons that fit."""
        candidate, waiting = await self._reviewing.next(
            self._guild_id, offset=self._offset, only=self._only
        )
        if candidate is None and self._offset:
            self._offset = 0
            candidate, waiting = await self._reviewing.next(self._guild_id, only=self._only)
        self._candidate = candidate
        self._fill(waiting)
        if candidate is None:
            return discord.Embed(description=say("review_done", self._language), colour=COLOUR)
        return await self._portrait(candidate, waiting)

    async def _portrait(self, candidate: Candidate, waiting: int) -> discord.Embed:
        language = self._language
        embed = discord.Embed(
            title=say("review_title", language, number=self._offset + 1, waiting=waiting),
            description=_cut(candidate.question, 2000),
            colour=COLOUR,
        )
        before = await self._reviewing.before(candidate)
        if before is not None and before.question:
            said = f"> {before.question}\n{before.answer or ''}"
            embed.add_field(name=say("review_before", language), value=_cut(said), inline=False)
        embed.add_field(name=say("answer", language), value=_cut(candidate.answer), inline=False)
        if candidate.repaired:
            embed.add_field(
                name=say("review_repaired", language), value=_cut(candidate.repaired), inline=False
            )
        if candidate.sources:
            embed.add_field(name=say("sources", language), value=_cut("\n".join(candidate.sources)))
        faults = [f"{FAULTS[fault][language]}: {n}" for fault, n in candidate.faults.items()]
        embed.add_field(
            name=say("stats_votes", language),
            value="\n".join([f"👍 {candidate.up} · 👎 {candidate.down}", *faults]),
        )
        embed.set_footer(
            text=say(
                CAME_BY.get(candidate.provenance, "by_command"),
                language,
                persona=candidate.persona,
                model=candidate.model,
            )
        )
        return embed

    async def decide(self, interaction: discord.Interaction[Marv], decision: Decision) -> None:
        """Keep what staff decided, and show the next turn."""
        require_staff(interaction)
        if self._candidate is not None:
            await self._reviewing.decide(
                self._guild_id, self._candidate.turn_id, decision, by=interaction.user.id
            )
        await self.refresh(interaction)

    async def page(self, interaction: discord.Interaction[Marv], step: int) -> None:
        """Look at another turn without deciding."""
        require_staff(interaction)
        self._offset = max(0, self._offset + step)
        await self.refresh(interaction)

    async def repair(self, interaction: discord.Interaction[Marv], turn_id: TurnId) -> None:
        """Open the form for a better answer."""
        require_staff(interaction)
        turn = await self._reviewing.turn(self._guild_id, turn_id)
        await interaction.response.send_modal(RepairForm(turn, interaction))

    async def refresh(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what is next."""
        embed = await self.embed()
        await interaction.response.edit_message(
            embed=embed, view=self, allowed_mentions=NO_MENTIONS
        )

    def _fill(self, waiting: int) -> None:
        self.clear_items()
        if self._candidate is None:
            return
        for decision, key, style in (
            (Decision.KEEP, "review_keep", discord.ButtonStyle.success),
            (Decision.REJECT, "review_reject", discord.ButtonStyle.danger),
            (Decision.SKIP, "review_skip", discord.ButtonStyle.secondary),
        ):
            self.add_item(_Decide(self, decision, say(key, self._language), style))
        self.add_item(_Repair(self, self._candidate.turn_id, say("repair", self._language)))
        self.add_item(_Page(self, -1, "◀", disabled=self._offset == 0))
        self.add_item(_Page(self, 1, "▶", disabled=self._offset + 1 >= waiting))


class _Decide(discord.ui.Button[ReviewView]):
    def __init__(
        self, review: ReviewView, decision: Decision, label: str, style: discord.ButtonStyle
    ) -> None:
        super().__init__(label=label, style=style, custom_id=f"review:{decision}")
        self._review = review
        self._decision = decision

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._review.decide(interaction, self._decision)


class _Repair(discord.ui.Button[ReviewView]):
    def __init__(self, review: ReviewView, turn_id: TurnId, label: str) -> None:
        super().__init__(label=label, style=discord.ButtonStyle.primary, custom_id="review:repair")
        self._review = review
        self._turn_id = turn_id

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._review.repair(interaction, self._turn_id)


class _Page(discord.ui.Button[ReviewView]):
    def __init__(self, review: ReviewView, step: int, label: str, *, disabled: bool) -> None:
        super().__init__(label=label, disabled=disabled, custom_id=f"review:page:{step}", row=1)
        self._review = review
        self._step = step

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._review.page(interaction, self._step)


def _cut(text: str, longest: int = FIELD_CHARACTERS) -> str:
    text = discord.utils.escape_mentions(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


async def show_review(
    interaction: discord.Interaction[Marv], reviewing: Reviewing, *, only: Language | None = None
) -> None:
    """Answer with the first turn, of one language where one is named."""
    language = from_locale(str(interaction.locale))
    view = ReviewView(reviewing, library_of(interaction), language, only=only)
    embed = await view.embed()
    await interaction.response.send_message(
        embed=embed, view=view, ephemeral=True, allowed_mentions=NO_MENTIONS
    )
