"""How sure a difference between two rankings is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20261124
_ROWS = 500  # resamples drawn together

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean difference and the 95 % interval that it lies in."""

    mean: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """Return the interval as the command line's contract names it."""
        return {
            "mean": round(self.mean, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
        }


def paired_bootstrap(differences: Floats) -> tuple[Interval, ...]:
    """Return the interval of each column's mean, from differences by query (rows).

    The percentile bootstrap (Efron and Tibshirani 1993, chapter 13) over
    queries: a resample of n queries is drawn as how often each one occurs.
    The draws are seeded: the same figures give the same interval.
    """
    n = len(differences)
    random = np.random.default_rng(SEED)
    shares = np.full(n, 1.0 / n)
    means = np.concatenate(
        [
            random.multinomial(n, shares, size=_ROWS) @ differences / n
            for _ in range(RESAMPLES // _ROWS)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return tuple(
        Interval(mean=float(mean), low=float(down), high=float(up))
        for mean, down, up in zip(differences.mean(axis=0), low, high, strict=True)
    )
