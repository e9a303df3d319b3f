"""Marv's value objects: frozen, vendor-free, shared by every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from bot.audience import EVERYONE, Audience
from bot.moderation import Blocked
from bot.topics import Topic

ChunkId = NewType("ChunkId", int)
DocumentId = NewType("DocumentId", int)
TurnId = NewType("TurnId", int)

Role = Literal["system", "user", "assistant"]


class Language(StrEnum):
    """The languages Marv speaks."""

    ENGLISH = "en"
    JAPANESE = "ja"


class Provenance(StrEnum):
    """Where a logged or stored text came from, which decides what it may be used for."""

    INTERACTION = "interaction"
    MESSAGE = "message"
    BOT = "bot"
    STAFF = "staff"
    SYNTHETIC = "synthetic"


class TurnKind(StrEnum):
    """Which command a turn belongs to."""

    ASK = "ask"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of text under one heading path, as a loader read it."""

    heading: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDocument:
    """A document as read from a file, before it is cut into chunks."""

    source: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A token-sized piece of a document with its heading path."""

    ordinal: int
    heading: tuple[str, ...]
    text: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """A document cut into chunks; ``content_hash`` is the SHA-256 of its title and chunks."""

    source: str
    title: str
    chunks: tuple[Chunk, ...]
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of the library as it is stored."""

    id: DocumentId
    guild_id: int
    source: str
    title: str
    chunks: int
    provenance: Provenance
    added_by: int | None
    updated_at: datetime
    audience: Audience = EVERYONE
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """What tells whether a document that was read again is news."""

    id: DocumentId
    content_hash: str
    audience: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChunk:
    """What the dense index needs to know of a chunk."""

    document_id: DocumentId
    embed_hash: str
    audience: Audience = EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChange:
    """A document to be written, with the hash of each chunk's embedded text, in order.

    ``origin`` is the file it came from; one origin may hold many documents.
    """

    origin: str
    document: ParsedDocument
    embed_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryChange:
    """What a write to the library did to its chunks."""

    added: Mapping[ChunkId, StoredChunk]
    removed: tuple[ChunkId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryStatus:
    """The size of one guild's library."""

    documents: int
    chunks: int
    tokens: int
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk found by a search; ``score`` is comparable within one result list only.

    ``stale_since`` says when the document's source was found to be gone.
    """

    chunk_id: ChunkId
    document_id: DocumentId
    title: str
    heading: tuple[str, ...]
    text: str
    source: str
    score: float = 0.0
    dense: float | None = None
    lexical: float | None = None
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """Passages for one query, best first, and the words of the query that were matched.

    ``words_only`` says that their meaning could not be compared.
    """

    query: str
    passages: tuple[Passage, ...]
    terms: tuple[str, ...] = ()
    words_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSpace:
    """What two vectors must share to be comparable; 0 dimensions are not known yet."""

    model: str
    dimensions: int
    normalised: bool = True

    @property
    def key(self) -> str:
        """Name the space in one line, for storage and for messages."""
        return f"{self.model}/{self.dimensions}{'' if self.normalised else '/raw'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of a conversation with a chat model."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens of one model call, as the provider counted them or as we did."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: TokenUsage) -> TokenUsage:
        """Add two calls' tokens."""
        return TokenUsage(
            prompt=self.prompt + other.prompt, completion=self.completion + other.completion
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDelta:
    """A piece of a streamed reply.

    The last delta of a complete stream carries ``finish_reason`` (``stop``,
    ``length``, ``content_filter``, …) and, where known, the usage. A stream
    that ends without a finish reason was cut.
    """

    text: str = ""
    finish_reason: str | None = None
    usage: TokenUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered source of an answer."""

    n: int
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Marv says to a question, and on what grounds.

    ``facts`` is the plain draft with its ``[n]``; ``quoted`` says that it holds
    sentences of the documents, word for word. ``finish_reason`` is ``stop`` for
    a complete answer, ``abstained`` when the documents do not say, ``length``
    or ``cut`` when the model stopped early. ``words_only`` says that the library
    was searched by words alone, ``help`` is where to turn
    with something serious, which is the ``topic``; ``elsewhere`` is a channel
    that has more of what was asked about.
    """

    text: str
    answered: bool
    language: Language
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Passage, ...] = ()
    facts: str = ""
    quoted: bool = False
    model: str = ""
    finish_reason: str = "stop"
    usage: TokenUsage = field(default_factory=TokenUsage)
    words_only: bool = False
    help: str = ""
    topic: Topic | None = None
    elsewhere: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDraft:
    """A turn about to be logged; a private one was shown to nobody but its author.

    ``audience_channel_id`` is the channel whose readers saw it, where that is another one;
    ``asked_message_id`` is the member's message that it answers, where it was one.
    Of a ``blocked`` turn no text is kept.
    """

    guild_id: int
    channel_id: int
    author_id: int
    kind: TurnKind
    provenance: Provenance
    question: str
    answer: Answer
    persona: str
    persona_version: str
    latency_seconds: float
    cost_usd: float
    sarcasm: int = 2
    topic: Topic | None = None
    private: bool = False
    parent_id: TurnId | None = None
    audience_channel_id: int | None = None
    asked_message_id: int | None = None
    blocked: Blocked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A logged question and answer; both texts are None once they have been forgotten."""

    id: TurnId
    guild_id: int
    channel_id: int
    author_id: int
    kind: TurnKind
    provenance: Provenance
    question: str | None
    facts: str | None
    answer: str | None
    answered: bool
    language: Language
    persona: str
    persona_version: str
    model: str
    finish_reason: str
    consented: bool
    parent_id: TurnId | None
    created_at: datetime
    private: bool = False
    message_id: int | None = None
    audience_channel_id: int | None = None
    sarcasm: int = 2
    topic: Topic | None = None


def embedded_text(title: str, heading: Sequence[str], text: str) -> str:
    """Return a chunk's text under its title and heading path, as it is embedded."""
    path = [title, *(part for part in heading if part != title)]
    return " > ".join(path) + "\n" + text
