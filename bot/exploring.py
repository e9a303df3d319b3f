"""What an exploration looks at and what it finds, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.sorter import Sorter

# Told apart by most kinds of colour blindness as far as twelve colours can be (after P. Tol, 2021)
PALETTE = (
    "#4477aa",
    "#ee6677",
    "#228833",
    "#ccbb44",
    "#66ccee",
    "#aa3377",
    "#ee8866",
    "#44bb99",
    "#aa4499",
    "#999933",
    "#882255",
    "#332288",
)


class Subject(StrEnum):
    """What staff can look at."""

    LIBRARY = "library"
    QUESTIONS = "questions"
    DATASET = "dataset"
    TABLE = "table"  # a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A text to explore: a passage, a question, an example, a row of a table."""

    id: str
    text: str
    label: str | None = None
    when: datetime | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What is looked at, and how much of it could not be."""

    subject: Subject
    items: tuple[Item, ...]
    name: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)  # by reason

    @property
    def texts(self) -> list[str]:
        """Return the texts in order."""
        return [item.text for item in self.items]


class Firmness(StrEnum):
    """How sure a topic is: Hennig's bands of the mean Jaccard similarity over resamples (2007)."""

    FIRM = "firm"
    LOOSE = "loose"
    DOUBTFUL = "doubtful"

    @classmethod
    def of(cls, stability: float) -> Firmness:
        """Return the band: from .75 a cluster is valid, below .6 it may be chance."""
        if stability >= 0.75:
            return cls.FIRM
        return cls.LOOSE if stability >= 0.6 else cls.DOUBTFUL


class Direction(StrEnum):
    """Where a topic goes: only said where chance would not explain it."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    UNKNOWN = "unknown"  # no dates, or too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cluster as it was computed: row numbers, the most typical first."""

    rows: tuple[int, ...]
    terms: tuple[str, ...]
    stability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A cluster as people read it."""

    name: str
    terms: tuple[str, ...]
    size: int
    share: float
    typical: tuple[Item, ...]
    rows: tuple[int, ...]
    stability: float
    trend: tuple[int, ...] = ()  # items in each of equally long spans of time, oldest first
    direction: Direction = Direction.UNKNOWN
    written: bool = False  # a model wrote the name

    @property
    def firmness(self) -> Firmness:
        """Return how sure the topic is."""
        return Firmness.of(self.stability)

    def as_json(self) -> dict[str, object]:
        """Return the topic as the command line prints it."""
        return {
            "name": self.name,
            "terms": list(self.terms),
            "size": self.size,
            "share": round(self.share, 4),
            "stability": round(self.stability, 3),
            "firmness": self.firmness.value,
            "trend": list(self.trend),
            "direction": self.direction.value,
            "typical": [{"id": item.id, "text": item.text} for item in self.typical],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each row lies on a map of two dimensions.

    ``trustworthiness`` is the share of neighbours on the map that are neighbours
    in meaning, 0 to 1 (Venna & Kaski 2001); ``rows`` are those on the map.
    """

    places: Sequence[tuple[float, float]]
    rows: tuple[int, ...]
    method: str
    trustworthiness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A row by how far it is from its nearest neighbours."""

    row: int
    distance: float  # mean cosine distance, 0 to 2
    deviation: float  # from the median, in robust standard deviations
    percentile: float
    nearest: tuple[tuple[int, float], ...]  # row and cosine similarity, the nearest first
    elsewhere: str | None = None  # the label of most neighbours, where it is another


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """How varied texts are."""

    items: int
    vendi: float
    distinct_2: float | None
    self_bleu: float | None

    def as_json(self) -> dict[str, object]:
        """Return the figures as the command line prints them."""
        return {
            "vendi": round(self.vendi, 2),
            "distinct_2": self.distinct_2,
            "self_bleu": self.self_bleu,
            "items": self.items,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How often a classifier is right, on items that it did not learn from."""

    accuracy: float
    macro_f1: float

    def as_json(self) -> dict[str, float]:
        """Return the figures as the command line prints them."""
        return {"accuracy": round(self.accuracy, 4), "macro_f1": round(self.macro_f1, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a classifier says of a row; ``confidence`` is its probability of being right."""

    row: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """What a classifier found, and how good it is.

    ``guesses`` are held-out ones for rows that had a label. Without labelled
    rows there is no ``quality``, and nothing to compare.
    """

    method: str
    labels: tuple[str, ...]
    guesses: tuple[Guess, ...]
    labelled: int = 0
    quality: Quality | None = None
    baselines: Mapping[str, Quality] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] = ()  # truth by guess, in the order of the labels
    auc: float | None = None  # of two labels
    left_out: Mapping[str, int] = field(default_factory=dict)
    sorter: Sorter | None = None  # what of it can be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the items gets a label at a chosen confidence, and how right those are."""

    confidence: float
    share: float
    accuracy: float | None

    def as_json(self) -> dict[str, float | None]:
        """Return the figures as the command line prints them."""
        accuracy = None if self.accuracy is None else round(self.accuracy, 4)
        return {
            "confidence": self.confidence,
            "share": round(self.share, 4),
            "accuracy": accuracy,
        }
