"""A sorter: what a classification leaves behind that can be kept, and applied to one vector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar


class Method(StrEnum):
    """How a sorter came to know its labels."""

    LEARNT = "learnt"  # from labelled texts
    NAMED = "named"  # from the labels' names alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the sorter said of a text that it had not learnt from.

    ``close`` tells whether the text was as near to others of the label as those
    are to each other; ``right`` is None where nobody knows the text's label.
    """

    label: str
    confidence: float
    close: bool
    right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many texts a label gets at a confidence, and how many of those are right."""

    share: float
    right: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorter:
    """Numbers that sort a vector into labels; every field of bytes is float32, little-endian.

    Of ``d`` dimensions and ``k`` labels, ``weights`` and ``anchors`` have shape (k, d),
    ``bias`` and ``floors`` (k). A vector at length 1 goes through the weights and a
    softmax; and it belongs to a label only where its cosine with the label's anchor is
    above the label's floor: a softmax is sure of texts that are about none of the
    labels as well.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {  # bytes in a kept result's JSON
        "ser_json_bytes": "base64",
        "val_json_bytes": "base64",
    }

    labels: tuple[str, ...]
    method: Method
    dimensions: int
    weights: bytes
    bias: bytes
    anchors: bytes
    floors: bytes
    trials: tuple[Trial, ...] = ()

    @property
    def digest(self) -> str:
        """Return the same word for sorters that sort alike."""
        hashed = sha256("\0".join(self.labels).encode())
        for part in (self.weights, self.bias, self.anchors, self.floors):
            hashed.update(part)
        return hashed.hexdigest()

    @property
    def fits(self) -> bool:
        """Tell whether the numbers are as many as the labels and dimensions ask for."""
        rows, vector = 4 * len(self.labels), 4 * self.dimensions
        return (
            len(self.weights) == len(self.anchors) == len(self.labels) * vector
            and len(self.bias) == len(self.floors) == rows
        )

    def reach(self, label: str, confidence: float) -> Reach:
        """Return what a label gets at a confidence, by the trials."""
        sure = [
            each
            for each in self.trials
            if each.label == label and each.close and each.confidence >= confidence
        ]
        known = [each.right for each in sure if each.right is not None]
        return Reach(
            share=len(sure) / max(1, len(self.trials)),
            right=sum(known) / len(known) if known else None,
        )
