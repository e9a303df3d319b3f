"""Privacy: what Marv keeps, whether it may, and how to get it or make it forget."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.consent import NOTICE_VERSION, Consent, Door, PrivacyStatus, Scope
from bot.faults.privacy import FileTooLarge, MessagesClosed
from bot.language import from_locale
from bot.models import Language
from bot.services.erasing import Erasing
from bot.services.kept_messages import MessageRights
from bot.services.personal_export import PersonalExport
from bot.services.privacy import Privacy
from cogs.forgetting import FORGET_BUTTONS, forget_view
from cogs.guards import library_of
from cogs.notice import DECIDED, NOTICE_BUTTONS
from cogs.texts import say

DIRECT_BYTES = 10 * 1024 * 1024  # of a file in a direct message, whoever gets it
SendFile = Callable[[str, discord.File], Awaitable[None]]
DOORS = {
    Door.COMMAND: "door_command",
    Door.NOTICE: "door_notice",
    Door.MIGRATED: "door_migrated",
}


@app_commands.guild_only()
class PrivacyCog(
    commands.GroupCog, group_name="privacy", group_description="What Marv keeps about you."
):
    """Gives members a say in what is kept."""

    def __init__(
        self,
        bot: Marv,
        *,
        privacy: Privacy,
        messages: MessageRights,
        erasing: Erasing,
        personal: PersonalExport,
    ) -> None:
        self._bot = bot
        self._personal = personal
        self._privacy = privacy
        self._messages = messages
        self._erasing = erasing

    async def cog_load(self) -> None:
        """Let the buttons of earlier messages work."""
        self._bot.add_dynamic_items(*NOTICE_BUTTONS, *FORGET_BUTTONS)

    async def cog_unload(self) -> None:
        """Take the buttons away again."""
        self._bot.remove_dynamic_items(*NOTICE_BUTTONS, *FORGET_BUTTONS)

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what is kept about you here."""
        guild_id, member = library_of(interaction), interaction.user.id
        lines = [
            await self._status_text(interaction, await self._privacy.status(guild_id, member)),
            await self._messages_text(interaction),
        ]
        if receipt := await self._erasing.last_receipt(guild_id, member):
            when = discord.utils.format_dt(receipt.finished_at)
            lines.append(say("last_erasure", _language(interaction), when=when, id=receipt.id))
        await self._tell(interaction, "\n".join(lines))

    @app_commands.command()
    @app_commands.describe(choice="What you allow")
    @app_commands.choices(
        choice=[
            app_commands.Choice(name="Keep them, and train on them", value=Scope.TRAINING.value),
            app_commands.Choice(name="Keep them only", value=Scope.KEEP.value),
            app_commands.Choice(name="No", value=Scope.NOTHING.value),
        ]
    )
    async def consent(self, interaction: discord.Interaction[Marv], choice: str) -> None:
        """Decide what may be kept of your conversations, and what for."""
        status = await self._privacy.decide(
            library_of(interaction), interaction.user.id, Scope(choice), door=Door.COMMAND
        )
        await self._tell(interaction, await self._status_text(interaction, status))

    @app_commands.command()
    @app_commands.describe(destination="Where the file is sent")
    @app_commands.choices(
        destination=[
            app_commands.Choice(name="Here, only for me", value="here"),
            app_commands.Choice(name="By direct message", value="dm"),
        ]
    )
    async def export(
        self, interaction: discord.Interaction[Marv], destination: str = "here"
    ) -> None:
        """Get everything that is stored about you here, as a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language, direct = _language(interaction), destination == "dm"
        largest = DIRECT_BYTES if direct else interaction.filesize_limit
        files = await self._personal.write(
            library_of(interaction), interaction.user.id, largest=largest
        )
        if any(len(content) > largest for content in files):
            raise FileTooLarge
        send = _directly(interaction.user) if direct else _privately(interaction)
        for number, content in enumerate(files, start=1):
            name = "marv-about-you.zip" if len(files) == 1 else f"marv-about-you-{number}.zip"
            await send(say("export_here", language), discord.File(io.BytesIO(content), name))
        if direct:
            await self._tell(interaction, say("export_sent", language))

    @app_commands.command()
    async def forget(self, interaction: discord.Interaction[Marv]) -> None:
        """Erase everything you said to Marv here."""
        language = _language(interaction)
        await interaction.response.send_message(
            say("forget_warning", language),
            view=forget_view(interaction.user.id, language),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

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

    async def _status_text(
        self, interaction: discord.Interaction[Marv], status: PrivacyStatus
    ) -> str:
        language = _language(interaction)
        return "\n".join(
            (
                _consent_text(status.consent, language),
                say("kept_turns", language, turns=status.turns, texts=status.turns_with_text),
                await self._how_long(interaction, status.consent),
                say("kept_besides", language, inquiries=status.inquiries, votes=status.votes),
            )
        )

    async def _how_long(
        self, interaction: discord.Interaction[Marv], consent: Consent | None
    ) -> str:
        language = _language(interaction)
        if consent is None or not consent.scope.keep:
            hours = self._privacy.retention.total_seconds() / 3600
            return say("kept_hours", language, hours=hours)
        if longest := await self._privacy.longest(library_of(interaction)):
            return say("kept_days", language, days=longest.days)
        return say("kept_until", language)

    async def _tell(self, interaction: discord.Interaction[Marv], text: str) -> None:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
            return
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


def _privately(interaction: discord.Interaction[Marv]) -> SendFile:
    async def send(text: str, file: discord.File) -> None:
        await interaction.followup.send(
            text, file=file, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    return send


def _directly(user: discord.User | discord.Member) -> SendFile:
    async def send(text: str, file: discord.File) -> None:
        try:
            await user.send(text, file=file, allowed_mentions=NO_MENTIONS)
        except discord.Forbidden as error:
            raise MessagesClosed from error

    return send


def _consent_text(consent: Consent | None, language: Language) -> str:
    if consent is None:
        return say("consent_undecided", language)
    made = say(
        "consent_made",
        language,
        when=discord.utils.format_dt(consent.decided_at),
        door=say(DOORS[consent.door], language),
        version=consent.notice_version,
    )
    text = f"{say(DECIDED[consent.scope], language)} {made}"
    if consent.scope.training and not consent.is_current:
        text = f"{text}\n{say('consent_outdated', language, version=NOTICE_VERSION)}"
    return text


def _language(interaction: discord.Interaction[Marv]) -> Language:
    return from_locale(str(interaction.locale))


async def setup(bot: Marv) -> None:
    """Give the cog the services it needs."""
    services = bot.services
    await bot.add_cog(
        PrivacyCog(
            bot,
            privacy=services.privacy,
            messages=services.message_rights,
            erasing=services.erasing,
            personal=services.personal_export,
        )
    )
