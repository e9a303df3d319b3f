"""What can be explored of a server: its library, the questions asked, its data sets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from bot.audience import Viewer
from bot.exploring import Item, Items, Subject
from bot.models import EmbeddingSpace, Passage
from bot.ports import Library
from bot.ports.models import Vectors
from bot.services.exploring.explorer import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySource:
    """A library's passages and documents, by the vectors that search has of them already."""

    library: Library
    space: EmbeddingSpace

    async def passages(self, guild_id: int, *, viewer: Viewer) -> Looked:
        """Return the passages that a viewer may read; one without a vector is counted only."""
        every = await self.library.audiences(guild_id)
        seen = frozenset(audience for audience in every if viewer(audience))
        chunks = await self.library.chunks(guild_id)
        found = await self.library.passages(
            guild_id, sorted(chunks), audiences=seen, space=self.space
        )
        whens = {each.id: each.updated_at for each in await self.library.documents(guild_id)}
        items, rows = [], []
        for chunk_id, (passage, vector) in sorted(found.items()):
            if vector is None:
                continue
            items.append(
                Item(
                    id=str(chunk_id),
                    text=passage.text,
                    label=passage.title,
                    when=whens.get(passage.document_id),
                    title=passage.title,
                )
            )
            rows.append(vector)
        return Looked(
            items=Items(
                subject=Subject.LIBRARY, items=tuple(items), left_out=_unread(len(found), len(rows))
            ),
            vectors=stacked(rows, self.space),
        )

    async def documents(self, guild_id: int, *, viewer: Viewer) -> Looked:
        """Return the documents that a viewer may read, each the mean of its passages.

        A document's label is where it came from, so that a misfiled one shows.
        """
        every = await self.library.audiences(guild_id)
        seen = frozenset(audience for audience in every if viewer(audience))
        chunks = await self.library.chunks(guild_id)
        found = await self.library.passages(
            guild_id, sorted(chunks), audiences=seen, space=self.space
        )
        parts: defaultdict[int, list[tuple[Passage, Vectors]]] = defaultdict(list)
        for _, (passage, vector) in sorted(found.items()):
            if vector is not None:
                parts[passage.document_id].append((passage, vector))
        items, rows = [], []
        for document_id, own in parts.items():
            passage = own[0][0]
            text = " ".join(each.text for each, _ in own)
            folder = passage.source.rpartition("/")[0]
            items.append(
                Item(id=str(document_id), text=text, label=folder or None, title=passage.title)
            )
            rows.append(np.mean([vector for _, vector in own], axis=0))
        return Looked(
            items=Items(subject=Subject.LIBRARY, items=tuple(items)),
            vectors=stacked(rows, self.space),
        )


def stacked(rows: list[Vectors], space: EmbeddingSpace) -> Vectors:
    """Return rows as one array, also of none."""
    if not rows:
        return np.zeros((0, space.dimensions), dtype=np.float32)
    return np.stack(rows).astype(np.float32)


def _unread(found: int, used: int) -> dict[str, int]:
    return {"without_vector": found - used} if found > used else {}
