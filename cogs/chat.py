"""Chat: conversation by command, by mention, by reply, in threads and direct messages."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.errors import MarvError, Unreadable
from bot.faults.money import BudgetSpent
from bot.language import detect
from bot.models import Provenance, TurnId, TurnKind
from bot.services.library import shortened
from bot.services.memory import Place
from bot.services.speaking import Heard, Reaction, reaction_to
from bot.services.turns import Asker, Progress
from bot.usage import Payer
from cogs.ask import asker_of
from cogs.closings import NewConversationButton, closing_of
from cogs.delivery import Show, deliver
from cogs.doors import (
    channel_edit,
    channel_send,
    interaction_edit,
    interaction_send,
    message_edit,
)
from cogs.edits import without_mention
from cogs.notice import offer_notice
from cogs.stopping import stoppable
from cogs.texts import say
from cogs.viewers import audience_channel, member_eyes, viewer_in

log = logging.getLogger(__name__)

THREAD_NAME_CHARACTERS = 80
MOST_SERVERS = 25  # looked through for the author of a direct message


class ChatCog(commands.Cog):
    """Talks."""

    def __init__(self, bot: Marv) -> None:
        self._bot = bot
        self._services = bot.services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(message="What you want to say")
    async def chat(self, interaction: discord.Interaction[Marv], message: str) -> None:
        """Talk with Marv, if you must."""
        services = self._services
        asker = asker_of(interaction, Provenance.INTERACTION, private=False)
        place = _place(asker.guild_id, interaction.channel, interaction.user.id)
        await services.rate.admit(asker.guild_id, asker.author_id)
        with services.running.writing(interaction.user.id) as writing:
            updates = services.chat.reply(asker, message, place=place, stop=writing.stop)
            await services.chat.recorder.screened(
                asker, message, kind=TurnKind.CHAT, manners=services.chat.manners
            )
            await interaction.response.defer(thinking=True)
            delivered = await deliver(
                updates,
                edit=interaction_edit(interaction, private=False),
                send=interaction_send(interaction, private=False),
                close=closing_of(services.inquiries, asker, interaction.guild, place=place),
                stoppable=stoppable(services.running, writing, asker.locale),
            )
        await services.chat.recorder.delivered(delivered.turn_id, delivered.message.id)
        await offer_notice(self._bot, interaction)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer what is meant for Marv, as the channel's settings have it."""
        me = self._bot.user
        if me is None or message.author.bot or message.webhook_id is not None:
            return
        if message.guild is None:
            await self._answer_direct(message)
            return
        heard = _heard(message, me)
        if not (heard.addressed or heard.own_thread or heard.text):
            return
        guild_id = self._bot.library_of(message.guild.id)
        preferences = await self._services.settings.show(
            guild_id, settings_channel(message.channel)
        )
        reaction = reaction_to(heard, preferences, now=datetime.now(UTC))
        if reaction is Reaction.ANSWER_IF_SURE:
            await self._answer_if_sure(message, message.guild)
        elif reaction is not Reaction.SILENCE:
            if not message.content:
                raise Unreadable
            await self._answer(message, message.guild, me, reaction)

    async def _answer(
        self,
        message: discord.Message,
        guild: discord.Guild,
        me: discord.ClientUser,
        reaction: Reaction,
    ) -> None:
        text = without_mention(message.content, me.id)
        payer = Payer(guild_id=self._bot.library_of(guild.id), member_id=message.author.id)
        await self._services.rate.admit(payer.guild_id, payer.member_id)
        where: discord.abc.MessageableChannel = message.channel
        if reaction is Reaction.REPLY_IN_THREAD:
            with contextlib.suppress(BudgetSpent):  # no thread in which nothing would be said
                await self._services.spending.check(payer, self._services.chat.recorder.model)
                where = await _open_thread(message, text)
        edit, send = message_edit(message), channel_send(where)
        if where is not message.channel:
            edit = channel_edit(where)
        asker = self._asker(message, guild, where)
        in_thread = isinstance(where, discord.Thread)
        place = _place(asker.guild_id, where, 0) if in_thread else None
        parent_id = None if in_thread else await self._parent(message)
        await self._converse(
            message, text, asker, place, parent_id, guild=guild, edit=edit, send=send
        )

    async def _answer_direct(self, message: discord.Message) -> None:
        """Answer a direct message from the documents of the one server that both are on."""
        member, refusal = await self._member_behind(message.author)
        if member is None:
            await message.channel.send(
                say(refusal, detect(message.content)), allowed_mentions=NO_MENTIONS
            )
            return
        guild_id = self._bot.library_of(member.guild.id)
        heard = Heard(
            text=message.content,
            author_id=member.id,
            roles=[role.id for role in member.roles],
            addressed=True,
            direct=True,
        )
        preferences = await self._services.settings.show(guild_id)
        if reaction_to(heard, preferences, now=datetime.now(UTC)) is Reaction.SILENCE:
            return
        asker = Asker(
            guild_id=guild_id,
            channel_id=message.channel.id,
            author_id=message.author.id,
            provenance=Provenance.MESSAGE,
            viewer=member_eyes(member),
            private=True,
            message_id=message.id,
        )
        await self._services.rate.admit(asker.guild_id, asker.author_id)
        place = _place(asker.guild_id, message.channel, 0)
        edit, send = channel_edit(message.channel), channel_send(message.channel)
        await self._converse(
            message, message.content, asker, place, None, guild=None, edit=edit, send=send
        )

    async def _converse(
        self,
        message: discord.Message,
        text: str,
        asker: Asker,
        place: Place | None,
        parent_id: TurnId | None,
        *,
        guild: discord.Guild | None,
        edit: Show,
        send: Show,
    ) -> None:
        services = self._services
        with services.running.writing(asker.author_id) as writing:
            async with message.channel.typing():
                updates = services.chat.reply(
                    asker, text, parent_id=parent_id, place=place, stop=writing.stop
                )
                delivered = await deliver(
                    updates,
                    edit=edit,
                    send=send,
                    close=closing_of(services.inquiries, asker, guild, place=place),
                    stoppable=stoppable(services.running, writing, detect(text)),
                )
        await services.chat.recorder.delivered(delivered.turn_id, delivered.message.id)
        await offer_notice(self._bot, message)

    async def _answer_if_sure(self, message: discord.Message, guild: discord.Guild) -> None:
        """Answer a question that was asked of nobody, or say nothing at all."""
        services = self._services
        asker = replace(self._asker(message, guild, message.channel), unasked=True)
        updates = services.ask.answer_if_sure(asker, message.content)
        try:
            only = await anext(updates, None)
        except BudgetSpent:
            return
        except MarvError as error:
            log.warning("Nobody asked Marv, so nobody is told: %s", error)
            return
        finally:
            await updates.aclose()
        if only is None:
            return

        async def once() -> AsyncGenerator[Progress, None]:
            yield only

        delivered = await deliver(
            once(),
            edit=message_edit(message),
            send=channel_send(message.channel),
            close=closing_of(services.inquiries, asker, guild),
        )
        await services.ask.recorder.delivered(delivered.turn_id, delivered.message.id)
        await offer_notice(self._bot, message)

    async def _parent(self, message: discord.Message) -> TurnId | None:
        if message.reference is None or message.reference.message_id is None:
            return None
        turn = await self._services.chat.turn_of(message.reference.message_id)
        return turn.id if turn else None

    async def _member_behind(
        self, user: discord.User | discord.Member
    ) -> tuple[discord.Member | None, str]:
        """Return the author of a direct message as the member of the one server in common."""
        found: list[discord.Member] = []
        for guild in self._bot.guilds[:MOST_SERVERS]:
            try:
                found.append(guild.get_member(user.id) or await guild.fetch_member(user.id))
            except discord.NotFound:
                continue
        if len(found) == 1:
            return found[0], ""
        return None, "direct_several" if found else "direct_nobody"

    def _asker(
        self,
        message: discord.Message,
        guild: discord.Guild,
        where: discord.abc.MessageableChannel,
    ) -> Asker:
        return Asker(
            guild_id=self._bot.library_of(guild.id),
            channel_id=where.id,
            author_id=message.author.id,
            provenance=Provenance.MESSAGE,
            viewer=viewer_in(guild, message.channel.id),
            audience_channel_id=audience_channel(message.channel, message.channel.id),
            message_id=message.id,
        )


