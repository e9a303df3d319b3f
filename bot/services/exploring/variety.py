"""How varied texts are: by meaning, by words, by language and by topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.exploring import Items, Variety
from bot.language import detect
from bot.ports.models import Vectors
from bot.services.checks.diversity import centred, self_bleu, vendi_score
from bot.services.evaluation.persona import distinct_2

SAMPLE = 500  # texts whose words are compared: the measures depend on how many there are
SEED = 20261128
HEAVY_SHARE, HEAVY_TIMES = 0.1, 10  # a duplicate-heavy set: a tenth of it, ten times


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversityReport:
    """How varied a set is, beside itself with duplicates and beside the version before."""

    items: Items
    variety: Variety
    heavy: Variety
    languages: dict[str, int]
    topics: tuple[int, ...]  # sizes, the largest first
    duplicates: int  # texts that say nearly what another one says
    before: Variety | None = None
    before_name: str = ""
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def evenness(self) -> float:
        """Return how evenly the topics share the texts: 1 for equal shares, 0 for one topic."""
        return evenness(self.topics)

    def as_json(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        value: dict[str, object] = {
            **self.variety.as_json(),
            "near_duplicates": self.duplicates,
            "languages": self.languages,
            "topics": {"sizes": list(self.topics), "evenness": round(self.evenness, 3)},
            "duplicate_heavy": self.heavy.as_json(),
        }
        if self.before is not None:
            value["before"] = {"name": self.before_name, **self.before.as_json()}
        return value


def measured(texts: Sequence[str], vectors: Vectors) -> Variety:
    """Return how varied texts are: work for a worker."""
    random = np.random.default_rng(SEED)
    size = min(SAMPLE, len(texts))
    sample = [texts[row] for row in sorted(random.choice(len(texts), size, replace=False))]
    return Variety(
        items=len(texts),
        vendi=vendi_score(centred(vectors)),
        distinct_2=distinct_2(sample),
        self_bleu=self_bleu(sample),
    )


def measured_heavy(texts: Sequence[str], vectors: Vectors) -> Variety:
    """Return what the set would score with a tenth of it ten times in it: work for a worker."""
    random = np.random.default_rng(SEED + 1)
    some = random.choice(len(texts), max(1, round(HEAVY_SHARE * len(texts))), replace=False)
    rows = np.concatenate([np.arange(len(texts)), np.repeat(some, HEAVY_TIMES - 1)])
    return measured([texts[row] for row in rows], vectors[rows])


def languages(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts are in which language, the commonest first."""
    return dict(Counter(detect(text).value for text in texts).most_common())


def evenness(sizes: Sequence[int]) -> float:
    """Return the entropy of shares over the most that it could be (Pielou 1966)."""
    if len(sizes) < 2:
        return 0.0
    shares = np.array(sizes) / sum(sizes)
    return float(-(shares * np.log(shares)).sum() / np.log(len(sizes)))
