"""The Discord client: the cogs it loads, command sync, and the one error door."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import tracing
from bot.errors import ConfigurationError, MarvError, NotAllowed, Restarting
from bot.language import detect, from_locale
from bot.localisation import MarvTranslator
from bot.models import Language
from bot.pacing import Allowance
from bot.paying import paying
from bot.tracing import Door, Request, Requests
from bot.usage import Payer

if TYPE_CHECKING:
    from bot.services.ask import Ask
    from bot.services.channels import Channels
    from bot.services.chat import Chat
    from bot.services.comparing.advice import Adviser
    from bot.services.dataset import DatasetDesk
    from bot.services.dataset_checking import DatasetChecking
    from bot.services.erasing import Erasing
    from bot.services.exploring.desk import ExploreDesk
    from bot.services.exploring.recommend import Similar
    from bot.services.gaps import Gaps
    from bot.services.health import Health
    from bot.services.inquiries import Inquiries
    from bot.services.kept_messages import MessageKeeper, MessageRights
    from bot.services.leaving import Leaving
    from bot.services.library import LibraryDesk
    from bot.services.moderating import Moderation
    from bot.services.personal_export import PersonalExport
    from bot.services.privacy import Privacy
    from bot.services.promoting import Promoting
    from bot.services.rate import RateLimit
    from bot.services.redaction.name_book import NameBook
    from bot.services.routing import Routing
    from bot.services.running import Running
    from bot.services.search import Search
    from bot.services.settings_desk import SettingsDesk
    from bot.services.spending import Spending
    from bot.services.tuning.charts import LossCharts
    from bot.services.tuning.desk import TuningDesk
    from bot.services.tuning.watch import TuningWatch
    from bot.services.usage_desk import UsageDesk
    from bot.services.votes import Votes
    from bot.services.web_sources import WebSources

log = logging.getLogger(__name__)

COGS = (
    "cogs.ask",
    "cogs.budgets",
    "cogs.chat",
    "cogs.persona",
    "cogs.dataset",
    "cogs.edits",
    "cogs.explore",
    "cogs.feedback",
    "cogs.inquiries",
    "cogs.leaving",
    "cogs.library",
    "cogs.channels",  # after the library, whose group its commands join
    "cogs.following",
    "cogs.names",
    "cogs.privacy",
    "cogs.search",
    "cogs.similar",
    "cogs.status",
    "cogs.stopping",
    "cogs.tune",
    "cogs.tuning_news",
    "cogs.promotion_news",
    "cogs.votes",
)
LOCAL_GUILD = 0
SUBCOMMANDS = (1, 2)  # the types of options that are commands and groups
IDENTIFIES_AT_ONCE = 20
IDENTIFY_SECONDS = 100.0  # 864 a day, and the 20
NO_MENTIONS = discord.AllowedMentions.none()  # on the client, every send and every edit

UNKNOWN_ERROR = {
    Language.ENGLISH: "Something broke, and it was me. Tell an admin this code: `{reference}`.",
    Language.JAPANESE: "何かが壊れました。私の責任です。管理者にこの番号を伝えてください："
    "`{reference}`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the cogs are handed, each the one it uses."""

    ask: Ask
    chat: Chat
    routing: Routing
    running: Running
    search: Search
    library: LibraryDesk
    web: WebSources
    privacy: Privacy
    erasing: Erasing
    names: NameBook
    leaving: Leaving
    personal_export: PersonalExport
    dataset: DatasetDesk
    settings: SettingsDesk
    inquiries: Inquiries
    gaps: Gaps
    explore: ExploreDesk
    similar: Similar
    votes: Votes
    channels: Channels
    keeper: MessageKeeper
    message_rights: MessageRights
    health: Health
    moderation: Moderation
    rate: RateLimit
    spending: Spending
    usage: UsageDesk
    tuning: TuningDesk
    tuning_watch: TuningWatch
    promoting: Promoting
    adviser: Adviser
    checking: DatasetChecking
    loss_charts: LossCharts
    warm_up: Callable[[], Awaitable[None]]


