"""Members' decisions and the notices that they were shown, in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import aiosqlite

from bot.adapters.sqlite.database import Database, Row
from bot.consent import NOTICE_VERSION, Consent, Door, PrivacyStatus, Scope

# Of a row with guild_id and a member: whether the member's words may be used, or kept
TRAINING = (
    "EXISTS (SELECT 1 FROM consents c WHERE c.guild_id = {guild} AND c.user_id = {member}"  # noqa: S608
    f" AND c.training = 1 AND c.notice_version >= {NOTICE_VERSION})"
)
KEEPING = (
    "EXISTS (SELECT 1 FROM consents c WHERE c.guild_id = {guild} AND c.user_id = {member}"
    " AND c.keep = 1)"
)


@dataclass(frozen=True, slots=True)
class SqliteConsents:
    """Fulfils ``bot.ports.privacy.ConsentStore``."""

    database: Database

    async def decide(self, guild_id: int, user_id: int, scope: Scope, *, door: Door) -> None:
        """Record a member's decision on the notice of now."""

        async def work(connection: aiosqlite.Connection) -> None:
            await connection.execute(
                "INSERT OR REPLACE INTO consents (guild_id, user_id, keep, training,"
                " notice_version, door, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    guild_id,
                    user_id,
                    int(scope.keep),
                    int(scope.training),
                    NOTICE_VERSION,
                    door,
                    datetime.now(UTC).isoformat(),
                ),
            )

        await self.database.write(work)

    async def status(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what a member decided and how much is kept about them in a guild."""
        [counts] = await self.database.rows(
            "SELECT count(*) AS turns, count(question) AS texts,"
            " (SELECT count(*) FROM inquiries i WHERE i.guild_id = ?1 AND i.asker_id = ?2)"
            " AS inquiries, (SELECT count(*) FROM votes v JOIN turns t ON t.id = v.turn_id"
            " WHERE t.guild_id = ?1 AND v.user_id = ?2) AS votes"
            " FROM turns WHERE guild_id = ?1 AND author_id = ?2",
            (guild_id, user_id),
        )
        decisions = await self.database.rows(
            "SELECT * FROM consents WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
        )
        return PrivacyStatus(
            consent=_consent(decisions[0]) if decisions else None,
            turns=counts["turns"],
            turns_with_text=counts["texts"],
            inquiries=counts["inquiries"],
            votes=counts["votes"],
        )

    async def claim_notice(self, guild_id: int, user_id: int) -> bool:
        """Tell, once for ever, that a member has yet to be shown the notice of now."""

        async def work(connection: aiosqlite.Connection) -> bool:
            cursor = await connection.execute(
                "INSERT OR IGNORE INTO notices (guild_id, user_id, notice_version, shown_at)"
                " SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM consents"
                " WHERE guild_id = ?1 AND user_id = ?2 AND notice_version >= ?3)",
                (guild_id, user_id, NOTICE_VERSION, datetime.now(UTC).isoformat()),
            )
            return cursor.rowcount > 0

        told = await self.database.rows(
            "SELECT 1 FROM notices WHERE guild_id = ? AND user_id = ? AND notice_version >= ?",
            (guild_id, user_id, NOTICE_VERSION),
        )
        return not told and await self.database.write(work)


def _consent(row: Row) -> Consent:
    scope = Scope.TRAINING if row["training"] else Scope.KEEP if row["keep"] else Scope.NOTHING
    return Consent(
        scope=scope,
        notice_version=row["notice_version"],
        door=Door(row["door"]),
        decided_at=datetime.fromisoformat(row["decided_at"]),
    )
