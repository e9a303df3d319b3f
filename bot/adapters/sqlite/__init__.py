"""SQLite, the truth: one file, one writer, numbered migrations."""

from bot.adapters.sqlite.blocked import SqliteBlocked
from bot.adapters.sqlite.channels import SqliteChannels
from bot.adapters.sqlite.comparisons import SqliteComparisons
from bot.adapters.sqlite.consents import SqliteConsents
from bot.adapters.sqlite.conversations import SqliteConversations
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.erasures import SqliteErasures
from bot.adapters.sqlite.examples import SqliteEntryWords, SqliteExamples
from bot.adapters.sqlite.exports import SqliteExports
from bot.adapters.sqlite.inquiries import SqliteInquiries
from bot.adapters.sqlite.library import SqliteLibrary
from bot.adapters.sqlite.member_names import SqliteMemberNames
from bot.adapters.sqlite.memberships import SqliteMemberships
from bot.adapters.sqlite.personal import SqlitePersonalRecords
from bot.adapters.sqlite.promotions import SqlitePromotions
from bot.adapters.sqlite.review_queue import SqliteReviewQueue
from bot.adapters.sqlite.settings import SqliteSettings
from bot.adapters.sqlite.sources import SqliteSources
from bot.adapters.sqlite.tuning import SqliteTuningJobs
from bot.adapters.sqlite.turns import SqliteTurns
from bot.adapters.sqlite.usage import SqliteUsage
from bot.adapters.sqlite.versions import SqliteReviews, SqliteVersions
from bot.adapters.sqlite.votes import SqliteVotes

__all__ = [
    "Database",
    "SqliteBlocked",
    "SqliteChannels",
    "SqliteComparisons",
    "SqliteConsents",
    "SqliteConversations",
    "SqliteEntryWords",
    "SqliteErasures",
    "SqliteExamples",
    "SqliteExports",
    "SqliteInquiries",
    "SqliteLibrary",
    "SqliteMemberNames",
    "SqliteMemberships",
    "SqlitePersonalRecords",
    "SqlitePromotions",
    "SqliteReviewQueue",
    "SqliteReviews",
    "SqliteSettings",
    "SqliteSources",
    "SqliteTuningJobs",
    "SqliteTurns",
    "SqliteUsage",
    "SqliteVersions",
    "SqliteVotes",
]
