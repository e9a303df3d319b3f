"""Vectors less what all of them share: thresholds then mean the same for every model."""

from __future__ import annotations

import numpy as np

from bot.ports.models import Vectors

SEED = 20261128
BLOCK = 1024  # rows that are compared with all others at once: 40 MB for 10,000


def centred(vectors: Vectors) -> Vectors:
    """Return vectors less their mean, at length 1; a vector of zeros stays one."""
    return unit(vectors - vectors.mean(axis=0, keepdims=True))


def unit(vectors: Vectors) -> Vectors:
    """Return vectors at length 1; one of nearly no length becomes zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(
        np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0.0), dtype=np.float32
    )


def reduced(vectors: Vectors, dimensions: int) -> Vectors:
    """Return the principal components that explain most."""
    from sklearn.decomposition import PCA

    dimensions = min(dimensions, *vectors.shape)
    if dimensions >= vectors.shape[1]:
        return vectors
    if not vectors.any():  # texts that are all the same have no direction to differ in
        return np.zeros((len(vectors), dimensions), dtype=np.float32)
    model = PCA(dimensions, svd_solver="randomized", random_state=SEED)
    return np.asarray(model.fit_transform(vectors), dtype=np.float32)
