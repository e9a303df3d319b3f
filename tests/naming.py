"""Members' names for tests: known as Marv knows them, by keyed hashes alone."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.receipt_key import KeyedHasher
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.member_names import SqliteMemberNames
from bot.ports.names import KnownName
from bot.services.redaction.name_book import NameBook
from bot.services.redaction.names import Names, hashed_names

HASHER = KeyedHasher(b"a key for tests")


def names_of(members: Mapping[int, tuple[str, ...]], *, guild_id: int = 1) -> Names:
    """Return the finder of some members' names, whose numbers are the members'."""
    known = [
        KnownName(name=name, number=number)
        for number, names in members.items()
        for name in hashed_names(guild_id, names, HASHER)
    ]
    return Names.of(guild_id, known, HASHER)


def name_book(database: Database) -> NameBook:
    """Return a book of names in a database."""
    return NameBook(store=SqliteMemberNames(database), hasher=HASHER)
