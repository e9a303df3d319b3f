"""Groups of texts that mean the same, by scikit-learn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bot.ports import Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class AgglomerativeClusterer:
    """Fulfils ``bot.ports.Clusterer``: average linkage over cosine distance.

    Two groups are one as long as their members are, on average, no further
    apart than ``distance``. A vector of zeros is as far from all as can be.
    """

    distance: float

    def groups(self, vectors: Vectors) -> tuple[tuple[int, ...], ...]:
        """Return the row numbers of each group, the largest group first."""
        if len(vectors) < 2:
            return tuple((row,) for row in range(len(vectors)))
        from sklearn.cluster import AgglomerativeClustering
        from sklearn.metrics.pairwise import cosine_distances

        model = AgglomerativeClustering(
            n_clusters=None,
            metric="precomputed",  # scikit-learn's own cosine refuses a vector of zeros
            linkage="average",
            distance_threshold=self.distance,
        )
        members: defaultdict[int, list[int]] = defaultdict(list)
        for row, label in enumerate(model.fit_predict(cosine_distances(vectors))):
            members[int(label)].append(row)
        return tuple(sorted(map(tuple, members.values()), key=lambda rows: (-len(rows), rows)))
