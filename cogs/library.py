"""The library: documents in, documents out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.audience import EVERYONE
from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Document, Language
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason
from bot.services.ingest import Batch, IngestReport
from bot.services.library import LibraryDesk
from bot.services.web_sources import DEFAULT_PAGES, MAX_PAGES, WebSources
from cogs.audiences import Readable, audience_text, chosen_audience
from cogs.delivery import EDIT_SECONDS
from cogs.guards import library_of, may_manage
from cogs.pager import show_pages
from cogs.render import COLOUR
from cogs.texts import say
from cogs.viewers import viewer_of
from cogs.web_reports import show_report, web_progress

PER_PAGE = 10


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class LibraryCog(
    commands.GroupCog,
    group_name="library",
    group_description="The documents that Marv answers from.",
):
    """Lets staff keep the library."""

    def __init__(self, library: LibraryDesk, web: WebSources) -> None:
        self._library = library
        self._web = web

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Check the right on our side too."""
        return may_manage(interaction)

    @app_commands.command(name="add-file")
    @app_commands.describe(
        file="Markdown, text, reST, HTML, PDF, Word, CSV or JSON lines",
        channel="Only for those who may read this channel",
        role="Only for members with this role",
    )
    async def add_file(
        self,
        interaction: discord.Interaction[Marv],
        file: discord.Attachment,
        channel: Readable | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Add a document from a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if file.size > MAX_FILE_BYTES:
            raise DocumentRefused(file.filename, RefusalReason.TOO_LARGE)
        content = await file.read()
        report = await self._library.add_file(
            library_of(interaction),
            file.filename,
            content,
            added_by=interaction.user.id,
            audience=chosen_audience(interaction, channel, role),
            progress=_progress_message(interaction, file.filename),
        )
        await self._report(interaction, file.filename, report)

    @app_commands.command(name="add-text")
    @app_commands.describe(
        title="What the document is called",
        text="The text, in Markdown",
        channel="Only for those who may read this channel",
        role="Only for members with this role",
    )
    async def add_text(
        self,
        interaction: discord.Interaction[Marv],
        title: str,
        text: str,
        channel: Readable | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Add a document by typing it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        report = await self._library.add_text(
            library_of(interaction),
            title=title,
            text=text,
            added_by=interaction.user.id,
            audience=chosen_audience(interaction, channel, role),
        )
        await self._report(interaction, title, report)

    @app_commands.command(name="add-url")
    @app_commands.describe(
        url="The address of a page, a PDF or a sitemap",
        pages="At most how many pages of a sitemap",
        channel="Only for those who may read this channel",
        role="Only for members with this role",
    )
    async def add_url(
        self,
        interaction: discord.Interaction[Marv],
        url: str,
        pages: app_commands.Range[int, 1, MAX_PAGES] = DEFAULT_PAGES,
        channel: Readable | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Add a page, a PDF or the pages of a sitemap from the web."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        batch = Batch(
            guild_id=library_of(interaction),
            added_by=interaction.user.id,
            audience=chosen_audience(interaction, channel, role),
        )
        report = await self._web.add(batch, url, pages=pages, progress=web_progress(interaction))
        await show_report(interaction, report)

    @app_commands.command()
    @app_commands.describe(source="Which address; all of them without")
    async def refresh(self, interaction: discord.Interaction[Marv], source: str = "") -> None:
        """Read the pages again and mark those that are gone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        report = await self._web.refresh(
            library_of(interaction),
            source,
            viewer=viewer_of(interaction, private=True),
            progress=web_progress(interaction),
        )
        await show_report(interaction, report)

    @refresh.autocomplete("source")
    async def _suggest_source(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        if not may_manage(interaction):
            return []
        sources = await self._web.suggest(
            library_of(interaction), typed, viewer=viewer_of(interaction, private=True)
        )
        return [
            app_commands.Choice(name=source.address[:100], value=str(source.id))
            for source in sources
        ]

    @app_commands.command(name="list")
    async def list_documents(self, interaction: discord.Interaction[Marv]) -> None:
        """List the documents."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = from_locale(str(interaction.locale))
        documents = await self._library.documents(
            library_of(interaction), viewer=viewer_of(interaction, private=True)
        )

        def page(number: int) -> discord.Embed:
            shown = documents[number * PER_PAGE : (number + 1) * PER_PAGE]
            lines = [_document_line(document, language) for document in shown]
            return discord.Embed(
                title=say("library", language),
                description="\n".join(lines) or say("library_empty", language),
                colour=COLOUR,
            )

        pages = max(1, -(-len(documents) // PER_PAGE))
        await show_pages(interaction, page, pages=pages, language=language, private=True)

    @app_commands.command()
    @app_commands.describe(document="Which document")
    async def remove(self, interaction: discord.Interaction[Marv], document: str) -> None:
        """Remove a document."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._library.remove(
            library_of(interaction), document, viewer=viewer_of(interaction, private=True)
        )
        language = from_locale(str(interaction.locale))
        name = discord.utils.escape_markdown(removed.title)
        await interaction.followup.send(
            say("removed", language, name=name), allowed_mentions=NO_MENTIONS
        )

    @app_commands.command()
    @app_commands.describe(
        document="Which document",
        channel="Only for those who may read this channel",
        role="Only for members with this role",
    )
    async def audience(
        self,
        interaction: discord.Interaction[Marv],
        document: str,
        channel: Readable | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Set who may see a document; without a channel or role, everyone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        audience = chosen_audience(interaction, channel, role) or EVERYONE
        changed = await self._library.set_audience(
            library_of(interaction),
            document,
            audience,
            viewer=viewer_of(interaction, private=True),
        )
        language = from_locale(str(interaction.locale))
        text = say(
            "audience_set",
            language,
            name=discord.utils.escape_markdown(changed.title),
            audience=audience_text(audience, language),
        )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)

    @audience.autocomplete("document")
    @remove.autocomplete("document")
    async def _suggest(
        self, interaction: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        if not may_manage(interaction):
            return []
        documents = await self._library.suggest(
            library_of(interaction), typed, viewer=viewer_of(interaction, private=True)
        )
        return [
            app_commands.Choice(name=document.title[:100], value=str(document.id))
            for document in documents
        ]

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[Marv]) -> None:
        """Show how much the library holds."""
        status = await self._library.status(
            library_of(interaction), viewer=viewer_of(interaction, private=True)
        )
        language = from_locale(str(interaction.locale))
        when = (
            discord.utils.format_dt(status.updated_at)
            if status.updated_at
            else say("never", language)
        )
        text = say(
            "library_status",
            language,
            documents=status.documents,
            chunks=status.chunks,
            tokens=status.tokens,
            when=when,
        )
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NO_MENTIONS)

    async def _report(
        self, interaction: discord.Interaction[Marv], name: str, report: IngestReport
    ) -> None:
        text = say(
            "unchanged" if report.unchanged and not report.chunks else "added",
            from_locale(str(interaction.locale)),
            name=discord.utils.escape_markdown(name),
            chunks=report.chunks,
            embedded=report.embedded,
        )
        await interaction.edit_original_response(content=text, allowed_mentions=NO_MENTIONS)


def _document_line(document: Document, language: Language) -> str:
    return say(
        "document_line",
        language,
        id=document.id,
        title=discord.utils.escape_markdown(document.title),
        source=discord.utils.escape_markdown(document.source),
        chunks=document.chunks,
    ) + _remarks(document, language)


def _remarks(document: Document, language: Language) -> str:
    """Say who may see a document, where not everyone may, and that its source is gone."""
    remarks = ""
    if document.audience != EVERYONE:
        remarks += " · " + audience_text(document.audience, language)
    if document.stale_since:
        when = discord.utils.format_dt(document.stale_since, "d")
        remarks += " · " + say("stale", language, when=when)
    return remarks


def _progress_message(
    interaction: discord.Interaction[Marv], name: str
) -> Callable[[int, int, IngestReport], None]:
    """Return a progress that edits the reply, at most about once a second."""
    language = from_locale(str(interaction.locale))
    shown_at = 0.0
    edits: set[asyncio.Task[object]] = set()

    def progress(done: int, total: int, report: IngestReport) -> None:
        nonlocal shown_at
        if done == total or time.monotonic() - shown_at < EDIT_SECONDS:
            return
        shown_at = time.monotonic()
        text = say(
            "reading",
            language,
            name=discord.utils.escape_markdown(name),
            chunks=report.chunks,
        )
        edit = asyncio.create_task(
            interaction.edit_original_response(content=text, allowed_mentions=NO_MENTIONS)
        )
        edits.add(edit)
        edit.add_done_callback(edits.discard)

    return progress


async def setup(bot: Marv) -> None:
    """Give the cog the two services it needs."""
    await bot.add_cog(LibraryCog(bot.services.library, bot.services.web))
