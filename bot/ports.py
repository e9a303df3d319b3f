"""What Marv needs of the outside world, as protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.audience import Audience
from bot.channels import AddedChannel, MemberRecord, Place, Reach, Span, Stretch
from bot.inquiry import (
    Example,
    ExampleDraft,
    Inquiry,
    InquiryDraft,
    InquiryId,
    InquiryState,
    OpenQuestions,
    VoteValue,
)
from bot.models import (
    ChatDelta,
    ChatMessage,
    ChunkId,
    Document,
    DocumentChange,
    DocumentId,
    EmbeddingSpace,
    Fetched,
    GuildSettings,
    KnownDocument,
    LibraryChange,
    LibraryStatus,
    ParsedDocument,
    Passage,
    PrivacyStatus,
    Provenance,
    Source,
    SourceDraft,
    SourceId,
    SourcePage,
    StoredChunk,
    Turn,
    TurnDraft,
    TurnId,
)

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of one embedding space."""

    @property
    def space(self) -> EmbeddingSpace:
        """Return the space that the vectors live in."""
        ...

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text, shape ``(len(texts), dimensions)``, in order.

        Raises EmbeddingFailed when the model cannot be reached or answers nonsense.
        """
        ...

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a search query, shape ``(dimensions,)``."""
        ...

    async def close(self) -> None:
        """Free what the embedder holds."""
        ...


class ChatModel(Protocol):
    """Continues a conversation."""

    @property
    def name(self) -> str:
        """Return the model's name as the log and the ledger know it."""
        ...

    @property
    def grounded(self) -> bool:
        """Tell whether the model can answer from passages by itself.

        False for small models that only voice a draft: their facts are quoted for them.
        """
        ...

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        """Yield the reply as it is written.

        Raises ChatFailed (or a child of it) when the model cannot be reached,
        refuses the key, or has no quota left. Closing the iterator stops the model.
        """
        ...

    async def close(self) -> None:
        """Free what the model holds."""
        ...


