"""A map of two dimensions: t-SNE (van der Maaten & Hinton 2008), below 30 points PCA."""

from __future__ import annotations

import numpy as np

from bot.adapters.exploring.geometry import SEED, centred, reduced
from bot.exploring import Layout
from bot.ports.models import Vectors

FEWEST_FOR_TSNE = 30
MOST_POINTS = 3000  # more are neither told apart by an eye nor laid out in a minute
COMPONENTS = 50
PERPLEXITY = 30.0
TRUST_NEIGHBOURS = 10
TRUST_SAMPLE = 1500


def lay_out(vectors: Vectors) -> Layout:
    """Return where each row lies; of many rows, an even sample."""
    rows = even_sample(len(vectors), MOST_POINTS)
    moved = centred(vectors)[rows]
    small = len(moved) < FEWEST_FOR_TSNE
    places = _flat(reduced(moved, 2)) if small else _tsne(reduced(moved, COMPONENTS))
    return Layout(
        places=tuple((float(x), float(y)) for x, y in places),
        rows=tuple(map(int, rows)),
        method="PCA" if small else "t-SNE",
        trustworthiness=_trust(moved, places),
    )


def even_sample(size: int, most: int) -> np.ndarray:
    """Return at most ``most`` row numbers, evenly spread and in order."""
    if size <= most:
        return np.arange(size)
    return np.unique(np.linspace(0, size - 1, most).astype(np.int64))


def _flat(places: Vectors) -> Vectors:
    """Return two columns, also of vectors that have but one component."""
    missing = 2 - places.shape[1]
    return np.pad(places, ((0, 0), (0, missing))) if missing > 0 else places


def _tsne(vectors: Vectors) -> Vectors:
    from sklearn.manifold import TSNE

    model = TSNE(
        2,
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        init="pca",
        learning_rate="auto",
        random_state=SEED,
        n_jobs=1,
    )
    return np.asarray(model.fit_transform(vectors), dtype=np.float32)


def _trust(vectors: Vectors, places: Vectors) -> float:
    from sklearn.manifold import trustworthiness

    sample = even_sample(len(vectors), TRUST_SAMPLE)
    neighbours = min(TRUST_NEIGHBOURS, (len(sample) - 1) // 2 - 1)
    if neighbours < 1:
        return 1.0
    # `cosine` refuses vectors of zeros; of unit vectors the Euclidean order is the same
    return float(trustworthiness(vectors[sample], places[sample], n_neighbors=neighbours))
