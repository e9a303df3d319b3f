"""Who leaves: members, accounts, and Marv itself."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord.ext import commands

from bot.client import LOCAL_GUILD, Marv
from bot.errors import MarvError
from bot.services.leaving import Found, Leaving
from cogs.forgetting import delete_replies

log = logging.getLogger(__name__)

LOOK_SECONDS = 3600.0
DELETED_ACCOUNT = ("deleted_user", "Deleted User")  # what Discord calls those who are no more


class LeavingCog(commands.Cog):
    """Notices departures without the privileged intent: it asks, a bounded number an hour.

    Where Discord tells it by itself, the better.
    """

    def __init__(self, bot: Marv, leaving: Leaving) -> None:
        self._bot = bot
        self._leaving = leaving
        self._task: asyncio.Task[None] | None = None

    async def cog_unload(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin to look, once."""
        if self._task is None:
            self._task = asyncio.create_task(self._look_forever(), name="departures")
            self._task.add_done_callback(_log_failure)

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Note a departure; Discord tells it only with the members intent."""
        await self._leaving.went(self._bot.library_of(payload.guild_id), payload.user.id)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Note a return; Discord tells it only with the members intent."""
        await self._leaving.came(self._bot.library_of(member.guild.id), member.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Let the time of everybody on a server run that Marv was removed from."""
        gone = await self._leaving.server_left(self._bot.library_of(guild.id))
        log.info("Removed from server %d: the time of %d members runs", guild.id, gone)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Stop the clocks of a server that took Marv back."""
        await self._leaving.server_joined(self._bot.library_of(guild.id))

    async def look(self) -> None:
        """Ask about some members, erase whose time is over, and delete waiting replies."""
        servers = frozenset(self._bot.library_of(guild.id) for guild in self._bot.guilds)
        servers -= {LOCAL_GUILD}
        await self._leaving.look(self._found, servers=servers)
        for receipt in await self._leaving.erase_due(self._found, servers=servers):
            log.info("Erased a member who is gone: receipt %s", receipt.id)
        await self._bot.services.names.drop_guilds(besides=servers | {LOCAL_GUILD})
        for guild_id, user_id in await self._leaving.erasing.store.members_with_replies():
            await delete_replies(self._bot, guild_id, user_id)

    async def _look_forever(self) -> None:
        while True:
            try:
                await self.look()
            except MarvError as error:
                log.warning("Departures were not looked at: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _found(self, guild_id: int, user_id: int) -> Found:
        """Ask Discord about a member."""
        guild = self._bot.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return Found.UNKNOWN
        try:
            await guild.fetch_member(user_id)
        except discord.NotFound:
            return await self._without_account(user_id)
        except discord.HTTPException:
            return Found.UNKNOWN
        return Found.THERE

    async def _without_account(self, user_id: int) -> Found:
        """Tell whether somebody who is gone has deleted their account."""
        try:
            user = await self._bot.fetch_user(user_id)
        except discord.NotFound:
            return Found.DELETED
        except discord.HTTPException:
            return Found.GONE
        return Found.DELETED if user.name.startswith(DELETED_ACCOUNT) else Found.GONE


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("%s ended", task.get_name(), exc_info=error)


async def setup(bot: Marv) -> None:
    """Give the cog the one service it needs."""
    await bot.add_cog(LeavingCog(bot, bot.services.leaving))
