"""SQLite, the truth: one file, one writer, numbered migrations."""

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.library import SqliteLibrary
from bot.adapters.sqlite.sources import SqliteSources
from bot.adapters.sqlite.turns import SqliteTurns

__all__ = ["Database", "SqliteLibrary", "SqliteSources", "SqliteTurns"]
