"""What is published of embedding models, from the table that ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import ConfigurationError

TOKENS_A_PAGE = 800  # as OpenAI counts pages a dollar


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dimensions: Annotated[int, Field(gt=0)]
    max_tokens: Annotated[int, Field(gt=0)] | None = None
    score: Annotated[float, Field(gt=0, lt=100)] | None = None
    shortens: bool


class _Cards(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    checked: date
    source: Annotated[str, Field(min_length=1)]
    models: dict[str, _Model]


_LISTS = TypeAdapter(list[_Cards])


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingCard:
    """What a publisher says of a model, on the day when that was looked up."""

    model: str
    dimensions: int
    max_tokens: int | None
    score: float | None
    shortens: bool
    checked: date
    source: str


def load_cards(path: Path) -> tuple[EmbeddingCard, ...]:
    """Read the table; raises ConfigurationError that says what is wrong with it."""
    try:
        lists = _LISTS.validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"the table of embedding models {path}: {error}") from error
    return tuple(
        EmbeddingCard(
            model=name,
            dimensions=model.dimensions,
            max_tokens=model.max_tokens,
            score=model.score,
            shortens=model.shortens,
            checked=each.checked,
            source=each.source,
        )
        for each in lists
        for name, model in each.models.items()
    )
