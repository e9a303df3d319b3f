"""Sorting by the labels' names alone, the texts read sentence by sentence where that says more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.services.exploring.explorer import Explorer, Looked
from bot.services.exploring.reports import ClassifyReport
from bot.services.exploring.vectors import Tell, TextVectors


async def sorted_by_name(
    explorer: Explorer,
    vectors: TextVectors,
    looked: Looked,
    names: Sequence[str],
    *,
    confidence: float,
    tell: Tell,
) -> ClassifyReport:
    """Return each item's label by the names, each of them once; raises what the embedder raises."""
    read = await vectors.by_sentence(looked.items.texts, looked.vectors, tell=tell)
    return await explorer.classify(
        replace(looked, vectors=read),
        names=names,
        name_vectors=await vectors.of(names),
        confidence=confidence,
        tell=tell,
    )