class Marv(commands.Bot):
    """The bot: knows its services and nothing of how they work."""

    def __init__(
        self,
        services: Services,
        *,
        summary: str,
        sync_guild: int | None,
        sync_everywhere: bool = False,
        message_content: bool = False,
    ) -> None:
        intents = discord.Intents.default()
        intents.message_content = message_content
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            allowed_mentions=NO_MENTIONS,
            tree_cls=MarvTree,
        )
        self.services = services
        self.summary = summary
        self.sync_guild = sync_guild
        self.sync_everywhere = sync_everywhere
        self.local_guild_id: int | None = None
        self.requests = Requests()
        self.identifies = Allowance(burst=IDENTIFIES_AT_ONCE, every_seconds=IDENTIFY_SECONDS)

    async def setup_hook(self) -> None:
        """Load every cog, then sync the commands where the operator said."""
        await self.tree.set_translator(MarvTranslator())
        for name in COGS:
            await self.load_extension(name)
        if self.sync_guild is not None:
            await self._sync_to(discord.Object(self.sync_guild))
        elif self.sync_everywhere:
            await self.tree.sync()
        else:
            log.warning("Commands were not synced: set MARV_SYNC_GUILD, or run `marv sync` once")

    def clear(self) -> None:
        """Forget the last connection, so that ``start`` works again after ``close``.

        discord.py 2.7.1 would go on to use the connector that ``close`` closed.
        """
        super().clear()
        self.http.connector = discord.utils.MISSING

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keep below the 1,000 identifies a day after which Discord revokes the token.

        discord.py answers an OSError by backing off, up to 17 minutes.
        """
        if not self.identifies.take():
            raise ConnectionError("too many new sessions: waiting before the next")
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_ready(self) -> None:
        """Say that Marv is there."""
        log.info("Connected as %s to %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        """Leave messages to the cogs: Marv has no prefix commands."""

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log what a listener did not expect, and tell the member where there is one."""
        error = sys.exc_info()[1]
        if not isinstance(error, Exception):
            return
        message = args[0] if args else None
        if isinstance(message, discord.Message):
            await apologise(message, error)
        else:
            explain(error, Language.ENGLISH)

    async def _run_event(
        self,
        coro: Callable[..., Coroutine[Any, Any, Any]],
        event_name: str,
        *args: Any,  # noqa: ANN401 - as discord.py has it
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Run a listener as a request, unless it belongs to one already."""
        if tracing.current() is not None:
            await super()._run_event(coro, event_name, *args, **kwargs)
        elif not self.requests.closing:
            with self.requests.entered(_event(event_name, args)), paying(self._payer(args)):
                await super()._run_event(coro, event_name, *args, **kwargs)

    def library_of(self, guild_id: int | None) -> int:
        """Return whose library a server uses: the playground's server uses the local one."""
        if guild_id is None or guild_id == self.local_guild_id:
            return LOCAL_GUILD
        return guild_id

    def guild_of(self, library: int) -> int:
        """Return the server that uses a library, the other way round."""
        return self.local_guild_id or LOCAL_GUILD if library == LOCAL_GUILD else library

    def _payer(self, args: tuple[object, ...]) -> Payer:
        """Return whose account an event's model calls go on: the author's of a message."""
        message = args[0] if args else None
        if not isinstance(message, discord.Message) or message.guild is None:
            return Payer()
        return Payer(guild_id=self.library_of(message.guild.id), member_id=message.author.id)

    async def _sync_to(self, guild: discord.Object) -> None:
        self.tree.copy_global_to(guild=guild)
        try:
            await self.tree.sync(guild=guild)
        except (discord.Forbidden, discord.NotFound) as error:
            raise ConfigurationError(
                f"MARV_SYNC_GUILD: Marv is not on the server {guild.id}; invite it first."
            ) from error
        log.info("Commands synced to guild %d", guild.id)


class MarvTree(app_commands.CommandTree[Marv]):
    """The one door that every command comes in by, and every failed one leaves by."""

    async def _call(self, interaction: discord.Interaction[Marv]) -> None:
        """Run a command or an autocompletion as a request."""
        autocomplete = interaction.type is discord.InteractionType.autocomplete
        await admit(
            interaction,
            super()._call,
            door="autocomplete" if autocomplete else "command",
            name=_command_name(interaction),
        )

    async def on_error(
        self, interaction: discord.Interaction[Marv], error: app_commands.AppCommandError
    ) -> None:
        """Tell the member what they may know, and the log what happened."""
        await report_error(interaction, error)


async def admit(
    interaction: discord.Interaction[Any],
    work: Callable[[discord.Interaction[Any]], Awaitable[None]],
    *,
    door: Door,
    name: str,
) -> None:
    """Do what an interaction asks as a request of its own; while Marv stops, decline it."""
    requests: Requests = interaction.client.requests
    request = Request(
        door=door, name=name, guild_id=interaction.guild_id, channel_id=interaction.channel_id
    )
    payer = Payer(
        guild_id=interaction.client.library_of(interaction.guild_id),
        member_id=interaction.user.id,
    )
    if not requests.closing:
        with requests.entered(request), paying(payer):
            await work(interaction)
    elif door != "autocomplete":
        await report_error(interaction, Restarting())


async def report_error(interaction: discord.Interaction, error: Exception) -> None:
    """Answer a failed interaction, in the member's language, to the member alone where possible."""
    text = explain(error, from_locale(str(interaction.locale)))
    with contextlib.suppress(discord.HTTPException):
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
        else:
            await interaction.response.send_message(
                text, ephemeral=True, allowed_mentions=NO_MENTIONS
            )


async def apologise(message: discord.Message, error: Exception) -> None:
    """Answer a message that could not be answered, in its own language."""
    with contextlib.suppress(discord.HTTPException):
        await message.reply(
            explain(error, detect(message.content)),
            mention_author=False,
            allowed_mentions=NO_MENTIONS,
        )


def explain(error: Exception, language: Language) -> str:
    """Return a member-safe sentence for an error; log what it does not say."""
    cause = getattr(error, "original", error)
    request = tracing.current()
    if request is not None:
        request.outcome = type(cause).__name__ if isinstance(cause, MarvError) else tracing.BROKEN
    if isinstance(cause, MarvError):
        if cause.__cause__ is not None:
            log.warning("%s: %s", type(cause).__name__, cause)
        return cause.user_message(language)
    if isinstance(cause, app_commands.CheckFailure):
        if request is not None:
            request.outcome = NotAllowed.__name__
        return NotAllowed().user_message(language)
    reference = request.id if request else secrets.token_hex(6)
    log.error("Unhandled error %s", reference, exc_info=cause)
    return UNKNOWN_ERROR[language].format(reference=reference)


def _event(name: str, args: tuple[object, ...]) -> Request:
    """Return the request that an event starts; it counts as work once it leads to a reply."""
    message = args[0] if args else None
    request = Request(door="event", name=name.removeprefix("on_"), worked=False)
    if isinstance(message, discord.Message):
        request.guild_id = message.guild.id if message.guild else None
        request.channel_id = message.channel.id
    return request


def _command_name(interaction: discord.Interaction) -> str:
    """Return a command's name with those of its groups, as Discord sent it."""
    level: Any = interaction.data or {}
    names = [str(level.get("name", "?"))]
    while level.get("options") and level["options"][0].get("type") in SUBCOMMANDS:
        level = level["options"][0]
        names.append(str(level["name"]))
    return " ".join(names)
