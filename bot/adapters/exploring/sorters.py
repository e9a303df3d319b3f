"""Sorters: what of a classification can be kept and applied to one vector, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.adapters.exploring.geometry import centred, unit
from bot.ports.models import Vectors
from bot.sorter import Method, Sorter, Trial

# Of a label's own texts, in per cent, that its floor turns away. By tests/benchmarks/routing.py, at
# 70 %, .73 of unseen questions are sorted then, not .88, and of off-topic ones .05, not .33
TURNED_AWAY = 10.0
FEWEST_FOR_ANCHOR = 5  # the mean of fewer texts would nearly be one of them
UNGUARDED = -1.0  # a cosine below which nothing is

Shares = np.ndarray  # of each label for each text
Rows = np.ndarray


def learnt_sorter(
    vectors: Vectors, truth: Rows, labels: Sequence[str], held_out: Shares, *, strength: float
) -> Sorter:
    """Return logistic regression over embeddings alone, fitted on every labelled row.

    ``held_out`` is what models said that had not seen the row: it makes the trials.
    """
    from sklearn.linear_model import LogisticRegression

    near = unit(vectors)
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3).fit(near, truth)
    weights, bias = model.coef_, model.intercept_
    if len(labels) == 2:  # scikit-learn keeps one row for two labels: the other's is zero
        weights = np.vstack([np.zeros_like(weights), weights])
        bias = np.concatenate([np.zeros_like(bias), bias])
    guessed = held_out.argmax(axis=1)
    anchors, floors, alike = _anchors(near, truth, len(labels), guessed)
    return Sorter(
        labels=tuple(labels),
        method=Method.LEARNT,
        dimensions=vectors.shape[1],
        weights=_blob(weights),
        bias=_blob(bias),
        anchors=_blob(anchors),
        floors=_blob(floors),
        trials=_trials(held_out, labels, alike >= floors[guessed], list(guessed == truth)),
    )


def named_sorter(
    vectors: Vectors,
    names: Sequence[str],
    name_vectors: Vectors,
    shares: Shares,
    right: Sequence[bool | None],
    *,
    sharpness: float,
) -> Sorter:
    """Return a sorter by the labels' names; a label's anchor are the texts sorted to it."""
    guessed = shares.argmax(axis=1)
    anchors, floors, alike = _anchors(unit(vectors), guessed, len(names), guessed)
    return Sorter(
        labels=tuple(names),
        method=Method.NAMED,
        dimensions=vectors.shape[1],
        weights=_blob(sharpness * centred(name_vectors)),
        bias=_blob(np.zeros(len(names))),
        anchors=_blob(anchors),
        floors=_blob(floors),
        trials=_trials(shares, names, alike >= floors[guessed], right),
    )


def _anchors(
    near: Vectors, groups: Rows, size: int, guessed: Rows
) -> tuple[Vectors, Vectors, Vectors]:
    """Return each label's direction and floor, and each text's cosine with its guess's direction.

    A text that is of the label is compared with the mean of the others.
    """
    anchors = np.zeros((size, near.shape[1]), dtype=np.float32)
    floors = np.full(size, UNGUARDED, dtype=np.float32)
    alike = np.zeros(len(near), dtype=np.float32)
    for label in range(size):
        own = groups == label
        if own.sum() < FEWEST_FOR_ANCHOR:
            continue
        total = near[own].sum(axis=0)
        anchors[label] = unit(total[None])[0]
        alone = (unit(total - near[own]) * near[own]).sum(axis=1)
        floors[label] = np.percentile(alone, TURNED_AWAY)
        alike[guessed == label] = near[guessed == label] @ anchors[label]
        alike[own & (guessed == label)] = alone[(guessed == label)[own]]
    return anchors, floors, alike


def _trials(
    shares: Shares, labels: Sequence[str], close: Rows, right: Sequence[bool | None]
) -> tuple[Trial, ...]:
    return tuple(
        Trial(
            label=labels[int(row.argmax())],
            confidence=float(row.max()),
            close=bool(near),
            right=None if well is None else bool(well),
        )
        for row, near, well in zip(shares, close, right, strict=True)
    )


def _blob(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
