"""Speaking: whether Marv answers what somebody says in a channel."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.preferences import Preferences, Speaking

# How questions end, and how Japanese ones end that carry no mark.
_QUESTION = re.compile(r"[?？]|(?:です|ます|でしょう)か[。.]?\s*$", re.MULTILINE)
SHORTEST_QUESTION = 8  # characters; "why?" is no question for a library


class Reaction(Enum):
    """What Marv does about a message."""

    SILENCE = auto()
    REPLY = auto()
    REPLY_IN_THREAD = auto()  # which is opened at the message
    ANSWER_IF_SURE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said, as far as it matters to whether Marv answers.

    ``addressed`` says that it mentions Marv or replies to him, ``own_thread``
    that Marv opened the thread it stands in.
    """

    text: str
    author_id: int
    roles: Collection[int]
    addressed: bool
    own_thread: bool = False
    in_thread: bool = False
    direct: bool = False
    bot: bool = False


def reaction_to(heard: Heard, preferences: Preferences, *, now: datetime) -> Reaction:
    """Return what to do about a message: never answer a bot, nor who is to be ignored."""
    if heard.bot or _ignored(heard, preferences):
        return Reaction.SILENCE
    if heard.direct:
        return Reaction.REPLY
    if preferences.speaking is Speaking.COMMANDS or _quiet(preferences, now):
        return Reaction.SILENCE
    if heard.own_thread:
        return Reaction.REPLY
    if heard.addressed:
        opens = preferences.speaking is Speaking.THREADS and not heard.in_thread
        return Reaction.REPLY_IN_THREAD if opens else Reaction.REPLY
    if preferences.speaking is Speaking.AUTO and asks_something(heard.text):
        return Reaction.ANSWER_IF_SURE
    return Reaction.SILENCE


def asks_something(text: str) -> bool:
    """Tell whether a text looks like a question in English or Japanese."""
    return len(text.strip()) >= SHORTEST_QUESTION and _QUESTION.search(text) is not None


def _ignored(heard: Heard, preferences: Preferences) -> bool:
    if heard.author_id in preferences.ignored_members:
        return True
    return not preferences.ignored_roles.isdisjoint(heard.roles)


def _quiet(preferences: Preferences, now: datetime) -> bool:
    return preferences.quiet_hours is not None and preferences.quiet_hours.covers(now)
