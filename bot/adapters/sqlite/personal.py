"""Which tables know a member, what each says to them, and what an erasure does to it.

A test walks the schema and fails on a column with a member's id that is not named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.usage import TO_NOBODY

OF_GUILD = "guild_id = ?1"
IN_COMPARISONS = (
    "item_id IN (SELECT i.id FROM comparison_items i"
    " JOIN comparisons c ON c.id = i.comparison_id WHERE c.guild_id = ?1)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalTable:
    """A table's columns with members' ids, and the statements that erase them.

    In ``where`` and ``erasing``, ``?1`` is the guild and ``?2`` the member.
    Without a statement the rows go another way, which a comment names.
    """

    columns: tuple[str, ...]
    where: str = OF_GUILD
    erasing: tuple[str, ...] = ()

    def query(self, table: str) -> str:
        """Return the query for everything that the table says about a member."""
        return f"SELECT * FROM {table} WHERE {self.where} AND ?2 IN ({', '.join(self.columns)})"  # noqa: S608


def _deleted(table: str, column: str) -> str:
    return f"DELETE FROM {table} WHERE guild_id = ?1 AND {column} = ?2"  # noqa: S608 - constants


def _nobodys(table: str, column: str, *, nobody: str = "NULL") -> str:
    """Return the statement by which an act of the staff becomes nobody's."""
    return f"UPDATE {table} SET {column} = {nobody} WHERE guild_id = ?1 AND {column} = ?2"  # noqa: S608


# In the order of erasing: what hangs on turns before the turns.
PERSONAL: Mapping[str, PersonalTable] = {
    "dataset_versions": PersonalTable(
        columns=("created_by",), erasing=(_nobodys("dataset_versions", "created_by", nobody="0"),)
    ),
    "dataset_reviews": PersonalTable(
        columns=("reviewed_by",), erasing=(_nobodys("dataset_reviews", "reviewed_by", nobody="0"),)
    ),
    "tuning_jobs": PersonalTable(
        columns=("started_by",), erasing=(_nobodys("tuning_jobs", "started_by", nobody="0"),)
    ),
    "comparison_votes": PersonalTable(
        columns=("user_id",),
        where=IN_COMPARISONS,
        erasing=(f"DELETE FROM comparison_votes WHERE user_id = ?2 AND {IN_COMPARISONS}",),  # noqa: S608
    ),
    "comparison_items": PersonalTable(
        columns=("author_id",),
        where="comparison_id IN (SELECT id FROM comparisons WHERE guild_id = ?1)",
        erasing=(
            # staff's own words stay the server's, as their examples do; members' go with these
            "DELETE FROM comparison_items WHERE example_id IN"
            " (SELECT id FROM examples WHERE guild_id = ?1 AND asker_id = ?2)",
            "UPDATE comparison_items SET author_id = 0 WHERE author_id = ?2"
            " AND comparison_id IN (SELECT id FROM comparisons WHERE guild_id = ?1)",
        ),
    ),
    "comparisons": PersonalTable(
        columns=("created_by",), erasing=(_nobodys("comparisons", "created_by", nobody="0"),)
    ),
    "promotions": PersonalTable(
        columns=("changed_by",), erasing=(_nobodys("promotions", "changed_by", nobody="0"),)
    ),
    "examples": PersonalTable(
        columns=("author_id", "asker_id"),
        erasing=(
            _deleted("examples", "asker_id"),
            _nobodys("examples", "author_id", nobody="0"),
        ),
    ),
    "inquiries": PersonalTable(
        columns=("asker_id", "author_id", "closed_by"),
        erasing=(
            _deleted("inquiries", "asker_id"),
            # what another member passed on stays theirs, without its words
            "UPDATE inquiries SET question = NULL, author_id = 0"
            " WHERE guild_id = ?1 AND author_id = ?2",
            _nobodys("inquiries", "closed_by"),
        ),
    ),
    "votes": PersonalTable(
        columns=("user_id",),
        where="turn_id IN (SELECT id FROM turns WHERE guild_id = ?1)",
        erasing=(
            "DELETE FROM votes WHERE user_id = ?2"
            " AND turn_id IN (SELECT id FROM turns WHERE guild_id = ?1)",
        ),
    ),
    "turns": PersonalTable(columns=("author_id",), erasing=(_deleted("turns", "author_id"),)),
    "consents": PersonalTable(columns=("user_id",), erasing=(_deleted("consents", "user_id"),)),
    "notices": PersonalTable(columns=("user_id",), erasing=(_deleted("notices", "user_id"),)),
    "memberships": PersonalTable(
        columns=("user_id",), erasing=(_deleted("memberships", "user_id"),)
    ),
    "documents": PersonalTable(columns=("added_by",), erasing=(_nobodys("documents", "added_by"),)),
    "sources": PersonalTable(columns=("added_by",), erasing=(_nobodys("sources", "added_by"),)),
    "channels": PersonalTable(
        columns=("added_by",), erasing=(_nobodys("channels", "added_by", nobody="0"),)
    ),
    "preferences": PersonalTable(
        columns=("changed_by",), erasing=(_nobodys("preferences", "changed_by", nobody="0"),)
    ),
    "conversation_starts": PersonalTable(
        columns=("member_id",), erasing=(_deleted("conversation_starts", "member_id"),)
    ),
    # the server's totals stay, the person goes
    "usage": PersonalTable(
        columns=("member_id",),
        erasing=(
            TO_NOBODY,
            "DELETE FROM usage WHERE guild_id = ?1 AND member_id = ?2 AND ?2 <> 0",
        ),
    ),
    # its author's rows go with their documents, and so do the entries' and the messages'
    "kept_messages": PersonalTable(
        columns=("author_id", "kept_by"),
        erasing=(_nobodys("kept_messages", "kept_by", nobody="0"),),
    ),
    "entry_words": PersonalTable(columns=("author_id",)),
    "channel_messages": PersonalTable(columns=("author_id",)),
    "channel_objections": PersonalTable(columns=("user_id",)),  # stays: it forbids what would come
    "index_residue": PersonalTable(columns=("author_id",)),  # goes with the old index
    "erasures": PersonalTable(columns=("user_id",)),  # ends as a receipt
    "erasure_replies": PersonalTable(columns=("user_id",)),  # goes reply by reply
}

