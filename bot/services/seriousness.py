"""Seriousness: whether a message is about something that allows no joke.

Two readers, either of which suffices: rules (``seriousness.toml``), which can be
read and give a keyword no chance to be overlooked, and a logistic regression
over the embedded embedder's vectors (``seriousness.json``, written by
``tests/benchmarks/fit_seriousness.py``), which also knows what is said without a
keyword. Where they are wrong they should be wrong on the serious side, since
that only costs a joke.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from bot.ports import Embedder, Vectors
from bot.topics import Topic

COEFFICIENTS = "seriousness.json"
LONGEST = 600  # characters of a message that are read: what it is about comes early


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicModel:
    """A multinomial logistic regression; the class ``None`` is everything harmless."""

    classes: tuple[Topic | None, ...]
    weights: Vectors  # (classes, dimensions)
    intercepts: Vectors  # (classes,)
    threshold: float

    @classmethod
    @cache
    def shipped(cls) -> TopicModel:
        """Read the coefficients that come with Marv."""
        read = json.loads(files(__package__).joinpath(COEFFICIENTS).read_text("utf-8"))
        return cls(
            classes=tuple(Topic(name) if name else None for name in read["classes"]),
            weights=np.array(read["weights"], dtype=np.float32),
            intercepts=np.array(read["intercepts"], dtype=np.float32),
            threshold=read["threshold"],
        )

    def topic(self, vector: Vectors) -> Topic | None:
        """Return the likeliest topic if a message is serious with the threshold's probability."""
        logits = self.weights @ vector + self.intercepts
        likely = np.exp(logits - logits.max())
        likely = likely / likely.sum()
        if 1.0 - float(likely[self.classes.index(None)]) < self.threshold:
            return None
        ranked = sorted(zip(likely, self.classes, strict=True), key=lambda each: -each[0])
        return next(topic for _, topic in ranked if topic is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seriousness:
    """Reads messages; ``embedder`` is the one that the coefficients were fitted on.

    Without it only the rules do, which overlook whatever is said without a keyword.
    """

    embedder: Embedder | None

    async def warm_up(self) -> None:
        """Load what reads, so that the first question need not wait two seconds."""
        named_topic("warm up")
        if self.embedder is not None:
            TopicModel.shipped().topic(await self.embedder.embed_query("warm up"))

    async def topic(self, text: str) -> Topic | None:
        """Return what makes a message serious, None where it may be joked about.

        Raises what the embedder raises.
        """
        if not text.strip():
            return None
        found = named_topic(text)
        if found is not None or self.embedder is None:
            return found
        vector = await self.embedder.embed_query(text[:LONGEST])
        return TopicModel.shipped().topic(vector)


def named_topic(text: str) -> Topic | None:
    """Return the gravest topic that the rules find, None for none."""
    harmless, rules = _rules()
    text = harmless.sub(" ", unicodedata.normalize("NFKC", text).replace("’", "'"))
    return next((topic for topic in Topic if rules[topic].search(text)), None)


@cache
def _rules() -> tuple[re.Pattern[str], Mapping[Topic, re.Pattern[str]]]:
    """Return what is struck out first, and what makes a topic."""
    read = tomllib.loads(files(__package__).joinpath("seriousness.toml").read_text("utf-8"))
    parts: dict[str, str] = read["parts"]

    def compiled(alternatives: list[str]) -> re.Pattern[str]:
        pattern = "|".join(alternatives)
        for name, words in parts.items():
            pattern = pattern.replace(f"{{{name}}}", words)
        return re.compile(pattern, re.IGNORECASE)

    return compiled(read["harmless"]), {topic: compiled(read[topic]) for topic in Topic}
