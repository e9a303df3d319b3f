"""Web sources and their pages in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row, Value
from bot.audience import EVERYONE, Audience
from bot.pages import PageStatus, Source, SourceDraft, SourceId, SourceKind, SourcePage


@dataclass(frozen=True, slots=True)
class SqliteSources:
    """Fulfils ``bot.ports.SourceStore``."""

    database: Database

    async def put_source(self, draft: SourceDraft) -> Source:
        """Write a source; one with the same address gets the new limit and keeps its pages."""
        now = datetime.now(UTC).isoformat()

        async def work(connection: aiosqlite.Connection) -> Source:
            [row] = await connection.execute_fetchall(
                "INSERT INTO sources (guild_id, kind, address, page_limit, audience, added_by,"
                " created_at, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (guild_id, address) DO UPDATE SET kind = excluded.kind,"
                " page_limit = excluded.page_limit, added_by = excluded.added_by,"
                " audience = coalesce(?, sources.audience) RETURNING *",
                (
                    draft.guild_id,
                    draft.kind,
                    draft.address,
                    draft.page_limit,
                    (draft.audience or EVERYONE).key,
                    draft.added_by,
                    now,
                    now,
                    draft.audience and draft.audience.key,
                ),
            )
            return _source(row)

        return await self.database.write(work)

    async def drop_source(self, source_id: SourceId) -> None:
        """Forget a source and its pages; the documents are not touched."""
        await self._execute("DELETE FROM sources WHERE id = ?", source_id)

    async def sources(self, guild_id: int) -> tuple[Source, ...]:
        """Return a guild's sources, by address."""
        rows = await self.database.rows(
            "SELECT * FROM sources WHERE guild_id = ? ORDER BY address", (guild_id,)
        )
        return tuple(_source(row) for row in rows)

    async def due(self, *, before: datetime) -> tuple[Source, ...]:
        """Return every guild's sources that were last checked before a moment."""
        rows = await self.database.rows(
            "SELECT * FROM sources WHERE checked_at < ? ORDER BY checked_at, id",
            (before.astimezone(UTC).isoformat(),),
        )
        return tuple(_source(row) for row in rows)

    async def checked(self, source_id: SourceId, at: datetime) -> None:
        """Remember when a source was gone through."""
        await self._execute(
            "UPDATE sources SET checked_at = ? WHERE id = ?", at.isoformat(), source_id
        )

    async def put_page(self, page: SourcePage) -> None:
        """Write what was learnt of a page."""
        stale = page.stale_since.isoformat() if page.stale_since else None
        await self._execute(
            "INSERT OR REPLACE INTO pages (guild_id, address, source_id, url, etag, last_modified,"
            " status, fetched_at, checked_at, stale_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            page.guild_id,
            page.address,
            page.source_id,
            page.url,
            page.etag,
            page.last_modified,
            page.status,
            page.fetched_at.isoformat(),
            page.checked_at.isoformat(),
            stale,
        )

    async def page(self, guild_id: int, url: str) -> SourcePage | None:
        """Return the page of this address, or the one whose redirects end there."""
        rows = await self.database.rows(
            "SELECT * FROM pages WHERE guild_id = ? AND (address = ? OR url = ?)"
            " ORDER BY address != ?",
            (guild_id, url, url, url),
        )
        return _page(rows[0]) if rows else None

    async def pages(self, source_id: SourceId) -> tuple[SourcePage, ...]:
        """Return a source's pages, by address."""
        rows = await self.database.rows(
            "SELECT * FROM pages WHERE source_id = ? ORDER BY address", (source_id,)
        )
        return tuple(_page(row) for row in rows)

    async def _execute(self, sql: str, *values: Value) -> None:
        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(sql, values)

        await self.database.write(work)


def _source(row: Row) -> Source:
    return Source(
        id=SourceId(row["id"]),
        guild_id=row["guild_id"],
        kind=SourceKind(row["kind"]),
        address=row["address"],
        page_limit=row["page_limit"],
        audience=Audience.of_key(row["audience"]),
        added_by=row["added_by"],
        checked_at=datetime.fromisoformat(row["checked_at"]),
    )


def _page(row: Row) -> SourcePage:
    stale = row["stale_since"]
    return SourcePage(
        guild_id=row["guild_id"],
        source_id=SourceId(row["source_id"]),
        address=row["address"],
        url=row["url"],
        status=PageStatus(row["status"]),
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
        checked_at=datetime.fromisoformat(row["checked_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        stale_since=datetime.fromisoformat(stale) if stale else None,
    )
