"""The playground: the real bot on a simulated Discord, in a local browser page."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from rich.console import Console

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import LOCAL_GUILD, Marv
from bot.errors import ConfigurationError
from bot.services.folders import source_files
from bot.services.ingest import Batch
from bot.settings import SHIPPED_DATA, Settings

if TYPE_CHECKING:
    import simcord

SAMPLE_LIBRARY = SHIPPED_DATA / "library"
GUILD_ID = 1_100_000_000_000_000_000
# A settled action is one whose real work is done; a first answer loads a model.
SETTLE_SECONDS = 300.0
Overwrites = dict[Any, discord.PermissionOverwrite]
LOCALES = {"en": "en-US", "ja": "ja"}

GREETING = """[bold]The playground is open:[/] {url}
This is #{channel}, as a member; switch to the admin in the page.
Try:  /ask question: When does the regatta start?
      /ask question: 日本支部の集まりはいつですか？
      /search query: varnish      /chat message: Good morning, Marv
Stop with Ctrl-C."""


async def run_playground(settings: Settings) -> None:
    """Serve the playground until Ctrl-C or SIGTERM.

    The sample library is ingested when the local library is empty. Raises
    ConfigurationError when the playground is not installed.
    """
    try:
        import simcord
    except ImportError as error:
        raise ConfigurationError(
            "There is no DISCORD_TOKEN, and the playground is not installed:"
            " pip install 'marv[playground]'."
        ) from error
    console = Console(stderr=True)
    async with open_marv(settings) as marv:
        console.print(marv.summary, highlight=False, markup=False)
        await fill_sample_library(marv, console)
        await marv.services.warm_up()
        marv.local_guild_id = GUILD_ID
        async with simcord.run(marv, settle_timeout=SETTLE_SECONDS, check_errors=False) as env:
            hear(marv, LOCALES[settings.playground_language])
            if marv.user is not None:
                await marv.user.edit(username="Marv")
            channel, viewers = furnish(env, settings.playground_channel)
            await choose_staff_channel(marv, env.guild.channels["staff"].id)
            async with env.preview(
                channel,
                viewers=viewers,
                layout="channel",
                locale=LOCALES[settings.playground_language],
                port=settings.playground_port or None,
            ) as preview:
                console.print(
                    GREETING.format(url=preview.url, channel=settings.playground_channel),
                    highlight=False,
                )
                open_browser(preview.url)
                await _until_stopped()


def hear(marv: Marv, locale: str) -> None:
    """Let every command and click come in a language; simcord's come in English."""
    parsers = marv._connection.parsers  # noqa: SLF001 - the one door that all events come by
    parse = parsers["INTERACTION_CREATE"]

    def parse_in_locale(data: dict[str, Any]) -> None:
        parse({**data, "locale": locale})

    parsers["INTERACTION_CREATE"] = parse_in_locale


async def fill_sample_library(marv: Marv, console: Console) -> None:
    """Ingest the sample library into an empty local library."""
    library = marv.services.library
    if await library.documents(LOCAL_GUILD, viewer=sees_everything):
        return
    files = list(source_files([Path(SAMPLE_LIBRARY)]))
    report = await library.ingest.files(Batch(guild_id=LOCAL_GUILD), files)
    console.print(f"Sample library: {report.added} documents, {report.chunks} passages")


async def choose_staff_channel(marv: Marv, channel_id: int) -> None:
    """Give the playground's server its settings, where nobody has chosen any.

    A channel's id changes with each start, so one that is gone counts as none.
    """
    desk = marv.services.settings
    chosen = (await desk.show(LOCAL_GUILD)).staff_channel_id
    if chosen is None or marv.get_channel(chosen) is None:
        await desk.change(
            LOCAL_GUILD, {"staff_channel_id": channel_id, "read_channels": True}, changed_by=0
        )


def furnish(
    env: simcord.Env, chosen: str
) -> tuple[simcord.ChannelHandle, list[simcord.MemberActor]]:
    """Build the simulated server; return the chosen channel and who may look at it."""
    guild = env.create_guild("Lantern Harbor", id=GUILD_ID)
    staff = guild.create_role(
        "Harbor Staff", permissions=discord.Permissions(manage_guild=True, view_channel=True)
    )
    member = guild.add_member(env.create_user("newcomer", global_name="Newcomer"))
    admin = guild.add_member(env.create_user("mirela", global_name="Mirela (admin)"), roles=[staff])
    hidden: Overwrites = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        staff: discord.PermissionOverwrite(view_channel=True),
    }
    if guild.me is not None:
        hidden[guild.me] = discord.PermissionOverwrite(view_channel=True)
    channels = {
        "ask-marv": guild.create_text_channel("ask-marv", topic="Ask Marv about the harbor"),
        "dry-dock": guild.create_text_channel("dry-dock", topic="Introductions"),
        "staff": guild.create_text_channel("staff", topic="Staff only", overwrites=hidden),
    }
    viewers = [admin] if chosen == "staff" else [member, admin]
    return channels[chosen], viewers


def open_browser(url: str) -> None:
    """Open the page where there is a browser with a window; a text browser would block."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
