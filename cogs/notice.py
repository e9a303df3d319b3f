"""The notice that a member is shown once: what is kept, and what they may decide about it."""

from __future__ import annotations

import contextlib
import logging
from typing import ClassVar

import discord

from bot.client import NO_MENTIONS, Marv
from bot.consent import Door, Scope
from bot.errors import MarvError, NotYours
from bot.language import detect, from_locale
from bot.models import Language
from cogs.buttons import IdButton
from cogs.guards import library_of
from cogs.texts import say

log = logging.getLogger(__name__)

DECIDED = {
    Scope.TRAINING: "consent_training",
    Scope.KEEP: "consent_keep",
    Scope.NOTHING: "consent_nothing",
}


class _NoticeButton(IdButton, template=r"privacy:notice-base:(?P<id>[0-9]{1,20})"):
    """A decision, for the member whose id the button carries."""

    text, prefix = "notice_nothing", "privacy:notice-base"
    scope: ClassVar[Scope] = Scope.NOTHING

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Record the decision, tell the member alone, and take the notice away."""
        if interaction.user.id != self.about:
            raise NotYours
        await interaction.client.services.privacy.decide(
            library_of(interaction), self.about, self.scope, door=Door.NOTICE
        )
        language = from_locale(str(interaction.locale))
        told = say(DECIDED[self.scope], language)
        message = interaction.message
        if message is not None and message.flags.ephemeral:
            await interaction.response.edit_message(content=told, view=None)
            return
        await interaction.response.send_message(told, ephemeral=True, allowed_mentions=NO_MENTIONS)
        if message is not None:
            with contextlib.suppress(discord.HTTPException):
                await message.delete()


class NoticeTrainingButton(_NoticeButton, template=r"privacy:notice-train:(?P<id>[0-9]{1,20})"):
    """Allows everything."""

    text, prefix, scope = "notice_training", "privacy:notice-train", Scope.TRAINING
    style = discord.ButtonStyle.primary


class NoticeKeepButton(_NoticeButton, template=r"privacy:notice-keep:(?P<id>[0-9]{1,20})"):
    """Allows keeping."""

    text, prefix, scope = "notice_keep", "privacy:notice-keep", Scope.KEEP


class NoticeNothingButton(_NoticeButton, template=r"privacy:notice-no:(?P<id>[0-9]{1,20})"):
    """Allows nothing."""

    text, prefix, scope = "notice_nothing", "privacy:notice-no", Scope.NOTHING


NOTICE_BUTTONS = (NoticeTrainingButton, NoticeKeepButton, NoticeNothingButton)


async def offer_notice(bot: Marv, asked: discord.Interaction[Marv] | discord.Message) -> None:
    """Show a member who has not decided the notice, once for ever.

    Called after an answer is delivered; what goes wrong is logged and hurts nobody.
    """
    if asked.guild is None:
        return
    user = asked.user if isinstance(asked, discord.Interaction) else asked.author
    try:
        if await bot.services.privacy.owes_notice(bot.library_of(asked.guild.id), user.id):
            await _show(bot, asked, user.id)
    except (MarvError, discord.HTTPException) as error:
        log.warning("A notice was not shown: %s", error)


async def _show(bot: Marv, asked: discord.Interaction[Marv] | discord.Message, user: int) -> None:
    hours = bot.services.privacy.retention.total_seconds() / 3600
    if isinstance(asked, discord.Interaction):
        language = from_locale(str(asked.locale))
        await asked.followup.send(
            say("notice", language, hours=hours),
            view=notice_view(user, language),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )
        return
    language = detect(asked.content)
    await asked.reply(
        say("notice", language, hours=hours),
        view=notice_view(user, language),
        mention_author=False,
        allowed_mentions=NO_MENTIONS,
        silent=True,
    )


def notice_view(user_id: int, language: Language) -> discord.ui.View:
    """Return what a member may decide."""
    view = discord.ui.View(timeout=None)
    for button in NOTICE_BUTTONS:
        view.add_item(button(user_id, language))
    return view
