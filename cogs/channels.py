"""Channels as sources: adding and removing them, and keeping a single message."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.audience import Audience
from bot.channels import AddedChannel
from bot.client import NO_MENTIONS, Marv
from bot.errors import EmptyQuestion
from bot.faults.channel import ChannelsUnread, PrivateThread, WordsHidden
from bot.language import from_locale
from bot.models import Language
from bot.services.channels import Channels
from bot.services.ingest import IngestReport
from bot.services.kept_messages import ChosenMessage, MessageKeeper
from bot.services.library import MAX_TITLE_CHARACTERS
from bot.services.stretches import add
from cogs.audiences import audience_text
from cogs.delivery import EDIT_SECONDS
from cogs.forms import Form
from cogs.guards import library_of, may_manage, require_staff
from cogs.histories import (
    ChosenSource,
    Source,
    check_readable,
    history_of,
    place_of,
    readable_parts,
    source_of,
    words_of,
)
from cogs.texts import say

log = logging.getLogger(__name__)

SUGGESTED_TITLE = 80
MODAL_TEXT = 4000

LibraryCommand = app_commands.Command[Any, ..., None]
Handle = Callable[[discord.Interaction[Marv], int], Coroutine[Any, Any, None]]


class ChannelsCog(commands.Cog):
    """Lets staff make channels and messages sources; its commands stand under ``/library``."""

    def __init__(self, bot: Marv, channels: Channels, keeper: MessageKeeper) -> None:
        self._bot = bot
        self._channels = channels
        self._keeper = keeper
        self._menu = app_commands.ContextMenu(name="Keep as knowledge", callback=self.keep)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_guild=True)
        self._menu.add_check(may_manage)

    async def cog_load(self) -> None:
        """Add the commands to the library's and the menu, which a cog cannot declare."""
        for command in _commands(self.add_channel, self.remove_channel):
            self._library.add_command(command)
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take them away again."""
        group = self._bot.tree.get_command("library")
        if isinstance(group, app_commands.Group):  # else the library, unloaded first, took them
            for name in ("add-channel", "remove-channel"):
                group.remove_command(name)
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @property
    def _library(self) -> app_commands.Group:
        group = self._bot.tree.get_command("library")
        if not isinstance(group, app_commands.Group):
            raise TypeError("cogs.library is loaded before cogs.channels")
        return group

    async def add_channel(self, interaction: discord.Interaction[Marv], channel_id: int) -> None:
        """Read a channel with its public threads into the library, and follow it."""
        guild_id, me = library_of(interaction), self._bot.user
        await interaction.response.defer(ephemeral=True, thinking=True)
        if not await self._channels.allowed(guild_id):
            raise ChannelsUnread
        if me is None or not self._bot.intents.message_content:
            raise WordsHidden
        channel = source_of(interaction, channel_id)
        check_readable(channel)
        await self._channels.add(
            AddedChannel(
                guild_id=guild_id,
                server_id=channel.guild.id,
                channel_id=channel.id,
                added_by=interaction.user.id,
            )
        )
        progress = _Progress(interaction, channel)
        seen = {channel.id}
        async for part in readable_parts(channel, archived=True):
            if place := place_of(self._bot, part):
                seen.add(place.id)
                history = history_of(part, me)
                progress.add(await self._channels.read(place, history, progress=progress.show))
        await self._channels.keep_only(guild_id, channel.id, seen)
        await progress.end()

    async def remove_channel(self, interaction: discord.Interaction[Marv], channel_id: int) -> None:
        """Remove what was read from a channel, and stop following it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._channels.remove(library_of(interaction), channel_id)
        text = say(
            "channel_removed", _language(interaction), channel=f"<#{channel_id}>", documents=removed
        )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)

    async def keep(self, interaction: discord.Interaction[Marv], message: discord.Message) -> None:
        """Show what a message would be kept as, to be changed and sent."""
        if not (text := words_of(message)):
            raise EmptyQuestion
        place, parent_id = message.channel, message.channel.id
        if isinstance(place, discord.Thread):
            if place.is_private():
                raise PrivateThread
            parent_id = place.parent_id
        chosen = ChosenMessage(
            guild_id=library_of(interaction),
            server_id=interaction.guild_id or 0,
            channel_id=parent_id,
            place_id=place.id,
            id=message.id,
            author_id=message.author.id,
            text=text,
        )
        await interaction.response.send_modal(
            KeepForm(self._keeper, chosen, language=_language(interaction))
        )


