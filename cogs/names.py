"""Names: notes what the people are called that Marv meets, for redaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.client import Marv
from bot.errors import MarvError
from bot.services.redaction.name_book import NameBook

log = logging.getLogger(__name__)
Person = tuple[int, tuple[str, ...]]  # an id and what its member is called
CALLED = ("nick", "global_name", "username")


class NamesCog(commands.Cog):
    """Learns the names of whoever writes, asks or is mentioned; bots have none to hide."""

    def __init__(self, bot: Marv, names: NameBook) -> None:
        self._bot = bot
        self._names = names

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Learn who wrote a message, and whom it mentions."""
        if message.guild is None or message.webhook_id is not None:
            return
        people = {each.id: each for each in (message.author, *message.mentions) if not each.bot}
        await self._learn(message.guild.id, map(_person, people.values()))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Marv]) -> None:
        """Learn who used a command, and whom it was used on."""
        if interaction.guild_id is None:
            return
        people = dict([_person(interaction.user), *_resolved(interaction)])
        await self._learn(interaction.guild_id, people.items())

    async def _learn(self, guild_id: int, people: Iterable[Person]) -> None:
        library = self._bot.library_of(guild_id)
        try:
            for user_id, names in people:
                await self._names.learn(library, user_id, names)
        except MarvError as error:  # who asked must not pay for it
            log.warning("Names were not noted: %s", error)


def _person(user: discord.abc.User) -> Person:
    names = (getattr(user, "nick", None), getattr(user, "global_name", None), user.name)
    return user.id, tuple(name for name in names if name)


def _resolved(interaction: discord.Interaction[Marv]) -> Iterator[Person]:
    """Yield the people whom Discord sent along with a command, as it sent them."""
    sent: Any = interaction.data or {}
    resolved: Mapping[str, Any] = sent.get("resolved") or {}
    members: Mapping[str, Any] = resolved.get("members") or {}
    for id_, user in (resolved.get("users") or {}).items():
        if not user.get("bot"):
            yield int(id_), _called({**user, **members.get(id_, {})})
    for message in (resolved.get("messages") or {}).values():
        for user in (message["author"], *message.get("mentions", ())):
            if not user.get("bot") and not message.get("webhook_id"):
                yield int(user["id"]), _called(user)


def _called(user: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(user[key]) for key in CALLED if user.get(key))


async def setup(bot: Marv) -> None:
    """Give the cog the book of names."""
    await bot.add_cog(NamesCog(bot, bot.services.names))