# What is about a member without holding their id
RELATED: Mapping[str, str] = {
    "votes_of_others": "SELECT v.turn_id, v.value, v.created_at FROM votes v"
    " JOIN turns t ON t.id = v.turn_id"
    " WHERE t.guild_id = ?1 AND t.author_id = ?2 AND v.user_id <> ?2",
    "exports_with_your_turns": "SELECT DISTINCT e.id, e.created_at, e.format, e.sha256,"
    " e.contains_erased_at FROM dataset_exports e JOIN dataset_export_rows r ON r.export_id = e.id"
    " WHERE e.guild_id = ?1 AND (r.turn_id IN (SELECT id FROM turns WHERE author_id = ?2)"
    " OR r.example_id IN (SELECT id FROM examples WHERE asker_id = ?2))",
    "frozen_rows": "SELECT v.name, r.split, r.payload FROM dataset_rows r"
    " JOIN dataset_versions v ON v.id = r.version_id WHERE v.guild_id = ?1 AND ("
    "r.turn_id IN (SELECT id FROM turns WHERE guild_id = ?1 AND author_id = ?2)"
    " OR r.example_id IN (SELECT id FROM examples WHERE guild_id = ?1 AND asker_id = ?2))",
    "library_texts": "SELECT d.source, d.title, c.heading, c.text FROM chunks c"
    " JOIN documents d ON d.id = c.document_id WHERE d.guild_id = ?1 AND d.origin IN ("
    "SELECT origin FROM entry_words WHERE guild_id = ?1 AND author_id = ?2"
    " UNION SELECT 'message:' || message_id || '/' FROM kept_messages"
    " WHERE guild_id = ?1 AND author_id = ?2) ORDER BY d.id, c.ordinal",
}


@dataclass(frozen=True, slots=True)
class SqlitePersonalRecords:
    """Fulfils ``bot.ports.privacy.PersonalRecords``."""

    database: Database

    async def about(
        self, guild_id: int, user_id: int
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return a member's rows in a guild, table by table."""
        queries = {name: table.query(name) for name, table in PERSONAL.items()}
        queries.update(RELATED)
        return {
            name: [dict(row) for row in await self.database.rows(sql, (guild_id, user_id))]
            for name, sql in sorted(queries.items())
        }
