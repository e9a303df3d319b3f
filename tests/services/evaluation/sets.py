"""Small sets to measure on, written by hand, and an embedder that knows what they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bot.models import EmbeddingSpace
from bot.ports import Vectors
from bot.terms import normalise

BILINGUAL = {
    "tides": "High water is listed on the board by the slipway.",
    "winter": "舟は十一月から三月まで倉庫で保管します。",
    "hut": "The hut sleeps eight; bring your own blanket.",
    "fees": "会費は年に四千円で、四月に集めます。",
    "code": "Error E-4711 means that the bilge pump is blocked.",
    "radio": "Error E-4712 means that the radio lost its aerial.",
}
# What each text and question is about, for the embedder; words of no concept mean nothing to it.
CONCEPTS = (
    ("high water", "満潮", "tide"),
    ("舟", "boat", "倉庫"),
    ("hut", "小屋", "sleeps"),
    ("会費", "membership", "四千円"),
    ("error", "エラー"),
)


@dataclass(slots=True)
class FakeConceptEmbedder:
    """Embeds a text as the concepts that it names, in whatever language."""

    embedded: list[str] = field(default_factory=list)
    space: EmbeddingSpace = field(
        default_factory=lambda: EmbeddingSpace(model="fake-concepts", dimensions=len(CONCEPTS) + 1)
    )

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return np.stack([self._vector(text) for text in texts])

    async def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    async def close(self) -> None:
        pass

    def _vector(self, text: str) -> Vectors:
        said = normalise(text)
        named = [any(normalise(word) in said for word in concept) for concept in CONCEPTS]
        vector = np.array([*named, 0.1], dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def write_retrieval_set(
    folder: Path,
    *,
    corpus: Mapping[str, str],
    queries: Mapping[str, str],
    relevant: Mapping[str, Sequence[str]],
) -> Path:
    write_lines(
        folder / "corpus.jsonl",
        [{"id": id_, "title": "", "text": text} for id_, text in corpus.items()],
    )
    write_lines(
        folder / "queries.jsonl", [{"id": id_, "text": text} for id_, text in queries.items()]
    )
    lines = [f"{query}\t{id_}\t1" for query, ids in relevant.items() for id_ in ids]
    (folder / "qrels.tsv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def write_lines(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
