"""The labelled texts of tests/data/moderation, both languages."""

from __future__ import annotations

from pathlib import Path

from bot.models import Language
from bot.moderation import Category

DIRECTORY = Path(__file__).resolve().parent / "data" / "moderation"


def harmful(language: Language) -> list[tuple[Category, str]]:
    """Return harmful texts with the category that each must at least have."""
    rows = (DIRECTORY / f"harmful_{language.value}.tsv").read_text("utf-8").splitlines()
    pairs = [row.split("\t") for row in rows]
    return [(Category(category), text) for category, text in pairs]


def harmless(language: Language) -> list[str]:
    """Return harmless texts that look like harmful ones to a careless rule."""
    return (DIRECTORY / f"harmless_{language.value}.tsv").read_text("utf-8").splitlines()
