"""What the commands say around their results, in both languages, gathered from every subject."""

from __future__ import annotations

from collections import Counter

from bot.models import Language
from cogs.answer_texts import ANSWERING
from cogs.comparing_texts import COMPARING
from cogs.dataset_texts import DATASET
from cogs.explore_texts import EXPLORE_TEXTS
from cogs.feedback_texts import FEEDBACK
from cogs.inquiry_texts import INQUIRING
from cogs.library_texts import LIBRARY
from cogs.persona_texts import PERSONA
from cogs.privacy_texts import PRIVACY
from cogs.route_texts import ROUTE_TEXTS
from cogs.settings_texts import SETTINGS_PANEL
from cogs.status_texts import STATUS
from cogs.tuning_texts import TUNING
from cogs.usage_texts import USAGE


def merged(*tables: dict[str, dict[Language, str]]) -> dict[str, dict[Language, str]]:
    """Return all texts in one table; raises ValueError for a name that two tables give."""
    names = Counter(name for table in tables for name in table)
    if twice := sorted(name for name, count in names.items() if count > 1):
        raise ValueError(f"more than one table of texts has: {', '.join(twice)}")
    return {name: text for table in tables for name, text in table.items()}


TEXTS = merged(
    ANSWERING,
    COMPARING,
    DATASET,
    EXPLORE_TEXTS,
    FEEDBACK,
    INQUIRING,
    LIBRARY,
    PERSONA,
    PRIVACY,
    ROUTE_TEXTS,
    SETTINGS_PANEL,
    STATUS,
    TUNING,
    USAGE,
)


def say(key: str, language: Language, /, **values: object) -> str:
    """Return a text in a language, its places filled."""
    return TEXTS[key][language].format(**values)