class KeepForm(Form):
    """The title and the text that a message is kept with."""

    def __init__(self, keeper: MessageKeeper, chosen: ChosenMessage, *, language: Language) -> None:
        super().__init__(title=say("keep_form", language))
        self._keeper, self._chosen, self._language = keeper, chosen, language
        first_line = chosen.text.splitlines()[0][:SUGGESTED_TITLE]
        self._name: discord.ui.TextInput[KeepForm] = discord.ui.TextInput(
            custom_id="title", default=first_line, max_length=MAX_TITLE_CHARACTERS
        )
        self.add_item(discord.ui.Label(text=say("keep_title", language), component=self._name))
        self._text = self.add_text(
            "text", say("keep_text", language), default=chosen.text, longest=MODAL_TEXT
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Keep it, and say for whom."""
        require_staff(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._keeper.keep(
            self._chosen,
            title=self._name.value,
            text=self._text.value,
            kept_by=interaction.user.id,
        )
        text = say(
            "message_kept",
            self._language,
            name=discord.utils.escape_markdown(self._name.value),
            audience=audience_text(Audience(channel_id=self._chosen.channel_id), self._language),
        )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)


class _Progress:
    """Edits the reply while a channel is read, at most about once a second.

    Reading may outlast the fifteen minutes in which a reply can be edited; it
    goes on without.
    """

    def __init__(self, interaction: discord.Interaction[Marv], channel: Source) -> None:
        self._interaction = interaction
        self._name = channel.mention
        self._total = IngestReport()
        self._shown_at = 0.0

    def add(self, report: IngestReport) -> None:
        add(self._total, report)

    async def show(self, report: IngestReport) -> None:
        if time.monotonic() - self._shown_at >= EDIT_SECONDS:
            self._shown_at = time.monotonic()
            await self._say("reading", self._total.chunks + report.chunks)

    async def end(self) -> None:
        chunks = self._total.chunks
        await self._say("channel_added" if chunks else "channel_unchanged", chunks)

    async def _say(self, key: str, chunks: int) -> None:
        text = say(
            key,
            _language(self._interaction),
            name=self._name,
            chunks=chunks,
            documents=self._total.added,
        )
        try:
            await self._interaction.edit_original_response(
                content=text, allowed_mentions=NO_MENTIONS
            )
        except discord.HTTPException as error:
            log.info("The reply can be edited no more: %s", error)


def _commands(add_channel: Handle, remove_channel: Handle) -> Iterator[LibraryCommand]:
    """Yield the commands that stand under another cog's group."""

    @app_commands.check(may_manage)
    @app_commands.describe(channel="Which channel; its public threads are read as well")
    async def adding(interaction: discord.Interaction[Marv], channel: ChosenSource) -> None:
        await add_channel(interaction, channel.id)

    @app_commands.check(may_manage)
    @app_commands.describe(channel="Which channel")
    async def removing(interaction: discord.Interaction[Marv], channel: ChosenSource) -> None:
        await remove_channel(interaction, channel.id)

    yield app_commands.Command(
        name="add-channel",
        description="Read a channel into the library and follow it, for its readers only.",
        callback=adding,
    )
    yield app_commands.Command(
        name="remove-channel",
        description="Remove what was read from a channel and stop following it.",
        callback=removing,
    )


def _language(interaction: discord.Interaction[Marv]) -> Language:
    return from_locale(str(interaction.locale))


async def setup(bot: Marv) -> None:
    """Give the cog the two services it needs."""
    await bot.add_cog(ChannelsCog(bot, bot.services.channels, bot.services.keeper))
