"""The buttons of an inquiry; each knows its turn or inquiry by its id, and outlives a restart."""

from __future__ import annotations

import discord

from bot.client import NO_MENTIONS, Marv
from bot.errors import QuestionGone
from bot.inquiry import Inquiry, InquiryId
from bot.language import from_locale
from bot.models import Language, TurnId
from cogs.buttons import IdButton
from cogs.guards import library_of, require_staff
from cogs.inquiry_forms import AnswerForm, AskStaffForm, KeepAsExampleForm, KeepInLibraryForm
from cogs.staff_channel import find_staff_channel, show_closed
from cogs.texts import say


class AskStaffButton(IdButton, template=r"staff:ask:(?P<id>[0-9]{1,18})"):
    """Under an "I don't know": asks the staff instead."""

    text, prefix = "ask_staff", "staff:ask"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form, if the question may be passed on and there is somebody to read it."""
        inquiries = interaction.client.services.inquiries
        guild_id = library_of(interaction)
        turn = await inquiries.askable(guild_id, TurnId(self.about), by=interaction.user.id)
        find_staff_channel(interaction.guild, await inquiries.staff_channel_id(guild_id))
        await interaction.response.send_modal(AskStaffForm(turn, controls=staff_view))


class AnswerButton(IdButton, template=r"staff:answer:(?P<id>[0-9]{1,18})"):
    """In the staff channel: answers an inquiry."""

    text, prefix = "answer_button", "staff:answer"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form, while nobody has answered."""
        require_staff(interaction)
        inquiry = await interaction.client.services.inquiries.still_open(
            library_of(interaction), InquiryId(self.about)
        )
        language = from_locale(str(interaction.locale))
        await interaction.response.send_modal(AnswerForm(inquiry, language, controls=keep_view))


class DismissButton(IdButton, template=r"staff:dismiss:(?P<id>[0-9]{1,18})"):
    """In the staff channel: closes an inquiry without an answer."""

    text, prefix = "dismiss_button", "staff:dismiss"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Close the inquiry and mark its message."""
        require_staff(interaction)
        inquiries = interaction.client.services.inquiries
        inquiry = await inquiries.find(library_of(interaction), InquiryId(self.about))
        closed = await inquiries.dismiss(inquiry, by=interaction.user.id)
        await interaction.response.send_message(
            say("dismissed", from_locale(str(interaction.locale))),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )
        if interaction.guild:
            await show_closed(closed, interaction.guild, "")


class KeepInLibraryButton(IdButton, template=r"staff:keep-library:(?P<id>[0-9]{1,18})"):
    """After an answer: makes it a document."""

    text, prefix = "keep_library", "staff:keep-library"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form."""
        inquiry = await _answered(interaction, self.about)
        await interaction.response.send_modal(KeepInLibraryForm(inquiry, interaction))


class KeepAsExampleButton(IdButton, template=r"staff:keep-example:(?P<id>[0-9]{1,18})"):
    """After an answer: makes it a training example."""

    text, prefix = "keep_example", "staff:keep-example"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form."""
        inquiry = await _answered(interaction, self.about)
        language = from_locale(str(interaction.locale))
        await interaction.response.send_modal(KeepAsExampleForm(inquiry, language))


BUTTONS = (AskStaffButton, AnswerButton, DismissButton, KeepInLibraryButton, KeepAsExampleButton)


def staff_view(inquiry: Inquiry, language: Language) -> discord.ui.View:
    """Return what staff may do with an inquiry."""
    view = discord.ui.View(timeout=None)
    view.add_item(AnswerButton(inquiry.id, language))
    return view.add_item(DismissButton(inquiry.id, language))


def keep_view(inquiry: Inquiry, language: Language) -> discord.ui.View:
    """Return what staff may do with an answer."""
    view = discord.ui.View(timeout=None)
    view.add_item(KeepInLibraryButton(inquiry.id, language))
    return view.add_item(KeepAsExampleButton(inquiry.id, language))


async def _answered(interaction: discord.Interaction[Marv], inquiry_id: int) -> Inquiry:
    """Return an inquiry that still has its answer; raises NotAllowed and QuestionGone."""
    require_staff(interaction)
    inquiry = await interaction.client.services.inquiries.find(
        library_of(interaction), InquiryId(inquiry_id)
    )
    if inquiry.answer is None:
        raise QuestionGone(f"inquiry {inquiry_id}")
    return inquiry
