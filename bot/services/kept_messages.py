"""Single messages as knowledge, and what members may do about any message of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from bot.audience import Audience
from bot.channels import MemberRecord, jump_link, kept_origin
from bot.errors import EmptyQuestion
from bot.models import Provenance
from bot.ports import ChannelStore
from bot.services.ingest import Batch, IngestReport
from bot.services.stretches import StretchWriter, document_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenMessage:
    """A message that a member of the staff wants to keep; ``channel_id`` is whose readers see it.

    ``place_id`` is the thread, where it stands in one.
    """

    guild_id: int
    server_id: int
    channel_id: int
    place_id: int
    id: int
    author_id: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKeeper:
    """Keeps the message that staff chose, as it is or rewritten."""

    store: ChannelStore
    writer: StretchWriter

    async def keep(
        self, message: ChosenMessage, *, title: str, text: str, kept_by: int
    ) -> IngestReport:
        """Keep a message for its channel's readers; again replaces what was kept of it.

        The words are the author's as long as they are unchanged, and the
        staff's once they were rewritten. Raises EmptyQuestion for a blank
        title or text, and AuthorObjects.
        """
        title, text = " ".join(title.split()), text.strip()
        if not title or not text:
            raise EmptyQuestion
        await self.store.keep(
            message.guild_id, message.id, author_id=message.author_id, kept_by=kept_by
        )
        unchanged = text == message.text.strip()
        origin = kept_origin(message.id)
        known = await self.writer.ingest.library.known(message.guild_id, origin)
        channels_readers = Audience(channel_id=message.channel_id)
        batch = Batch(
            guild_id=message.guild_id,
            provenance=Provenance.MESSAGE if unchanged else Provenance.STAFF,
            added_by=kept_by,
            audience=next((each.audience for each in known.values()), channels_readers),
        )
        source = jump_link(message.server_id, message.place_id, message.id)
        return await self.writer.document(batch, origin, line=document_line(source, title, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRights:
    """Lets members see, erase and forbid what the library holds of their messages."""

    store: ChannelStore
    writer: StretchWriter

    async def record(self, guild_id: int, user_id: int) -> MemberRecord:
        """Return how many of a member's messages are held, and whether they forbade more."""
        return await self.store.member(guild_id, user_id)

    async def forbid(self, guild_id: int, user_id: int) -> int:
        """Remove a member's messages from the library, and take none again; return how many.

        What staff made of a message of theirs goes as well: it may still hold their words.
        """
        count, kept = await self.store.object(guild_id, user_id)
        for message_id in kept:
            await self.writer.remove(guild_id, kept_origin(message_id))
        await self.writer.write(guild_id)
        if count:
            await self.store.scrub()
        return count

    async def allow(self, guild_id: int, user_id: int) -> None:
        """Take in what a member writes from now on."""
        await self.store.allow(guild_id, user_id)
