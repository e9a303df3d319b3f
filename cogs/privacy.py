"""Privacy: what Marv keeps, whether it may, and how to make it forget."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Language, PrivacyStatus
from bot.services.kept_messages import MessageRights
from bot.services.privacy import Privacy
from cogs.guards import library_of
from cogs.texts import say


@app_commands.guild_only()
class PrivacyCog(
    commands.GroupCog, group_name="privacy", group_description="What Marv keeps about you."
):
    """Gives members a say in what is kept."""

    def __init__(self, privacy: Privacy, messages: MessageRights) -> None:
        self._privacy = privacy
        self._messages = messages

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what is kept about you here."""
        status = await self._privacy.status(library_of(interaction), interaction.user.id)
        messages = await self._messages_text(interaction)
        await self._tell(interaction, f"{self._status_text(interaction, status)}\n{messages}")

    @app_commands.command()
    @app_commands.describe(choice="Whether your questions may be kept")
    @app_commands.choices(
        choice=[
            app_commands.Choice(name="Yes, keep them", value="yes"),
            app_commands.Choice(name="No", value="no"),
        ]
    )
    async def consent(self, interaction: discord.Interaction[Marv], choice: str) -> None:
        """Allow or forbid that your turns are kept for training."""
        status = await self._privacy.consent(
            library_of(interaction), interaction.user.id, granted=choice == "yes"
        )
        await self._tell(interaction, self._status_text(interaction, status))

    @app_commands.command()
    async def forget(self, interaction: discord.Interaction[Marv]) -> None:
        """Erase everything you said to Marv here."""
        guild_id, language = library_of(interaction), _language(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        turns = await self._privacy.forget(guild_id, interaction.user.id)
        messages = await self._messages.forbid(guild_id, interaction.user.id)
        told = (
            say("forgotten", language, turns=turns),
            say("messages_forgotten", language, messages=messages),
        )
        await self._tell(interaction, "\n".join(told))

    @app_commands.command()
    @app_commands.describe(choice="Whether your messages may be kept")
    @app_commands.choices(
        choice=[
            app_commands.Choice(name="Yes, keep them", value="yes"),
            app_commands.Choice(name="No, and remove them", value="no"),
        ]
    )
    async def channels(self, interaction: discord.Interaction[Marv], choice: str) -> None:
        """Allow or forbid that your messages in channels become knowledge."""
        guild_id, language = library_of(interaction), _language(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if choice == "yes":
            await self._messages.allow(guild_id, interaction.user.id)
            await self._tell(interaction, say("messages_allowed", language))
            return
        count = await self._messages.forbid(guild_id, interaction.user.id)
        await self._tell(interaction, say("messages_forgotten", language, messages=count))

    async def _messages_text(self, interaction: discord.Interaction[Marv]) -> str:
        record = await self._messages.record(library_of(interaction), interaction.user.id)
        language = _language(interaction)
        kept = say("messages_kept", language, messages=record.messages)
        return f"{kept} {say('messages_forbidden', language)}" if record.objects else kept

    def _status_text(self, interaction: discord.Interaction[Marv], status: PrivacyStatus) -> str:
        language = _language(interaction)
        if status.consented and status.decided_at:
            when = discord.utils.format_dt(status.decided_at)
            consent = say("consent_yes", language, when=when)
        else:
            consent = say("consent_no", language)
        hours = self._privacy.retention.total_seconds() / 3600
        kept = say("kept", language, turns=status.turns, texts=status.turns_with_text, hours=hours)
        besides = say("kept_besides", language, inquiries=status.inquiries, votes=status.votes)
        return f"{consent}\n{kept}\n{besides}"

    async def _tell(self, interaction: discord.Interaction[Marv], text: str) -> None:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
            return
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


def _language(interaction: discord.Interaction[Marv]) -> Language:
    return from_locale(str(interaction.locale))


async def setup(bot: Marv) -> None:
    """Give the cog the services it needs."""
    await bot.add_cog(PrivacyCog(bot.services.privacy, bot.services.message_rights))
