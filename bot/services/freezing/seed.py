"""The hand-written examples that Marv ships, as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.errors import ConfigurationError
from bot.models import Language
from bot.services.freezing.near import normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedExample:
    """A hand-written exchange; ``facts`` are to be said word for word, empty for small talk."""

    id: str
    language: Language
    kind: str
    question: str
    facts: str
    reply: str


def read_seed(path: Path) -> Iterator[SeedExample]:
    """Yield the examples of a file in JSON lines; raises ConfigurationError that names it."""
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield SeedExample(
                id=row["id"],
                language=Language(row["language"]),
                kind=row["kind"],
                question=row["question"],
                facts=row["facts"],
                reply=row["reply"],
            )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"the seed set {path.name} cannot be read: {error}") from error


@cache
def golden_questions(path: Path) -> frozenset[str]:
    """Return the shipped questions that no model may be trained on, normalised."""
    return frozenset(normalised(each.question) for each in read_seed(path))
