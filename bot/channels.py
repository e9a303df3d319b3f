"""Channels as sources: places, what is said in them, and the stretches it is kept in.

A stretch is a run of a channel's messages that becomes one document. Which one
a message belongs to is decided once, when it arrives: an edit or a deletion
later rewrites that document and no other. A thread is one stretch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.audience import Audience

LONGEST_SILENCE = timedelta(minutes=30)
STRETCH_CHARACTERS = 1500
COMMAND = re.compile(r"![a-z][\w-]*(\s|$)")  # for another bot; slash commands are no messages


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedChannel:
    """A channel that staff made a source; ``server_id`` is Discord's, for links."""

    guild_id: int
    server_id: int
    channel_id: int
    added_by: int

    @property
    def prefix(self) -> str:
        """Return what the origins of all its documents begin with."""
        return f"channel:{self.channel_id}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where messages are: an added channel itself, or one of its threads."""

    guild_id: int
    channel_id: int
    id: int
    title: str

    @property
    def is_thread(self) -> bool:
        """Tell a thread from its channel."""
        return self.id != self.channel_id

    @property
    def prefix(self) -> str:
        """Return what the origins of its documents begin with."""
        return f"channel:{self.channel_id}/{self.id}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """A message as Discord shows it now; ``by_member`` is false for bots and for Discord itself."""

    id: int
    author_id: int
    sent_at: datetime
    text: str
    by_member: bool = True

    @property
    def is_knowledge(self) -> bool:
        """Tell whether its words go into the library, unless their author objects."""
        return self.by_member and bool(self.text.strip()) and not COMMAND.match(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of messages as Discord has it: every id from ``after`` (excluded) to ``until``.

    What the library has between the two and ``messages`` has not is gone. A
    message that is new to the library is taken only above ``new_above``: staff
    may have removed it.
    """

    messages: tuple[ChannelMessage, ...]
    after: int
    until: int
    new_above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a place has been read: the cursor, and the newest message that is kept of it.

    ``reread_after`` is where to begin again so that changes to the latest
    messages are seen.
    """

    cursor: int
    newest: int
    reread_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch to be written: what is left of its messages' texts, oldest first."""

    channel: AddedChannel
    place: Place
    id: int
    revision: int
    started_at: datetime | None
    texts: tuple[str, ...]

    @property
    def origin(self) -> str:
        """Return the origin of its document; no other's begins with it."""
        return stretch_origin(self.place, self.id)

    @property
    def source(self) -> str:
        """Return the address of the message that the stretch began with."""
        return jump_link(self.channel.server_id, self.place.id, self.id)

    @property
    def title(self) -> str:
        """Return a thread's name, or the channel's name and the day."""
        if self.place.is_thread or self.started_at is None:
            return self.place.title
        return f"#{self.place.title} · {self.started_at:%Y-%m-%d}"

    @property
    def audience(self) -> Audience:
        """Return who may see it: the channel's readers."""
        return Audience(channel_id=self.place.channel_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """What the library holds of one member's messages, and whether they forbade more."""

    messages: int
    objects: bool


def stretch_origin(place: Place, stretch_id: int) -> str:
    """Return the origin of a stretch's document."""
    return f"{place.prefix}{stretch_id}/"


def kept_origin(message_id: int) -> str:
    """Return the origin of a single message that staff kept."""
    return f"message:{message_id}/"


def jump_link(server_id: int, channel_id: int, message_id: int) -> str:
    """Return the address that opens a message."""
    return f"https://discord.com/channels/{server_id}/{channel_id}/{message_id}"


def continues(message: ChannelMessage, *, last_at: datetime, characters: int) -> bool:
    """Tell whether a message goes on with a stretch that is so long and ended then."""
    silence = message.sent_at - last_at
    return silence <= LONGEST_SILENCE and characters + len(message.text) <= STRETCH_CHARACTERS
