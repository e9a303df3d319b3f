"""Near-duplicates among many texts: MinHash over character n-grams.

A. Broder, "On the resemblance and containment of documents", 1997: two texts
share a minimum of a random hash with the probability of their Jaccard
similarity. Eight bands of four minima bring together pairs above about .6; each
pair is then compared exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SIMILAR = 0.7  # Jaccard similarity of the n-grams
GRAM = 4  # characters
BANDS, ROWS = 8, 4
_random = np.random.default_rng(20261124)
_FACTORS = _random.integers(1, 2**63, size=64, dtype=np.uint64) | np.uint64(1)
_BASE = np.uint64(1_000_003)
_BLANK = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Return a text without case, width, punctuation and blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text).casefold())


def pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions of texts that say nearly the same, each pair at most once.

    The smaller position comes first; not every pair of a bigger group is
    yielded, but enough to connect the group.
    """
    sets = [grams(normalised(text), GRAM) for text in texts]
    seen: set[tuple[int, int]] = set()
    buckets: dict[tuple[int, bytes], int] = {}
    for position, gram in enumerate(sets):
        if not gram.size:
            continue
        least = minima(gram, BANDS * ROWS)
        for band in range(BANDS):
            key = (band, least[band * ROWS : (band + 1) * ROWS].tobytes())
            first = buckets.setdefault(key, position)
            if first != position and (first, position) not in seen:
                seen.add((first, position))
                if _jaccard(sets[first], gram) >= SIMILAR:
                    yield first, position


def grams(text: str, size: int) -> NDArray[np.uint64]:
    """Return the hashes of a text's character n-grams, sorted, each once."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    size = min(size, len(codes))
    hashed = np.zeros(len(codes) - size + 1 if size else 0, dtype=np.uint64)
    for offset in range(size):
        hashed = hashed * _BASE + codes[offset : offset + len(hashed)]
    return np.unique(hashed)


def minima(hashes: NDArray[np.uint64], count: int) -> NDArray[np.uint32]:
    """Return the least of some hashes under each of ``count`` orders, 64 at most."""
    mixed = (hashes[:, None] * _FACTORS[None, :count]) >> np.uint64(32)
    return np.asarray(mixed.min(axis=0), dtype=np.uint32)


def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common) / (one.size + other.size - common)
