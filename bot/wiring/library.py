"""Wires the library: documents in, the index beside them, and search over both."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.adapters import chroma
from bot.adapters.chroma_server import ChromaServer
from bot.adapters.chroma_shelf import ForeignChromaShelf, OwnChromaShelf
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.adapters.sqlite import SqliteChannels, SqliteLibrary, SqliteSources
from bot.errors import IndexUnavailable
from bot.explore_desk import MIN_SIMILARITY, open_similar
from bot.opening import Models, open_reranker
from bot.ports import Reranker
from bot.ports.erasure import IndexShelf
from bot.services.channels import Channels
from bot.services.exploring.recommend import Similar
from bot.services.health import Health, Piece
from bot.services.index_renewal import IndexRenewal
from bot.services.ingest import Ingest
from bot.services.kept_messages import MessageKeeper, MessageRights
from bot.services.library import LibraryDesk
from bot.services.metering import MeteredReranker
from bot.services.search import Samples, Search
from bot.services.stretches import StretchWriter
from bot.services.web_pages import WebPages
from bot.services.web_sources import WebSources
from bot.settings import RERANK_BY_CHAT, Settings, reveal
from bot.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryServices:
    """What knows documents: where they come from, and how they are found again."""

    health: Health
    desk: LibraryDesk
    search: Search
    similar: Similar
    web: WebSources
    channels: Channels
    keeper: MessageKeeper
    message_rights: MessageRights
    renewal: IndexRenewal


async def open_library(foundation: Foundation, stack: AsyncExitStack) -> LibraryServices:
    """Start Chroma and the parser, and return what stands on them; ``stack`` stops them."""
    database = foundation.database
    health = Health()
    server = await _start_chroma(foundation.settings, health, stack)
    index = _index(foundation.settings, server, foundation.models, stack)
    ingest = _ingest(foundation, index, health, stack)
    search = _search(foundation, ingest, stack)
    pages = WebPages(
        fetcher=foundation.fetcher,
        store=SqliteSources(database),
        library=ingest.library,
        ingest=ingest,
    )
    messages = SqliteChannels(database)
    writer = StretchWriter(store=messages, ingest=ingest)
    return LibraryServices(
        health=health,
        desk=LibraryDesk(library=ingest.library, ingest=ingest),
        search=search,
        similar=open_similar(search),
        web=WebSources(pages=pages),
        channels=Channels(store=messages, settings=foundation.spending.settings, writer=writer),
        keeper=MessageKeeper(store=messages, writer=writer),
        message_rights=MessageRights(store=messages, writer=writer),
        renewal=IndexRenewal(shelf=_shelf(server, index), ingest=ingest),
    )


async def _start_chroma(
    settings: Settings, health: Health, stack: AsyncExitStack
) -> ChromaServer | None:
    """Start a Chroma of our own, unless the settings name another; it may be slow to come."""
    if settings.chroma_url:
        return None
    server = ChromaServer(directory=settings.chroma_dir)
    stack.push_async_callback(server.stop)
    try:
        await server.start()
    except IndexUnavailable as error:
        health.lost(Piece.INDEX, error)
    return server


def _index(
    settings: Settings, server: ChromaServer | None, models: Models, stack: AsyncExitStack
) -> chroma.LateIndex:
    index = chroma.LateIndex(
        url=server.url if server else settings.chroma_url or "",
        api_key=reveal(settings.chroma_api_key),
        space=lambda: models.embedder.space,
    )
    stack.push_async_callback(index.close)
    return index


def _shelf(server: ChromaServer | None, index: chroma.LateIndex) -> IndexShelf:
    """Return where the index lies: with a Chroma of our own, or with somebody's."""
    if server is None:
        return ForeignChromaShelf(index=index)
    return OwnChromaShelf(server=server, index=index)


def _ingest(
    foundation: Foundation, index: chroma.LateIndex, health: Health, stack: AsyncExitStack
) -> Ingest:
    parser = SandboxedParser()
    stack.push_async_callback(parser.close)
    return Ingest(
        library=SqliteLibrary(foundation.database),
        index=index,
        embedder=foundation.models.embedder,
        parser=parser,
        health=health,
    )


def _search(foundation: Foundation, ingest: Ingest, stack: AsyncExitStack) -> Search:
    models = foundation.models
    return Search(
        library=ingest.library,
        index=ingest.index,
        embedder=models.embedder,
        min_similarity=MIN_SIMILARITY.get(models.embedder.space.model, 0.0),
        samples=Samples(library=ingest.library),
        reranker=_reranker(foundation, stack),
        health=ingest.health,
        metrics=foundation.metrics,
    )


def _reranker(foundation: Foundation, stack: AsyncExitStack) -> Reranker | None:
    settings = foundation.settings
    reranker = open_reranker(settings, foundation.models.chat, stack)
    if reranker is None:
        return None
    by_chat = settings.rerank_model == RERANK_BY_CHAT
    return MeteredReranker(
        reranker,
        settings.rerank_model or "",
        foundation.metrics,
        None if by_chat else foundation.spending,
        foundation.models.counter,
    )
