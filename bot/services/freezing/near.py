"""Near-duplicates among many texts: MinHash over character n-grams.

A. Broder, "On the resemblance and containment of documents", 1997: two texts
share a minimum of a random hash with the probability of their Jaccard
similarity. Eight bands of four minima bring together pairs above about .6; each
pair is then compared exactly.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SIMILAR = 0.7  # Jaccard similarity of the n-grams
GRAM = 4  # characters
BANDS, ROWS = 8, 4
_PRIME = np.uint64(4_294_967_311)  # the first above 2³²
_BLANK = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Return a text without case, width, punctuation and blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text).casefold())


def pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions of texts that say nearly the same, each pair at most once.

    The smaller position comes first; not every pair of a bigger group is
    yielded, but enough to connect the group.
    """
    grams = [_grams(normalised(text)) for text in texts]
    seen: set[tuple[int, int]] = set()
    buckets: dict[tuple[int, bytes], int] = {}
    for position, gram in enumerate(grams):
        if not gram.size:
            continue
        minima = _minima(gram)
        for band in range(BANDS):
            key = (band, minima[band * ROWS : (band + 1) * ROWS].tobytes())
            first = buckets.setdefault(key, position)
            if first != position and (first, position) not in seen:
                seen.add((first, position))
                if _jaccard(grams[first], gram) >= SIMILAR:
                    yield first, position


def _grams(text: str) -> NDArray[np.uint64]:
    """Return the hashes of a text's n-grams, sorted, each once."""
    if not text:
        return np.array([], dtype=np.uint64)
    hashes = {
        zlib.crc32(text[start : start + GRAM].encode())
        for start in range(max(1, len(text) - GRAM + 1))
    }
    return np.array(sorted(hashes), dtype=np.uint64)


_random = np.random.default_rng(20261124)
_FACTORS = _random.integers(1, 2**32 - 1, size=BANDS * ROWS, dtype=np.uint64)
_OFFSETS = _random.integers(0, 2**32 - 1, size=BANDS * ROWS, dtype=np.uint64)


def _minima(grams: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashed = (grams[:, None] * _FACTORS[None, :] + _OFFSETS[None, :]) % _PRIME
    return np.asarray(hashed.min(axis=0), dtype=np.uint64)


def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common) / (one.size + other.size - common)
