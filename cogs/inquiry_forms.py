"""The modals of an inquiry: asking the staff, answering, and keeping an answer."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.audience import Audience
from bot.client import NO_MENTIONS, Marv, explain
from bot.errors import QuestionGone
from bot.faults.inquiry import CannotPost, InquiryClosed, NoStaffChannel
from bot.inquiry import Inquiry
from bot.language import from_locale
from bot.models import Language, Turn
from bot.services.inquiries import (
    MAX_ANSWER_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    keepable_audience,
)
from bot.services.keeping import Asked
from cogs.forms import Form, audience_choices
from cogs.guards import library_of, require_staff
from cogs.staff_channel import (
    deliver_to_asker,
    find_staff_channel,
    inquiry_embed,
    show_closed,
    staff_language,
)
from cogs.texts import say
from cogs.viewers import viewer_in

Controls = Callable[[Inquiry, Language], discord.ui.View]


class AskStaffForm(Form):
    """Lets a member put a question to the staff in their own words."""

    def __init__(self, turn: Turn, *, controls: Controls) -> None:
        super().__init__(title=say("ask_staff", turn.language))
        self._turn, self._controls = turn, controls
        self._question = self.add_text(
            "question",
            say("your_question", turn.language),
            default=turn.question or "",
            longest=MAX_QUESTION_CHARACTERS,
            hint=say("answered_by_dm" if turn.private else "answered_here", turn.language),
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Write the question down, show it to the staff, and say so."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        inquiries = interaction.client.services.inquiries
        guild_id = library_of(interaction)
        channel = find_staff_channel(interaction.guild, await inquiries.staff_channel_id(guild_id))
        turn = await inquiries.askable(guild_id, self._turn.id, by=interaction.user.id)
        inquiry = await inquiries.open(turn, self._question.value, by=interaction.user.id)
        try:
            message = await self._post(interaction, channel, inquiry)
        except BaseException:
            await inquiries.discard(inquiry)
            raise
        await inquiries.posted(inquiry, channel_id=channel.id, message_id=message.id)
        await interaction.followup.send(
            say("passed_on_dm" if inquiry.private else "passed_on", inquiry.language),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    async def _post(
        self,
        interaction: discord.Interaction[Marv],
        channel: discord.TextChannel,
        inquiry: Inquiry,
    ) -> discord.Message:
        nearest = await interaction.client.services.inquiries.nearest(
            inquiry, viewer=viewer_in(channel.guild, channel.id)
        )
        try:
            return await channel.send(
                embed=inquiry_embed(inquiry, channel.guild, nearest),
                view=self._controls(inquiry, staff_language(channel.guild)),
                allowed_mentions=NO_MENTIONS,
            )
        except discord.NotFound as error:
            raise NoStaffChannel from error
        except discord.Forbidden as error:
            raise CannotPost(channel.id, "send_messages") from error


class AnswerForm(Form):
    """Lets staff answer a member's question."""

    def __init__(self, inquiry: Inquiry, language: Language, *, controls: Controls) -> None:
        super().__init__(title=say("answer_button", language))
        self._inquiry, self._language, self._controls = inquiry, language, controls
        self._answer = self.add_text(
            "answer", say("answer", language), longest=MAX_ANSWER_CHARACTERS
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Deliver the answer, show the staff what became of it, and offer to keep it."""
        require_staff(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        inquiries = interaction.client.services.inquiries
        try:
            inquiry = await inquiries.answer(
                self._inquiry, self._answer.value, by=interaction.user.id
            )
        except (InquiryClosed, QuestionGone) as error:
            await self._give_back(interaction, error)
            return
        how = await deliver_and_show(interaction, inquiry)
        outcome = say(how, self._language, asker=f"<@{inquiry.asker_id}>")
        await interaction.followup.send(
            f"{outcome}\n{say('keep_offer', self._language)}",
            view=self._controls(inquiry, self._language),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    async def _give_back(
        self, interaction: discord.Interaction[Marv], error: InquiryClosed | QuestionGone
    ) -> None:
        """Tell somebody who was too late, and return the text that they wrote."""
        told = f"{explain(error, self._language)}\n{say('your_text_back', self._language)}"
        for text in (told, self._answer.value):
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


class KeepInLibraryForm(Form):
    """Lets staff make an answer a document."""

    def __init__(self, inquiry: Inquiry, interaction: discord.Interaction[Marv]) -> None:
        language = from_locale(str(interaction.locale))
        super().__init__(title=say("keep_library", language))
        self._inquiry = inquiry
        self._question, self._answer = add_exchange(self, inquiry, language)
        audience = keepable_audience(inquiry)
        self._choices = audience_choices(interaction, (audience,) if audience else (), language)
        default = audience.key if audience and audience.key in self._choices else None
        self._audience = self.add_choice(
            "audience", say("who_may_read", language), self._choices, default=default
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Add the document."""
        require_staff(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        report = await interaction.client.services.inquiries.keeping.in_library(
            self._inquiry.guild_id,
            f"answer:{self._inquiry.id}",
            question=self._question.value,
            answer=self._answer.value,
            audience=chosen(self._audience, self._choices),
            by=interaction.user.id,
            asked=_asked(self._inquiry),
        )
        text = say(
            "added" if report.chunks else "unchanged",
            from_locale(str(interaction.locale)),
            name=discord.utils.escape_markdown(self._question.value[:100]),
            chunks=report.chunks,
            embedded=report.embedded,
        )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


class KeepAsExampleForm(Form):
    """Lets staff make an answer a training example."""

    def __init__(self, inquiry: Inquiry, language: Language) -> None:
        super().__init__(title=say("keep_example", language))
        self._inquiry = inquiry
        self._question, self._answer = add_exchange(self, inquiry, language)

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep the example, and say whose consent it needs."""
        require_staff(interaction)
        services, inquiry = interaction.client.services, self._inquiry
        theirs = await services.inquiries.keeping.as_example(
            inquiry.guild_id,
            _asked(inquiry),
            question=self._question.value,
            answer=self._answer.value,
            by=interaction.user.id,
        )
        text = say(
            "kept_example_theirs" if theirs else "kept_example",
            from_locale(str(interaction.locale)),
            hours=services.privacy.retention.total_seconds() / 3600,
        )
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def deliver_and_show(interaction: discord.Interaction[Marv], inquiry: Inquiry) -> str:
    """Deliver an answer and mark its staff message; return the key of the text that says how."""
    guild = interaction.guild
    if guild is None:
        raise NoStaffChannel
    how = await deliver_to_asker(interaction.client, guild, inquiry)
    outcome = say(how, staff_language(guild), asker=f"<@{inquiry.asker_id}>")
    await show_closed(inquiry, guild, outcome)
    return how


def add_exchange(
    form: Form, inquiry: Inquiry, language: Language
) -> tuple[discord.ui.TextInput[Form], discord.ui.TextInput[Form]]:
    """Add fields for a question and its answer, filled with those of an inquiry."""
    return (
        form.add_text(
            "question",
            say("question", language),
            default=inquiry.question or "",
            longest=MAX_QUESTION_CHARACTERS,
            hint=say("rewrite_hint", language),
        ),
        form.add_text(
            "answer",
            say("answer", language),
            default=inquiry.answer or "",
            longest=MAX_ANSWER_CHARACTERS,
        ),
    )


def chosen(field: discord.ui.Select[Form], choices: dict[str, str]) -> Audience:
    """Return the audience that was chosen among those that were offered."""
    [key] = field.values
    if key not in choices:
        raise QuestionGone(key)
    return Audience.of_key(key)


def _asked(inquiry: Inquiry) -> Asked:
    """Return whose words an inquiry's question is."""
    return Asked(
        question=inquiry.question or "",
        author_id=inquiry.author_id,
        provenance=inquiry.provenance,
        inquiry_id=inquiry.id,
    )
