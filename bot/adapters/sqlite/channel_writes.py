"""Messages and stretches inside a transaction: what a change does to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import aiosqlite

from bot.adapters.sqlite.database import Row, batches, marks
from bot.channels import ChannelMessage, Place, Span, continues, stretch_origin

BEHIND = "UPDATE channel_stretches SET revision = revision + 1 WHERE guild_id = ?"


async def reconcile(connection: aiosqlite.Connection, place: Place, span: Span) -> None:
    """Make the kept messages of a span equal to what Discord has."""
    kept = await _texts(connection, place, span)
    silent = await _objectors(connection, place.guild_id)
    wanted = {
        message.id: message
        for message in span.messages
        if message.is_knowledge and message.author_id not in silent
    }
    await delete_messages(connection, place.guild_id, kept.keys() - wanted.keys())
    for message in sorted(wanted.values(), key=lambda each: each.id):
        if message.id in kept:
            if kept[message.id] != message.text:
                await _rewrite(connection, place.guild_id, message)
        elif message.id > span.new_above:
            await _insert(connection, place, message)


async def delete_messages(
    connection: aiosqlite.Connection, guild_id: int, message_ids: Iterable[int]
) -> int:
    """Delete messages and let their stretches be written again; return how many there were."""
    deleted = 0
    for batch in batches(message_ids):
        for message_id in batch:
            await _touch(connection, guild_id, message_id)
        cursor = await connection.execute(
            "DELETE FROM channel_messages"  # noqa: S608 - marks only
            f" WHERE guild_id = ? AND message_id IN ({marks(batch)})",
            (guild_id, *batch),
        )
        deleted += cursor.rowcount
    return deleted


async def _texts(connection: aiosqlite.Connection, place: Place, span: Span) -> Mapping[int, str]:
    rows = await connection.execute_fetchall(
        "SELECT message_id, text FROM channel_messages WHERE guild_id = ? AND place_id = ?"
        " AND message_id > ? AND message_id <= ?",
        (place.guild_id, place.id, span.after, span.until),
    )
    return {row["message_id"]: row["text"] for row in rows}


async def _objectors(connection: aiosqlite.Connection, guild_id: int) -> frozenset[int]:
    rows = await connection.execute_fetchall(
        "SELECT user_id FROM channel_objections WHERE guild_id = ?", (guild_id,)
    )
    return frozenset(row["user_id"] for row in rows)


async def _rewrite(
    connection: aiosqlite.Connection, guild_id: int, message: ChannelMessage
) -> None:
    await connection.execute(
        "UPDATE channel_messages SET text = ? WHERE guild_id = ? AND message_id = ?",
        (message.text, guild_id, message.id),
    )
    await _touch(connection, guild_id, message.id)


async def _insert(connection: aiosqlite.Connection, place: Place, message: ChannelMessage) -> None:
    stretch_id = await _stretch_for(connection, place, message)
    await connection.execute(
        "INSERT INTO channel_stretches (guild_id, place_id, stretch_id, origin)"
        " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (place.guild_id, place.id, stretch_id, stretch_origin(place, stretch_id)),
    )
    await connection.execute(
        "INSERT INTO channel_messages"
        " (guild_id, message_id, place_id, stretch_id, author_id, sent_at, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            place.guild_id,
            message.id,
            place.id,
            stretch_id,
            message.author_id,
            message.sent_at.isoformat(),
            message.text,
        ),
    )
    await _touch(connection, place.guild_id, message.id)


async def _stretch_for(
    connection: aiosqlite.Connection, place: Place, message: ChannelMessage
) -> int:
    """Return the stretch that a message joins, or its own id where it begins one.

    One that comes late and falls inside a stretch joins it, so that stretches
    never overlap.
    """
    if place.is_thread:
        return place.id
    before = await _neighbour(connection, place, message.id, "< ? ORDER BY m.message_id DESC")
    if before is None:
        return message.id
    behind = await _neighbour(connection, place, message.id, "> ? ORDER BY m.message_id")
    inside = behind is not None and behind["stretch_id"] == before["stretch_id"]
    last_at = datetime.fromisoformat(before["sent_at"])
    if inside or continues(message, last_at=last_at, characters=before["characters"]):
        return int(before["stretch_id"])
    return message.id


async def _neighbour(
    connection: aiosqlite.Connection, place: Place, message_id: int, where: str
) -> Row | None:
    rows = await connection.execute_fetchall(
        "SELECT m.stretch_id, m.sent_at, (SELECT sum(length(o.text)) FROM channel_messages o"  # noqa: S608
        " WHERE o.guild_id = m.guild_id AND o.place_id = m.place_id"
        " AND o.stretch_id = m.stretch_id) AS characters"
        " FROM channel_messages m WHERE m.guild_id = ? AND m.place_id = ?"
        f" AND m.message_id {where} LIMIT 1",
        (place.guild_id, place.id, message_id),
    )
    return next(iter(rows), None)


async def _touch(connection: aiosqlite.Connection, guild_id: int, message_id: int) -> None:
    """Let what holds a message be written again: its stretch, and the thread that grew out of it.

    Such a thread has the message's id, and begins with it.
    """
    await connection.execute(
        f"{BEHIND} AND (place_id, stretch_id) IN (SELECT place_id, stretch_id"  # noqa: S608
        " FROM channel_messages WHERE guild_id = ? AND message_id = ?)",
        (guild_id, guild_id, message_id),
    )
    await connection.execute(
        f"{BEHIND} AND place_id = ? AND stretch_id = ?", (guild_id, message_id, message_id)
    )
