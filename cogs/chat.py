"""Chat: conversation by command, by mention and by reply."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.errors import Unreadable
from bot.language import from_locale
from bot.models import Provenance, TurnId
from bot.services.chat import Chat
from bot.services.inquiries import Inquiries
from bot.services.turns import Asker
from cogs.ask import asker_of
from cogs.delivery import (
    deliver,
    interaction_edit,
    interaction_send,
    message_edit,
    message_send,
)
from cogs.render import COLOUR
from cogs.texts import say
from cogs.unanswered import admission
from cogs.viewers import audience_channel, viewer_in


class ChatCog(commands.Cog):
    """Talks."""

    persona = app_commands.Group(name="persona", description="Who Marv is.", guild_only=True)

    def __init__(self, bot: Marv, chat: Chat, inquiries: Inquiries) -> None:
        self._bot = bot
        self._chat = chat
        self._inquiries = inquiries

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(message="What you want to say")
    async def chat(self, interaction: discord.Interaction[Marv], message: str) -> None:
        """Talk with Marv, if you must."""
        asker = asker_of(interaction, Provenance.INTERACTION, private=False)
        updates = self._chat.reply(asker, message)
        await interaction.response.defer(thinking=True)
        delivered = await deliver(
            updates,
            edit=interaction_edit(interaction),
            send=interaction_send(interaction, private=False),
            close=admission(self._inquiries, asker, interaction.guild, only_abstained=True),
        )
        await self._chat.recorder.delivered(delivered.turn_id, delivered.message.id)

    @persona.command(name="show")
    async def show(self, interaction: discord.Interaction[Marv]) -> None:
        """Show the persona that answers here."""
        language = from_locale(str(interaction.locale))
        persona = self._chat.recorder.persona
        embed = discord.Embed(description=persona.system_prompt[language], colour=COLOUR)
        await interaction.response.send_message(
            say("persona", language, name=persona.name, version=persona.version),
            embed=embed,
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a mention or a reply, never another bot."""
        me = self._bot.user
        if message.author.bot or message.guild is None or me is None:
            return
        if not self._is_addressed(message, me):
            return
        if not message.content:
            raise Unreadable
        parent_id = await self._parent(message)
        text = message.content.replace(f"<@{me.id}>", "").replace(f"<@!{me.id}>", "").strip()
        async with message.channel.typing():
            asker = self._asker(message, message.guild)
            updates = self._chat.reply(asker, text, parent_id=parent_id)
            delivered = await deliver(
                updates,
                edit=message_edit(message),
                send=message_send(message),
                close=admission(self._inquiries, asker, message.guild, only_abstained=True),
            )
        await self._chat.recorder.delivered(delivered.turn_id, delivered.message.id)

    def _is_addressed(self, message: discord.Message, me: discord.ClientUser) -> bool:
        """Tell whether a message is meant for Marv: names it, or replies to it."""
        if me in message.mentions:
            return True
        replied = message.reference.resolved if message.reference else None
        return isinstance(replied, discord.Message) and replied.author.id == me.id

    async def _parent(self, message: discord.Message) -> TurnId | None:
        if message.reference is None or message.reference.message_id is None:
            return None
        return await self._chat.turn_of(message.reference.message_id)

    def _asker(self, message: discord.Message, guild: discord.Guild) -> Asker:
        return Asker(
            guild_id=self._bot.library_of(guild.id),
            channel_id=message.channel.id,
            author_id=message.author.id,
            provenance=Provenance.MESSAGE,
            viewer=viewer_in(guild, message.channel.id),
            audience_channel_id=audience_channel(message.channel, message.channel.id),
        )


async def setup(bot: Marv) -> None:
    """Give the cog what talks, and where a question goes that has no answer."""
    await bot.add_cog(ChatCog(bot, bot.services.chat, bot.services.inquiries))
