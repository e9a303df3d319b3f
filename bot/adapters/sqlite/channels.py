"""Channels as sources in SQLite: messages, how far they were read, what waits to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.channel_writes import BEHIND, delete_messages, reconcile
from bot.adapters.sqlite.database import Database, Row
from bot.channels import AddedChannel, MemberRecord, Place, Reach, Span, Stretch
from bot.faults.channel import AuthorObjects

REREAD = 100  # of the latest kept messages, looked at again for edits and deletions


@dataclass(frozen=True, slots=True)
class SqliteChannels:
    """Fulfils ``bot.ports.ChannelStore``."""

    database: Database

    async def channels(self, guild_id: int) -> tuple[AddedChannel, ...]:
        """Return the guild's added channels."""
        rows = await self.database.rows(
            "SELECT * FROM channels WHERE guild_id = ? ORDER BY channel_id", (guild_id,)
        )
        return tuple(_channel(row) for row in rows)

    async def is_added(self, guild_id: int, channel_id: int) -> bool:
        """Tell whether a channel is a source."""
        rows = await self.database.rows(
            "SELECT 1 FROM channels WHERE guild_id = ? AND channel_id = ?", (guild_id, channel_id)
        )
        return bool(rows)

    async def add_channel(self, channel: AddedChannel) -> None:
        """Make a channel a source; one that is stays as it is."""
        await self._execute(
            "INSERT INTO channels (guild_id, channel_id, server_id, added_by, added_at)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            channel.guild_id,
            channel.channel_id,
            channel.server_id,
            channel.added_by,
            _now(),
        )

    async def remove_channel(self, guild_id: int, channel_id: int) -> bool:
        """Forget a channel and all its messages; tell whether it was there."""
        return bool(
            await self._execute(
                "DELETE FROM channels WHERE guild_id = ? AND channel_id = ?", guild_id, channel_id
            )
        )

    async def places(self, guild_id: int, channel_id: int) -> tuple[Place, ...]:
        """Return the places of a channel that were read so far."""
        rows = await self.database.rows(
            "SELECT * FROM channel_places WHERE guild_id = ? AND channel_id = ? ORDER BY place_id",
            (guild_id, channel_id),
        )
        return tuple(_place(row) for row in rows)

    async def put_place(self, place: Place) -> None:
        """Remember a place of an added channel; a new title has its stretches written again."""
        if await self.rename_place(place.guild_id, place.id, place.title):
            return
        await self._execute(
            "INSERT INTO channel_places (guild_id, channel_id, place_id, title)"
            " SELECT guild_id, channel_id, ?, ? FROM channels WHERE guild_id = ?"
            " AND channel_id = ? ON CONFLICT DO NOTHING",
            place.id,
            place.title,
            place.guild_id,
            place.channel_id,
        )

    async def rename_place(self, guild_id: int, place_id: int, title: str) -> bool:
        """Give a known place another title; tell whether its stretches have to be written."""

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "UPDATE channel_places SET title = ?"
                " WHERE guild_id = ? AND place_id = ? AND title <> ?",
                (title, guild_id, place_id, title),
            )
            if not cursor.rowcount:
                return False
            await connection.execute(f"{BEHIND} AND place_id = ?", (guild_id, place_id))
            return True

        return await self.database.write(work)

    async def remove_place(self, guild_id: int, place_id: int) -> None:
        """Forget a place and its messages."""
        await self._execute(
            "DELETE FROM channel_places WHERE guild_id = ? AND place_id = ?", guild_id, place_id
        )

    async def reach(self, place: Place) -> Reach:
        """Return how far a place has been read."""
        rows = await self.database.rows(
            "SELECT p.cursor, (SELECT max(message_id) FROM channel_messages m"
            " WHERE m.guild_id = p.guild_id AND m.place_id = p.place_id) AS newest,"
            " (SELECT min(message_id) FROM (SELECT message_id FROM channel_messages m"
            " WHERE m.guild_id = p.guild_id AND m.place_id = p.place_id"
            " AND m.message_id <= p.cursor ORDER BY message_id DESC LIMIT ?)) AS latest"
            " FROM channel_places p WHERE p.guild_id = ? AND p.place_id = ?",
            (REREAD, place.guild_id, place.id),
        )
        for row in rows:
            cursor, latest = row["cursor"], row["latest"]
            after = cursor if latest is None else latest - 1
            return Reach(cursor=cursor, newest=row["newest"] or 0, reread_after=after)
        return Reach(cursor=0, newest=0, reread_after=0)

    async def take(self, place: Place, span: Span, *, cursor: int | None) -> None:
        """Make the kept messages of a span equal to it, and move the cursor, in one transaction."""

        async def work(connection: aiosqlite.Connection) -> None:
            known = await connection.execute_fetchall(
                "SELECT 1 FROM channel_places WHERE guild_id = ? AND place_id = ?",
                (place.guild_id, place.id),
            )
            if not known:  # removed while it was being read
                return
            await reconcile(connection, place, span)
            await connection.execute(
                "UPDATE channel_places SET cursor = max(cursor, ?)"
                " WHERE guild_id = ? AND place_id = ?",
                (cursor or 0, place.guild_id, place.id),
            )

        await self.database.write(work)

    async def withdraw(self, guild_id: int, message_ids: Sequence[int]) -> int:
        """Remove messages that were deleted; return how many were kept."""

        async def work(connection: aiosqlite.Connection) -> int:
            return await delete_messages(connection, guild_id, message_ids)

        return await self.database.write(work)

    async def pending(self, guild_id: int, *, limit: int) -> tuple[Stretch, ...]:
        """Return stretches whose documents are behind their messages."""
        rows = await self.database.rows(
            "SELECT s.stretch_id, s.revision, p.*, c.server_id, c.added_by"
            " FROM channel_stretches s JOIN channel_places p USING (guild_id, place_id)"
            " JOIN channels c ON c.guild_id = p.guild_id AND c.channel_id = p.channel_id"
            " WHERE s.guild_id = ? AND s.written < s.revision"
            " ORDER BY s.stretch_id, s.place_id LIMIT ?",
            (guild_id, limit),
        )
        return tuple([await self._stretch(row) for row in rows])

    async def written(self, stretch: Stretch) -> bool:
        """Remember that a stretch is written as it was read; tell whether it still exists."""
        place = stretch.place
        key = (place.guild_id, place.id, stretch.id)

        async def work(connection: aiosqlite.Connection) -> bool:
            where = "guild_id = ? AND place_id = ? AND stretch_id = ?"
            if not stretch.texts:
                await connection.execute(
                    f"DELETE FROM channel_stretches WHERE {where} AND revision = ?",  # noqa: S608
                    (*key, stretch.revision),
                )
            cursor = await connection.execute(
                f"UPDATE channel_stretches SET written = ? WHERE {where}",  # noqa: S608
                (stretch.revision, *key),
            )
            return bool(cursor.rowcount)

        return await self.database.write(work)

    async def keep(self, guild_id: int, message_id: int, *, author_id: int, kept_by: int) -> None:
        """Remember whose words a single message is that staff keep."""

        async def work(connection: aiosqlite.Connection) -> None:
            objects = await connection.execute_fetchall(
                "SELECT 1 FROM channel_objections WHERE guild_id = ? AND user_id = ?",
                (guild_id, author_id),
            )
            if objects:
                raise AuthorObjects
            await connection.execute(
                "INSERT OR REPLACE INTO kept_messages"
                " (guild_id, message_id, author_id, kept_by, kept_at) VALUES (?, ?, ?, ?, ?)",
                (guild_id, message_id, author_id, kept_by, _now()),
            )

        await self.database.write(work)

    async def member(self, guild_id: int, user_id: int) -> MemberRecord:
        """Return what is held of a member's messages."""
        [row] = await self.database.rows(
            "SELECT (SELECT count(*) FROM channel_messages WHERE guild_id = ?1 AND author_id = ?2)"
            " + (SELECT count(*) FROM kept_messages WHERE guild_id = ?1 AND author_id = ?2)"
            " AS messages, EXISTS (SELECT 1 FROM channel_objections"
            " WHERE guild_id = ?1 AND user_id = ?2) AS objects",
            (guild_id, user_id),
        )
        return MemberRecord(messages=row["messages"], objects=bool(row["objects"]))

    async def object(self, guild_id: int, user_id: int) -> tuple[int, tuple[int, ...]]:
        """Forbid a member's messages for ever and remove them, in one transaction."""

        async def work(connection: aiosqlite.Connection) -> tuple[int, tuple[int, ...]]:
            await connection.execute(
                "INSERT INTO channel_objections (guild_id, user_id, since) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (guild_id, user_id, _now()),
            )
            both = " WHERE guild_id = ? AND author_id = ?"
            rows = await connection.execute_fetchall(
                f"SELECT message_id FROM channel_messages{both}",  # noqa: S608
                (guild_id, user_id),
            )
            count = await delete_messages(connection, guild_id, [row["message_id"] for row in rows])
            kept = await connection.execute_fetchall(
                f"SELECT message_id FROM kept_messages{both}",  # noqa: S608
                (guild_id, user_id),
            )
            ids = tuple(row["message_id"] for row in kept)
            return count + len(ids), ids

        return await self.database.write(work)

    async def scrub(self) -> None:
        """Merge the word index, whose segments keep the words of deleted rows until then."""
        await self._execute("INSERT INTO chunk_words (chunk_words) VALUES ('optimize')")

    async def allow(self, guild_id: int, user_id: int) -> None:
        """Take a member's objection back; what was removed stays away."""
        await self._execute(
            "DELETE FROM channel_objections WHERE guild_id = ? AND user_id = ?", guild_id, user_id
        )

    async def _stretch(self, row: Row) -> Stretch:
        place = _place(row)
        messages = await self.database.rows(
            "SELECT message_id, sent_at, text FROM channel_messages"
            " WHERE guild_id = ?1 AND place_id = ?2 AND stretch_id = ?3",
            (place.guild_id, place.id, row["stretch_id"]),
        )
        if messages and place.is_thread:  # it begins with the message that it grew out of
            messages = [*messages, *await self._starter(place)]
        messages = sorted(messages, key=lambda each: each["message_id"])
        times = [datetime.fromisoformat(each["sent_at"]) for each in messages]
        return Stretch(
            channel=_channel(row),
            place=place,
            id=row["stretch_id"],
            revision=row["revision"],
            started_at=min(times, default=None),
            texts=tuple(each["text"] for each in messages),
        )

    async def _starter(self, place: Place) -> Sequence[Row]:
        return await self.database.rows(
            "SELECT message_id, sent_at, text FROM channel_messages"
            " WHERE guild_id = ? AND message_id = ? AND place_id = ?",
            (place.guild_id, place.id, place.channel_id),
        )

    async def _execute(self, sql: str, *values: str | int) -> int:
        async def work(connection: aiosqlite.Connection) -> int:
            return (await connection.execute(sql, values)).rowcount

        return await self.database.write(work)


def _channel(row: Row) -> AddedChannel:
    return AddedChannel(
        guild_id=row["guild_id"],
        server_id=row["server_id"],
        channel_id=row["channel_id"],
        added_by=row["added_by"],
    )


def _place(row: Row) -> Place:
    return Place(
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        id=row["place_id"],
        title=row["title"],
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
