"""What can be explored of a server: its library, the questions asked, its data sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.audience import Audience, Viewer
from bot.dataset import Row, Split, Version
from bot.exploring import Item, Items, Subject
from bot.faults.dataset import VersionUnknown
from bot.models import EmbeddingSpace, Passage, Turn
from bot.ports import Embedder, Library, TurnLog, VoteStore
from bot.ports.dataset import VersionReader
from bot.ports.models import Vectors
from bot.services.exploring.explorer import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySource:
    """A library's passages and documents, by the vectors that search has of them already."""

    library: Library
    embedder: Embedder

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space of the vectors, which a server may tell only later."""
        return self.embedder.space

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


MOST_QUESTIONS = 2000  # the newest


class Labels(StrEnum):
    """What sorts questions already."""

    CHANNEL = "channel"
    VOTES = "votes"  # how members liked the answers


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSource:
    """What members asked, as long as the log keeps their words."""

    log: TurnLog
    votes: VoteStore

    async def questions(
        self, guild_id: int, *, viewer: Viewer, by: Labels = Labels.CHANNEL
    ) -> Items:
        """Return the newest 2,000 questions that a viewer may read.

        As with gaps, what was asked privately is counted and never shown, and
        what was asked in a channel that the viewer may not read is not even
        counted. Nothing of it may be kept: the log forgets.
        """
        turns = [turn async for turn in self.log.turns(guild_id)]
        readable = [turn for turn in turns if turn.private or viewer(_audience(turn))]
        worded = [turn for turn in readable if turn.question and not turn.private]
        scores = await self.votes.scores(guild_id) if by is Labels.VOTES else {}
        left_out = {
            "private": sum(turn.private for turn in readable),
            "without_text": sum(not turn.question for turn in readable if not turn.private),
            "older": max(0, len(worded) - MOST_QUESTIONS),
        }
        return Items(
            subject=Subject.QUESTIONS,
            items=tuple(_question(turn, by, scores) for turn in worded[-MOST_QUESTIONS:]),
            left_out={reason: count for reason, count in left_out.items() if count},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSource:
    """The rows of a frozen version that are trained on."""

    versions: VersionReader

    async def rows(self, guild_id: int, name: str | None) -> Items:
        """Return a version's training rows, the newest version's without a name.

        Raises VersionUnknown.
        """
        version = await self._version(guild_id, name)
        rows = [row async for row in self.versions.rows(version.id, Split.TRAIN)]
        return Items(
            subject=Subject.DATASET,
            items=tuple(_example(number, row, version) for number, row in enumerate(rows, 1)),
            name=version.name,
        )

    async def before(self, guild_id: int, name: str) -> Items | None:
        """Return the training rows of the version before one, if there is one."""
        versions = await self.versions.versions(guild_id)
        names = [version.name for version in versions]
        older = names[names.index(name) + 1 :] if name in names else []
        return await self.rows(guild_id, older[0]) if older else None

    async def _version(self, guild_id: int, name: str | None) -> Version:
        if name is None:
            versions = await self.versions.versions(guild_id)
            if not versions:
                raise VersionUnknown("no version is frozen yet")
            return versions[0]
        version = await self.versions.version(guild_id, name)
        if version is None:
            raise VersionUnknown(name)
        return version


def _audience(turn: Turn) -> Audience:
    """Return who saw a question asked."""
    return Audience(channel_id=turn.audience_channel_id or turn.channel_id)


def _question(turn: Turn, by: Labels, scores: Mapping[int, int]) -> Item:
    if by is Labels.CHANNEL:
        label: str | None = str(turn.audience_channel_id or turn.channel_id)
    else:
        score = scores.get(turn.id, 0)
        label = None if score == 0 else "👍" if score > 0 else "👎"
    return Item(id=str(turn.id), text=turn.question or "", label=label, when=turn.created_at)


def _example(number: int, row: Row, version: Version) -> Item:
    """Return a row's last question and its answer, without the persona's instructions."""
    said = [message.content for message in row.messages if message.role != "system"]
    return Item(
        id=f"{version.name}#{number}",
        text="\n".join(said[-2:]),
        label=row.source.value,
        when=version.created_at,
    )


def stacked(rows: list[Vectors], space: EmbeddingSpace) -> Vectors:
    """Return rows as one array, also of none."""
    if not rows:
        return np.zeros((0, space.dimensions), dtype=np.float32)
    return np.stack(rows).astype(np.float32)


def _unread(found: int, used: int) -> dict[str, int]:
    return {"without_vector": found - used} if found > used else {}
