"""What the staff of a server set: for the server, and over that for a channel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*[-–〜~]\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?\s*$")


DEFAULT_PERSONA = "marv"


class Speaking(StrEnum):
    """When Marv speaks in a channel; each but ``COMMANDS`` includes mentions and replies."""

    COMMANDS = "commands"
    MENTIONS = "mentions"
    AUTO = "auto"  # questions that the library answers, asked of nobody in particular
    THREADS = "threads"  # a mention opens a thread, and there everything is meant for Marv


class Origin(StrEnum):
    """Which layer a setting's value comes from."""

    DEFAULT = "default"
    SERVER = "server"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A part of each day in which Marv answers commands only; it may span midnight."""

    begins: time
    ends: time
    zone: str = "UTC"

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Read ``22:00-07:00 Asia/Tokyo``, the zone as the IANA names it, UTC by default.

        Raises ValueError for anything else, and for hours that begin and end at once.
        """
        found = _HOURS.match(text)
        if found is None:
            raise ValueError(text)
        numbers = [int(each) for each in found.groups()[:4]]
        zone = found.group(5) or "UTC"
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, OSError) as error:  # a folder's name is an OSError
            raise ValueError(zone) from error
        begins, ends = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
        if begins == ends:
            raise ValueError(text)
        return cls(begins=begins, ends=ends, zone=zone)

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M} {self.zone}"

    def covers(self, moment: datetime) -> bool:
        """Tell whether an aware moment lies within the hours."""
        now = moment.astimezone(ZoneInfo(self.zone)).time()
        if self.begins < self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Everything that can be set, with what holds where nobody set it.

    Budgets are in US dollars a day (UTC), None for no limit.
    ``retention_days`` ends even texts whose author allows them to be kept,
    ``erase_after_days`` is how long after leaving the server a member's traces
    are erased. Without ``moderation`` nothing is blocked but what always is.
    """

    speaking: Speaking = Speaking.MENTIONS
    persona: str = DEFAULT_PERSONA
    sarcasm: int = 2
    quiet_hours: QuietHours | None = None
    ignored_roles: frozenset[int] = frozenset()
    ignored_members: frozenset[int] = frozenset()
    staff_channel_id: int | None = None
    read_channels: bool = False
    retention_days: int | None = None
    erase_after_days: int = 30
    moderation: bool = True
    server_budget_usd: float | None = None
    member_budget_usd: float | None = None
    questions_per_minute: int | None = 10


PREFERENCE_KEYS = tuple(each.name for each in fields(Preferences))
CHANNEL_KEYS = frozenset(
    {"speaking", "persona", "sarcasm", "quiet_hours", "ignored_roles", "ignored_members"}
)
ENTIRE_SERVER = 0  # the channel id under which a server's own values are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """The settings in force at a place, and where each comes from."""

    values: Preferences
    origins: Mapping[str, Origin]


def encoded(key: str, value: object) -> str:
    """Return a setting's value as JSON, as it is stored."""
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, QuietHours):
        value = str(value)
    if key not in PREFERENCE_KEYS:
        raise KeyError(key)
    return json.dumps(value)


def decoded(key: str, text: str) -> object:
    """Return what ``encoded`` stored."""
    value = json.loads(text)
    if key == "speaking":
        return Speaking(value)
    if key == "quiet_hours":
        return QuietHours.parse(value) if value else None
    if key in ("ignored_roles", "ignored_members"):
        return frozenset(value)
    return value
