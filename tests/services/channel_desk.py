"""A library fed from a simulated channel: what Discord has, and what Marv makes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.sqlite import SqliteChannels, SqliteLibrary, SqliteSettings
from bot.adapters.sqlite.database import Database, open_database
from bot.channels import AddedChannel, ChannelMessage, Place
from bot.models import Document
from bot.services.channels import Channels, History
from bot.services.ingest import Ingest
from bot.services.kept_messages import MessageKeeper, MessageRights
from bot.services.settings_desk import SettingsDesk
from bot.services.stretches import StretchWriter
from tests.fakes import FakeEmbedder, FakeExactIndex, FakeParser

GUILD, STAFF = 7, 99
ALICE, BO = 1, 2
START = datetime(2026, 1, 1, tzinfo=UTC)
HARBOR = Place(guild_id=GUILD, channel_id=1000, id=1000, title="harbor")
HARBOR_CHANNEL = AddedChannel(guild_id=GUILD, server_id=77, channel_id=1000, added_by=STAFF)


@dataclass(slots=True)
class FakeDiscord:
    """Places with their messages, by id; remembers how far its history was read."""

    messages: dict[int, dict[int, ChannelMessage]] = field(default_factory=dict)
    next_id: int = 10_000
    now: datetime = START
    handed_out: int = 0
    breaks_after: int | None = None

    def say(
        self,
        text: str,
        *,
        place: Place = HARBOR,
        author: int = ALICE,
        after: timedelta = timedelta(minutes=1),
        by_member: bool = True,
    ) -> ChannelMessage:
        self.now += after
        self.next_id += 1
        message = ChannelMessage(
            id=self.next_id, author_id=author, sent_at=self.now, text=text, by_member=by_member
        )
        self.messages.setdefault(place.id, {})[message.id] = message
        return message

    def edit(self, message: ChannelMessage, text: str, *, place: Place = HARBOR) -> ChannelMessage:
        edited = replace(message, text=text)
        self.messages[place.id][message.id] = edited
        return edited

    def delete(self, message: ChannelMessage, *, place: Place = HARBOR) -> None:
        del self.messages[place.id][message.id]

    def history(self, place: Place = HARBOR) -> History:
        async def messages(after: int) -> AsyncIterator[ChannelMessage]:
            for each in sorted(self.messages.get(place.id, {}).values(), key=lambda m: m.id):
                if each.id > after:
                    if self.handed_out == self.breaks_after:
                        raise ConnectionError
                    self.handed_out += 1
                    yield each

        return messages


@dataclass(slots=True)
class Desk:
    """The services over one database."""

    database: Database
    library: SqliteLibrary
    embedder: FakeEmbedder
    channels: Channels
    keeper: MessageKeeper
    rights: MessageRights

    async def allow(self, *, allowed: bool = True) -> None:
        await self.channels.settings.change(GUILD, {"read_channels": allowed}, changed_by=STAFF)

    async def documents(self) -> tuple[Document, ...]:
        documents = await self.library.documents(GUILD)
        return tuple(sorted(documents, key=lambda each: (each.source, each.id)))

    async def texts(self) -> list[str]:
        """Return each document's text, in the order of the messages they began with."""
        rows = await self.database.rows(
            "SELECT d.origin, c.text FROM chunks c JOIN documents d ON d.id = c.document_id"
            " ORDER BY d.origin, c.ordinal"
        )
        texts: dict[str, list[str]] = {}
        for row in rows:
            texts.setdefault(row["origin"], []).append(row["text"])
        return ["\n\n".join(parts) for parts in texts.values()]


@asynccontextmanager
async def open_desk(path: Path) -> AsyncIterator[Desk]:
    async with open_database(path / "marv.db") as database:
        library, embedder = SqliteLibrary(database), FakeEmbedder()
        ingest = Ingest(
            library=library, index=FakeExactIndex(), embedder=embedder, parser=FakeParser()
        )
        store = SqliteChannels(database)
        writer = StretchWriter(store=store, ingest=ingest)
        yield Desk(
            database=database,
            library=library,
            embedder=embedder,
            channels=Channels(
                store=store, settings=SettingsDesk(store=SqliteSettings(database)), writer=writer
            ),
            keeper=MessageKeeper(store=store, writer=writer),
            rights=MessageRights(store=store, writer=writer),
        )
