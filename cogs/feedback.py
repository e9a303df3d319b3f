"""Feedback: thumbs under every answer, what went wrong, and the staff's better answer."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.audience import EVERYONE, Audience
from bot.client import NO_MENTIONS, Marv
from bot.errors import QuestionGone
from bot.feedback import MAX_WORDS_CHARACTERS, Fault
from bot.inquiry import VoteValue
from bot.language import from_locale
from bot.models import Language, Turn, TurnId
from bot.services.inquiries import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS
from bot.services.keeping import Asked, Keeping
from bot.services.votes import Votes
from cogs.buttons import IdButton
from cogs.feedback_texts import FAULTS
from cogs.forms import Form, audience_choices
from cogs.guards import library_of, may_manage, require_staff
from cogs.texts import say

TRAINING_ONLY = "training"


class UpButton(IdButton, template=r"vote:up:(?P<id>[0-9]{1,18})"):
    """Under an answer: it helped."""

    prefix, emoji = "vote:up", "👍"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Set the vote, or change it."""
        votes = interaction.client.services.votes
        await votes.vote(
            library_of(interaction),
            TurnId(self.about),
            by=interaction.user.id,
            value=VoteValue.UP,
        )
        await _tell(interaction, "vote_thanks")


class DownButton(IdButton, template=r"vote:down:(?P<id>[0-9]{1,18})"):
    """Under an answer: it did not help, and why."""

    prefix, emoji = "vote:down", "👎"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Set the vote at once, and ask what went wrong."""
        turn = await interaction.client.services.votes.vote(
            library_of(interaction),
            TurnId(self.about),
            by=interaction.user.id,
            value=VoteValue.DOWN,
        )
        await interaction.response.send_modal(
            FaultForm(turn.id, from_locale(str(interaction.locale)))
        )


class RepairButton(IdButton, template=r"answer:repair:(?P<id>[0-9]{1,18})"):
    """For staff who voted an answer down: writes the better one."""

    text, prefix = "repair", "answer:repair"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form."""
        require_staff(interaction)
        turn = await interaction.client.services.votes.votable(
            library_of(interaction), TurnId(self.about), by=interaction.user.id
        )
        await interaction.response.send_modal(RepairForm(turn, interaction))


class FaultForm(Form):
    """Asks what went wrong."""

    def __init__(self, turn_id: TurnId, language: Language) -> None:
        super().__init__(title=say("what_wrong", language))
        self._turn_id = turn_id
        choices = {fault.value: text[language] for fault, text in FAULTS.items()}
        self._fault = self.add_choice("fault", say("fault", language), choices)
        self._words = self.add_text(
            "words", say("fault_words", language), longest=MAX_WORDS_CHARACTERS, required=False
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep the reason; offer staff to write the better answer."""
        await interaction.client.services.votes.explain(
            library_of(interaction),
            self._turn_id,
            by=interaction.user.id,
            fault=Fault(self._fault.values[0]),
            words=self._words.value,
        )
        language = from_locale(str(interaction.locale))
        view = discord.utils.MISSING
        if may_manage(interaction):
            view = discord.ui.View(timeout=None)
            view.add_item(RepairButton(self._turn_id, language))
        await interaction.response.send_message(
            say("vote_sorry", language), view=view, ephemeral=True, allowed_mentions=NO_MENTIONS
        )


class RepairForm(Form):
    """Lets staff write the answer that should have been."""

    def __init__(self, turn: Turn, interaction: discord.Interaction[Marv]) -> None:
        language = from_locale(str(interaction.locale))
        super().__init__(title=say("repair_title", language))
        if turn.question is None:
            raise QuestionGone(f"turn {turn.id}")
        self._turn = turn
        self._question = self.add_text(
            "question",
            say("question", language),
            default=turn.question,
            longest=MAX_QUESTION_CHARACTERS,
            hint=say("rewrite_hint", language),
        )
        self._answer = self.add_text(
            "answer",
            say("answer", language),
            default=turn.answer or "",
            longest=MAX_ANSWER_CHARACTERS,
        )
        readers = Audience(channel_id=turn.audience_channel_id or turn.channel_id)
        offered = (EVERYONE,) if turn.private else (readers, EVERYONE)
        self._choices = {
            TRAINING_ONLY: say("repair_library_no", language),
            **audience_choices(interaction, offered, language),
        }
        self._keep = self.add_choice(
            "keep", say("repair_library", language), self._choices, default=TRAINING_ONLY
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep the answer for training, and in the library where staff said so."""
        require_staff(interaction)
        services = interaction.client.services
        await interaction.response.defer(ephemeral=True, thinking=True)
        theirs = await self._keep_example(services.inquiries.keeping, by=interaction.user.id)
        [kept] = self._keep.values
        if kept != TRAINING_ONLY and kept in self._choices:
            await services.inquiries.keeping.in_library(
                self._turn.guild_id,
                f"repair:{self._turn.id}",
                question=self._question.value,
                answer=self._answer.value,
                audience=Audience.of_key(kept),
                by=interaction.user.id,
                asked=self._asked(),
            )
        text = say(
            "repaired_theirs" if theirs else "repaired",
            from_locale(str(interaction.locale)),
            hours=services.privacy.retention.total_seconds() / 3600,
        )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)

    async def _keep_example(self, keeping: Keeping, *, by: int) -> bool:
        return await keeping.as_example(
            self._turn.guild_id,
            self._asked(),
            question=self._question.value,
            answer=self._answer.value,
            by=by,
        )

    def _asked(self) -> Asked:
        turn = self._turn
        return Asked(
            question=turn.question or "",
            author_id=turn.author_id,
            provenance=turn.provenance,
            turn_id=turn.id,
        )


class FeedbackCog(commands.Cog):
    """Lets staff repair any answer by its menu."""

    def __init__(self, bot: Marv, votes: Votes) -> None:
        self._bot = bot
        self._votes = votes
        self._menu = app_commands.ContextMenu(name="Repair answer", callback=self.repair)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_guild=True)

    async def cog_load(self) -> None:
        """Add the message menu, which a cog cannot declare."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the message menu away again."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def repair(
        self, interaction: discord.Interaction[Marv], message: discord.Message
    ) -> None:
        """Open the form for the answer that a message shows."""
        require_staff(interaction)
        turn = await self._votes.log.by_message(message.id)
        if turn is None or turn.guild_id != library_of(interaction):
            raise QuestionGone(f"message {message.id}")
        await interaction.response.send_modal(RepairForm(turn, interaction))


async def _tell(interaction: discord.Interaction[Marv], key: str) -> None:
    await interaction.response.send_message(
        say(key, from_locale(str(interaction.locale))),
        ephemeral=True,
        allowed_mentions=NO_MENTIONS,
    )


async def setup(bot: Marv) -> None:
    """Give the cog what counts votes."""
    bot.add_dynamic_items(UpButton, DownButton, RepairButton)
    await bot.add_cog(FeedbackCog(bot, bot.services.votes))
