"""SQLite, the truth: one file, one writer, numbered migrations."""

from bot.adapters.sqlite.channels import SqliteChannels
from bot.adapters.sqlite.conversations import SqliteConversations
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.examples import SqliteExamples
from bot.adapters.sqlite.inquiries import SqliteInquiries
from bot.adapters.sqlite.library import SqliteLibrary
from bot.adapters.sqlite.settings import SqliteSettings
from bot.adapters.sqlite.sources import SqliteSources
from bot.adapters.sqlite.turns import SqliteTurns
from bot.adapters.sqlite.votes import SqliteVotes

__all__ = [
    "Database",
    "SqliteChannels",
    "SqliteConversations",
    "SqliteExamples",
    "SqliteInquiries",
    "SqliteLibrary",
    "SqliteSettings",
    "SqliteSources",
    "SqliteTurns",
    "SqliteVotes",
]