class Reranker(Protocol):
    """Says how well each of some texts answers a query."""

    async def rerank(self, query: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return one score a text, in order; only their order means something.

        Raises RerankFailed (or another ModelError) when there are no scores to be had.
        """
        ...

    async def close(self) -> None:
        """Free what the reranker holds."""
        ...


class TokenCounter(Protocol):
    """Counts tokens offline."""

    def count(self, text: str) -> int:
        """Return the number of tokens in ``text``."""
        ...


class DocumentParser(Protocol):
    """Reads untrusted files."""

    async def parse(
        self, content: bytes, *, source: str, suffix: str = ""
    ) -> tuple[ParsedDocument, ...]:
        """Return the documents that a file holds, cut into chunks.

        A file is one document, named by ``source``; a JSON-lines corpus is one
        a line. ``suffix`` (``.html``) says what the file is where somebody
        knows better than its name. Raises DocumentRefused with the reason for a file that is
        empty, broken, too large, of an unknown kind or hostile.
        """
        ...

    async def close(self) -> None:
        """Stop what the parser started."""
        ...


class WebFetcher(Protocol):
    """Reads pages of public hosts."""

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Return a page, or that it has not changed since these validators were given.

        Raises AddressRefused for what is not public, RobotsForbid, PageGone,
        PageUnreachable, or DocumentRefused for a page that is too large or of
        a kind that Marv does not read.
        """
        ...

    async def close(self) -> None:
        """Close what connections there are."""
        ...


class PassageIndex(Protocol):
    """The dense index: vectors by chunk id, one collection a guild and space."""

    async def upsert(
        self,
        guild_id: int,
        vectors: Mapping[ChunkId, Vectors],
        chunks: Mapping[ChunkId, StoredChunk],
    ) -> None:
        """Store vectors, each with the document and the audience of its chunk."""
        ...

    async def delete(self, guild_id: int, chunk_ids: Iterable[ChunkId]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    async def nearest(
        self,
        guild_id: int,
        vector: Vectors,
        *,
        limit: int,
        audiences: frozenset[Audience] | None = None,
    ) -> tuple[tuple[ChunkId, float], ...]:
        """Return up to ``limit`` chunk ids with their cosine similarity, best first.

        Only chunks of ``audiences``, where they are given; an empty set finds nothing.
        """
        ...

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, str]:
        """Return every chunk id that the index holds for the guild, with its audience's key."""
        ...

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have a collection in this space."""
        ...


class Library(Protocol):
    """The stored documents, their chunks, vectors and lexical index: the truth."""

    async def documents(self, guild_id: int) -> tuple[Document, ...]:
        """Return the guild's documents, by title."""
        ...

    async def status(self, guild_id: int, audiences: frozenset[Audience]) -> LibraryStatus:
        """Return how much of the guild's library belongs to some audiences."""
        ...

    async def audiences(self, guild_id: int) -> frozenset[Audience]:
        """Return the audiences that the guild's documents have."""
        ...

    async def set_audience(
        self, guild_id: int, document_id: DocumentId, audience: Audience
    ) -> LibraryChange:
        """Change who may see a document; its chunks are the change's ``added``.

        Raises DocumentUnknown when the guild has no such document.
        """
        ...

    async def set_stale(self, guild_id: int, origin: str, since: datetime | None) -> int:
        """Mark an origin's documents as gone from their source, or as there again.

        A document that is marked keeps its first date. Returns how many changed.
        """
        ...

    async def known(self, guild_id: int, origin: str) -> Mapping[str, KnownDocument]:
        """Return each document of an origin, by source."""
        ...

    async def origins(self, guild_id: int, prefix: str) -> frozenset[str]:
        """Return the origins of the guild's documents that begin with ``prefix``."""
        ...

    async def replace(
        self,
        guild_id: int,
        changes: Sequence[DocumentChange],
        *,
        provenance: Provenance,
        added_by: int | None,
        audience: Audience | None,
    ) -> LibraryChange:
        """Write documents in one transaction; chunks whose text is unchanged keep their ids.

        Without an ``audience`` a document keeps the one it has; a new one is for
        everyone. Chunks of a document whose audience changed are all among ``added``.
        """
        ...

    async def remove(self, guild_id: int, document_ids: Sequence[DocumentId]) -> LibraryChange:
        """Remove documents in one transaction.

        Raises DocumentUnknown when the guild has no such document; then none is removed.
        """
        ...

    async def vectors(self, space: EmbeddingSpace, hashes: Iterable[str]) -> Mapping[str, Vectors]:
        """Return the stored vectors of these texts; a missing one is left out."""
        ...

    async def sample_vectors(self, guild_id: int, space: EmbeddingSpace, *, limit: int) -> Vectors:
        """Return up to ``limit`` of the guild's vectors, one a row, always the same ones."""
        ...

    async def put_vectors(self, space: EmbeddingSpace, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by the hash of their text."""
        ...

    async def chunks(self, guild_id: int) -> Mapping[ChunkId, StoredChunk]:
        """Return every chunk of the guild."""
        ...

    async def embed_texts(self, chunk_ids: Iterable[ChunkId]) -> Mapping[ChunkId, str]:
        """Return the text that stands for each chunk in the dense index."""
        ...

    async def passages(
        self,
        guild_id: int,
        chunk_ids: Iterable[ChunkId],
        *,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> Mapping[ChunkId, tuple[Passage, Vectors | None]]:
        """Return the passages of these chunks and their vectors, by what the database says now.

        One that is gone, another guild's, or another audience's is left out.
        """
        ...

    async def lexical(
        self,
        guild_id: int,
        query: str,
        *,
        limit: int,
        audiences: frozenset[Audience],
        space: EmbeddingSpace,
    ) -> tuple[tuple[Passage, Vectors | None, float], ...]:
        """Return up to ``limit`` passages, their vectors and BM25 (higher is better), best first.

        Only passages of ``audiences``; an empty set finds nothing.
        """
        ...

    async def guild_ids(self) -> frozenset[int]:
        """Return the guilds that have documents."""
        ...


class SourceStore(Protocol):
    """The addresses that staff named, and the pages that were read because of them."""

    async def put_source(self, draft: SourceDraft) -> Source:
        """Write a source; one with the same address gets the new limit and keeps its pages."""
        ...

    async def drop_source(self, source_id: SourceId) -> None:
        """Forget a source and its pages; the documents are not touched."""
        ...

    async def sources(self, guild_id: int) -> tuple[Source, ...]:
        """Return a guild's sources, by address."""
        ...

    async def due(self, *, before: datetime) -> tuple[Source, ...]:
        """Return every guild's sources that were last checked before a moment."""
        ...

    async def checked(self, source_id: SourceId, at: datetime) -> None:
        """Remember when a source was gone through."""
        ...

    async def put_page(self, page: SourcePage) -> None:
        """Write what was learnt of a page."""
        ...

    async def page(self, guild_id: int, url: str) -> SourcePage | None:
        """Return the page of this address, or the one whose redirects end there."""
        ...

    async def pages(self, source_id: SourceId) -> tuple[SourcePage, ...]:
        """Return a source's pages, by address."""
        ...


class TurnLog(Protocol):
    """The log of turns and each member's consent."""

    async def add(self, draft: TurnDraft) -> TurnId:
        """Log a turn and return its id once it is durable."""
        ...

    async def set_message(self, turn_id: TurnId, message_id: int) -> None:
        """Remember which Discord message carries the answer."""
        ...

    async def by_message(self, message_id: int) -> Turn | None:
        """Return the turn that a message of Marv's answered."""
        ...

    async def by_id(self, guild_id: int, turn_id: TurnId) -> Turn | None:
        """Return a guild's turn."""
        ...

    async def conversation(self, turn_id: TurnId, *, limit: int) -> tuple[Turn, ...]:
        """Return the last ``limit`` turns up to and including ``turn_id``, oldest first."""
        ...

    async def set_consent(self, guild_id: int, user_id: int, *, granted: bool) -> None:
        """Record a member's decision."""
        ...

    async def privacy(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what is kept about a member in a guild."""
        ...

    async def forget(self, guild_id: int, user_id: int) -> int:
        """Delete a member's turns and consent in a guild; return how many turns there were."""
        ...

    async def drop_texts(self, *, before: datetime) -> int:
        """Remove the texts of older turns whose author gave no consent; return how many."""
        ...

    def turns(self, guild_id: int) -> AsyncIterator[Turn]:
        """Yield the guild's turns by id; ``consented`` is the author's decision of now."""
        ...


class SettingsStore(Protocol):
    """What the staff of each server have set."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """Return a server's settings; the defaults where nothing was set."""
        ...

    async def set_guild_settings(
        self, guild_id: int, settings: GuildSettings, *, changed_by: int
    ) -> None:
        """Replace a server's settings."""
        ...


class InquiryStore(Protocol):
    """The questions that wait for the staff, and those that no longer do."""

    async def add(self, draft: InquiryDraft, *, most_open: int) -> Inquiry:
        """Write a question down and return it.

        Raises AlreadyAsked when the asker has the same one open, and
        TooManyInquiries when they have ``most_open`` of them.
        """
        ...

    async def get(self, guild_id: int, inquiry_id: InquiryId) -> Inquiry | None:
        """Return a guild's inquiry."""
        ...

    async def set_staff_message(
        self, inquiry_id: InquiryId, *, channel_id: int, message_id: int
    ) -> None:
        """Remember which message shows it to the staff."""
        ...

    async def discard(self, inquiry_id: InquiryId) -> None:
        """Delete an inquiry that the staff never saw."""
        ...

    async def discard_unposted(self) -> int:
        """Delete every inquiry that the staff never saw; return how many."""
        ...

    async def close(
        self, inquiry_id: InquiryId, state: InquiryState, *, answer: str | None, closed_by: int
    ) -> bool:
        """Close an open inquiry; False when it is gone or somebody was faster.

        An answer settles its turn too.
        """
        ...

    async def open_of_turns(self, guild_id: int, turn_ids: Iterable[TurnId]) -> tuple[Inquiry, ...]:
        """Return the open inquiries that these turns led to, oldest first."""
        ...


class OpenQuestionLog(Protocol):
    """What members asked and did not get to know."""

    async def open_questions(self, guild_id: int, *, limit: int) -> OpenQuestions:
        """Return unanswered and down-voted turns that nobody has settled, newest first."""
        ...

    async def settle(self, guild_id: int, turn_ids: Iterable[TurnId]) -> None:
        """Note that staff have answered these."""
        ...


class ExampleStore(Protocol):
    """The exchanges that staff keep for training."""

    async def add(self, draft: ExampleDraft) -> None:
        """Keep an exchange; one of the same inquiry is replaced."""
        ...

    def examples(self, guild_id: int) -> AsyncIterator[Example]:
        """Yield a guild's examples by id; ``consented`` is the decision of now."""
        ...


class VoteStore(Protocol):
    """What members think of answers, one vote a member and turn."""

    async def set_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Set or change a member's vote."""
        ...

    async def remove_vote(self, turn_id: TurnId, user_id: int, value: VoteValue) -> None:
        """Remove a member's vote if it is this one."""
        ...


class Clusterer(Protocol):
    """Groups what means the same."""

    def groups(self, vectors: Vectors) -> tuple[tuple[int, ...], ...]:
        """Return the row numbers of each group, the largest group first; every row is in one."""
        ...


class RankingMeasures(Protocol):
    """Scores rankings against judgements."""

    def score(
        self, judgements: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
    ) -> Mapping[str, Mapping[str, float]]:
        """Return nDCG@10, recall@5, MRR@10 and hit@1 of each judged query, by measure name.

        A ranking is document ids, best first; a query without one scores 0.
        """
        ...


class ChartPainter(Protocol):
    """Draws figures as PNG."""

    def bars(
        self,
        *,
        title: str,
        groups: Sequence[str],
        series: Mapping[str, Sequence[float]],
        axis: str,
    ) -> bytes:
        """Return grouped bars from 0 to 1: one bar a series in each group, its value on top."""
        ...


class SarcasmJudge(Protocol):
    """Tells sarcastic texts from others, after training."""

    @property
    def quality(self) -> Mapping[str, float | int | str]:
        """Return how good the judge is, cross-validated, beside the share of the commoner class."""
        ...

    def sarcastic(self, texts: Sequence[str], vectors: Vectors) -> tuple[bool, ...]:
        """Tell of each text, given with its vector, whether it is sarcastic."""
        ...


class SarcasmTrainer(Protocol):
    """Trains a judge of sarcasm."""

    def train(self, texts: Sequence[str], vectors: Vectors, labels: Sequence[bool]) -> SarcasmJudge:
        """Return the judge whose features cross-validate best on labelled texts."""
        ...


class ChannelStore(Protocol):
    """The channels that staff made sources, their messages, and what members forbade."""

    async def channels(self, guild_id: int) -> tuple[AddedChannel, ...]:
        """Return the guild's added channels."""
        ...

    async def is_added(self, guild_id: int, channel_id: int) -> bool:
        """Tell whether a channel is a source."""
        ...

    async def add_channel(self, channel: AddedChannel) -> None:
        """Make a channel a source; one that is stays as it is."""
        ...

    async def remove_channel(self, guild_id: int, channel_id: int) -> bool:
        """Forget a channel and all its messages; tell whether it was there."""
        ...

    async def places(self, guild_id: int, channel_id: int) -> tuple[Place, ...]:
        """Return the places of a channel that were read so far."""
        ...

    async def put_place(self, place: Place) -> None:
        """Remember a place of an added channel; a new title has its stretches written again."""
        ...

    async def rename_place(self, guild_id: int, place_id: int, title: str) -> bool:
        """Give a known place another title; tell whether its stretches have to be written."""
        ...

    async def remove_place(self, guild_id: int, place_id: int) -> None:
        """Forget a place and its messages."""
        ...

    async def reach(self, place: Place) -> Reach:
        """Return how far a place has been read."""
        ...

    async def take(self, place: Place, span: Span, *, cursor: int | None) -> None:
        """Make the kept messages of a span equal to it, and move the cursor, in one transaction.

        A message that is no knowledge, or whose author objects, is not kept.
        The cursor moves forward only; None leaves it.
        """
        ...

    async def withdraw(self, guild_id: int, message_ids: Sequence[int]) -> int:
        """Remove messages that were deleted; return how many were kept."""
        ...

    async def pending(self, guild_id: int, *, limit: int) -> tuple[Stretch, ...]:
        """Return stretches whose documents are behind their messages."""
        ...

    async def written(self, stretch: Stretch) -> bool:
        """Remember that a stretch is written as it was read; tell whether it still exists.

        One without messages is removed.
        """
        ...

    async def keep(self, guild_id: int, message_id: int, *, author_id: int, kept_by: int) -> None:
        """Remember whose words a single message is that staff keep.

        Raises AuthorObjects when its author forbade that; then nothing is remembered.
        """
        ...

    async def member(self, guild_id: int, user_id: int) -> MemberRecord:
        """Return what is held of a member's messages."""
        ...

    async def object(self, guild_id: int, user_id: int) -> tuple[int, tuple[int, ...]]:
        """Forbid a member's messages for ever and remove them, in one transaction.

        Returns how many there were, and which of their messages staff had kept.
        """
        ...

    async def scrub(self) -> None:
        """Leave no word of what was removed behind in the word index."""
        ...

    async def allow(self, guild_id: int, user_id: int) -> None:
        """Take a member's objection back; what was removed stays away."""
        ...