def settings_channel(channel: object) -> int | None:
    """Return the channel whose settings hold at a place: a thread's are its parent's."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return channel.id if isinstance(channel, discord.abc.Snowflake) else None


def _heard(message: discord.Message, me: discord.ClientUser) -> Heard:
    replied = message.reference.resolved if message.reference else None
    to_me = isinstance(replied, discord.Message) and replied.author.id == me.id
    channel, author = message.channel, message.author
    thread = channel if isinstance(channel, discord.Thread) else None
    return Heard(
        text=message.content,
        author_id=author.id,
        roles=[role.id for role in author.roles] if isinstance(author, discord.Member) else [],
        addressed=me in message.mentions or to_me,
        in_thread=thread is not None,
        own_thread=thread is not None and thread.owner_id == me.id,
    )


def _place(guild_id: int, channel: object, member_id: int) -> Place:
    """Return where a conversation goes on: a thread is shared, a channel is each member's."""
    shared = isinstance(channel, discord.Thread | discord.DMChannel)
    channel_id = channel.id if isinstance(channel, discord.abc.Snowflake) else 0
    return Place(guild_id=guild_id, channel_id=channel_id, member_id=0 if shared else member_id)


async def _open_thread(message: discord.Message, text: str) -> discord.abc.MessageableChannel:
    """Open a thread at a message; where Marv may not, the channel has to do."""
    name = shortened(" ".join(text.split()), THREAD_NAME_CHARACTERS) or "Marv"
    try:
        return await message.create_thread(name=name)
    except discord.Forbidden:
        log.warning("No right to open threads in channel %d: replying there", message.channel.id)
        return message.channel


async def setup(bot: Marv) -> None:
    """Give the cog what talks, and where a question goes that has no answer."""
    bot.add_dynamic_items(NewConversationButton)
    await bot.add_cog(ChatCog(bot))
