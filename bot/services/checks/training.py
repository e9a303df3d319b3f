"""What is known of models that OpenAI trains, on the day of ``CHECKED``; no guesses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

CHECKED = date(2026, 11, 24)
NO_NEW_JOBS = date(2027, 1, 6)  # for anybody; organisations new to it since 2026-05-07
_SHUT_DOWN = date(2027, 1, 14)  # fine-tunes of gpt-4o and gpt-4.1
_DATED = re.compile(r"-\d{4}(?:-\d{2}-\d{2})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainable:
    """A model's limit in tokens an example, its price in US dollars a million, its last day."""

    tokens: int
    usd: float | None = None
    shutdown: date | None = None
    snapshot: str = ""  # the dated name that jobs are created with
    preferences: bool = True  # whether it takes DPO


_LONG = 65_536
MODELS: Mapping[str, Trainable] = {
    "gpt-4.1": Trainable(
        tokens=_LONG, usd=25.0, shutdown=_SHUT_DOWN, snapshot="gpt-4.1-2025-04-14"
    ),
    "gpt-4.1-mini": Trainable(
        tokens=_LONG, usd=5.0, shutdown=_SHUT_DOWN, snapshot="gpt-4.1-mini-2025-04-14"
    ),
    "gpt-4.1-nano": Trainable(
        tokens=_LONG, shutdown=_SHUT_DOWN, snapshot="gpt-4.1-nano-2025-04-14"
    ),
    "gpt-4o": Trainable(tokens=_LONG, shutdown=_SHUT_DOWN, snapshot="gpt-4o-2024-08-06"),
    "gpt-4o-mini": Trainable(
        tokens=_LONG, usd=3.0, shutdown=_SHUT_DOWN, snapshot="gpt-4o-mini-2024-07-18"
    ),
    "gpt-3.5-turbo": Trainable(tokens=16_385, snapshot="gpt-3.5-turbo-0125", preferences=False),
}


def trainable(model: str) -> Trainable | None:
    """Return what is known of a model, a dated or a fine-tuned one included."""
    base = model.removeprefix("ft:").partition(":")[0]
    return MODELS.get(base) or MODELS.get(_DATED.sub("", base))
