"""Exploring: what computes apart from the event loop, what it computes, and what draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from bot.exploring import Group, Layout, Sorting, Stranger
from bot.models import EmbeddingSpace
from bot.ports.models import Vectors

T = TypeVar("T")


class Worker(Protocol):
    """Runs functions in a process of their own, one at a time."""

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return what ``function``, which a module holds by name, makes of ``arguments``.

        Cancelling ends the work at once. Raises AnalysisBroke when it fails.
        """
        ...

    async def close(self) -> None:
        """End the process, and what it is doing."""
        ...


class Analyst(Protocol):
    """Computes; every method belongs into a worker, and can be sent there."""

    def topics(
        self, vectors: Vectors, texts: Sequence[str], count: int | None
    ) -> tuple[Group, ...]:
        """Return clusters, the largest first; ``count`` of them, or as many as fit best."""
        ...

    def layout(self, vectors: Vectors) -> Layout:
        """Return a map of two dimensions."""
        ...

    def strangers(self, vectors: Vectors, labels: Sequence[str | None]) -> tuple[Stranger, ...]:
        """Return every row, the furthest from its neighbours first."""
        ...

    def learnt(
        self, vectors: Vectors, texts: Sequence[str], labels: Sequence[str | None]
    ) -> Sorting:
        """Return what a classifier learns from the labelled rows, cross-validated."""
        ...

    def by_name(
        self,
        vectors: Vectors,
        names: Sequence[str],
        name_vectors: Vectors,
        labels: Sequence[str | None],
    ) -> Sorting:
        """Return what the labels' names alone say, measured where there are labels."""
        ...


class MapPainter(Protocol):
    """Draws maps and tables of figures; every method belongs into a worker."""

    def scatter(
        self,
        *,
        title: str,
        note: str,
        places: Sequence[tuple[float, float]],
        groups: Sequence[int],
        names: Sequence[str],
    ) -> bytes:
        """Return points as PNG, coloured by group (-1: none), the groups' names in a legend."""
        ...

    def matrix(
        self,
        *,
        title: str,
        names: Sequence[str],
        counts: Sequence[Sequence[int]],
        axes: tuple[str, str],
    ) -> bytes:
        """Return a table of counts as PNG, the rows' shares as shades."""
        ...


class VectorCache(Protocol):
    """Keeps vectors of texts that are nobody's but the operator's, by the texts' digests."""

    async def get(self, space: EmbeddingSpace, digests: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are there."""
        ...

    async def put(self, space: EmbeddingSpace, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors."""
        ...


class Results(Protocol):
    """Keeps what was computed, by the digest of what it was computed from."""

    async def get(self, key: str, kind: type[T]) -> T | None:
        """Return a result of a kind, None where there is none."""
        ...

    async def put(self, key: str, kind: type[T], result: T) -> None:
        """Keep a result."""
        ...
