"""Moderation of what members say and of what models answer: rules, and an endpoint where one is."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, TypeVar

from bot.errors import KeyRefused, ModelError
from bot.faults.moderation import WordsBlocked
from bot.moderation import ALWAYS, Verdict
from bot.ports.moderation import Moderator, Rules
from bot.services.settings_desk import SettingsDesk

log = logging.getLogger(__name__)
T = TypeVar("T")

REST_SECONDS = 60.0  # in which an endpoint that failed is not asked: nobody waits for it twice
TELL_SECONDS = 3600.0  # between two errors about a key that is refused
OVERLAP = 160  # characters of a preview that are read again with what is new: longer than a rule


class Standing(Enum):
    """Who moderates just now."""

    OFF = auto()
    RULES = auto()
    ENDPOINT = auto()
    RULES_FOR_NOW = auto()  # the endpoint failed


@dataclass(slots=True, kw_only=True)
class Watch:
    """Whether the endpoint answers; while it rests, the rules decide."""

    rest_seconds: float = REST_SECONDS
    failing_since: datetime | None = None
    _rests_until: float = 0.0
    _told_at: float = float("-inf")

    @property
    def resting(self) -> bool:
        """Tell whether the endpoint is left alone."""
        return time.monotonic() < self._rests_until

    def failed(self, error: ModelError) -> None:
        """Let the endpoint rest; each failure is logged, a refused key as an error once an hour."""
        now = time.monotonic()
        self.failing_since = self.failing_since or datetime.now(UTC)
        self._rests_until = now + self.rest_seconds
        if isinstance(error, KeyRefused) and now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            log.error("The moderation endpoint refuses the key (OPENAI_API_KEY): %s", error)
        log.warning(
            "The moderation endpoint failed, the rules decide for %.0f s: %s: %s",
            self.rest_seconds,
            type(error).__name__,
            error,
        )

    def answered(self) -> None:
        """Remember that the endpoint answers."""
        if self.failing_since is not None:
            log.info("The moderation endpoint is back")
        self.failing_since = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """Judges what goes in and what comes out.

    The rules go first: what they block is sent nowhere. The operator can turn
    it off (``on``), and the staff of a server for themselves; what is in
    ``ALWAYS`` is blocked even then, by the rules.
    """

    rules: Rules
    settings: SettingsDesk
    endpoint: Moderator | None = None
    on: bool = True
    watch: Watch = field(default_factory=Watch)

    @property
    def standing(self) -> Standing:
        """Return who moderates just now."""
        if not self.on:
            return Standing.OFF
        if self.endpoint is None:
            return Standing.RULES
        return Standing.RULES_FOR_NOW if self.watch.failing_since else Standing.ENDPOINT

    async def judge(self, guild_id: int, text: str) -> Verdict:
        """Return what a text is; never fails, for where the endpoint does the rules decide."""
        verdict = await self._by_rules(guild_id, text)
        if verdict.blocked or not await self._asks(guild_id):
            return verdict
        return await self._confirmed(text, verdict)

    async def screen(self, guild_id: int, text: str) -> Verdict:
        """Return what the rules say of a member's words, at once; raises WordsBlocked."""
        return _passed(await self._by_rules(guild_id, text))

    async def admit(self, guild_id: int, text: str) -> Verdict:
        """Return the verdict on a member's words; raises WordsBlocked."""
        return _passed(await self.judge(guild_id, text))

    async def admit_beside(
        self, guild_id: int, text: str, work: Callable[[], Coroutine[Any, Any, T]]
    ) -> tuple[T, Verdict]:
        """Return what ``work`` finds, and the verdict on the words that it is done for.

        It begins once the rules have passed them, and goes on beside the
        endpoint. Raises WordsBlocked, and what the work raises.
        """
        verdict = _passed(await self._by_rules(guild_id, text))
        if not await self._asks(guild_id):
            return await work(), verdict
        return await _side_by_side(work(), self._admitted(text, verdict))

    async def previews(self, guild_id: int) -> Previews:
        """Return what decides which previews of one answer are shown."""
        return Previews(rules=self.rules, wanted=await self._wanted(guild_id))

    async def _wanted(self, guild_id: int) -> bool:
        return self.on and (await self.settings.show(guild_id)).moderation

    async def _by_rules(self, guild_id: int, text: str) -> Verdict:
        """Return what the rules say; the server's setting is read only where it matters."""
        verdict = self.rules.check(text)
        if verdict.blocked and not await self._wanted(guild_id):
            return verdict.limited_to(ALWAYS)
        return verdict

    async def _asks(self, guild_id: int) -> bool:
        """Tell whether the endpoint is asked for a server."""
        return self.endpoint is not None and await self._wanted(guild_id)

    async def _admitted(self, text: str, verdict: Verdict) -> Verdict:
        return _passed(await self._confirmed(text, verdict))

    async def _confirmed(self, text: str, verdict: Verdict) -> Verdict:
        """Return the verdict of the endpoint too, where it gives one."""
        if self.endpoint is None or self.watch.resting or not text.strip():
            return verdict
        try:
            answered = await self.endpoint.check(text)
        except ModelError as error:
            self.watch.failed(error)
            return verdict
        self.watch.answered()
        return verdict.joined(answered)


@dataclass(slots=True, kw_only=True)
class Previews:
    """Lets previews of an answer through until the rules block one; then none any more."""

    rules: Rules
    wanted: bool
    read: str = ""
    stopped: bool = False

    def may_show(self, text: str) -> bool:
        """Tell whether a preview may be shown; of one that only grew, the new part is read."""
        if self.stopped:
            return False
        known = len(self.read) if text.startswith(self.read) else 0
        verdict = self.rules.check(text[max(0, known - OVERLAP) :])
        self.stopped = (verdict if self.wanted else verdict.limited_to(ALWAYS)).blocked
        self.read = text
        return not self.stopped


def _passed(verdict: Verdict) -> Verdict:
    if verdict.blocked:
        raise WordsBlocked(verdict)
    return verdict


async def _side_by_side(
    work: Coroutine[Any, Any, T], admission: Coroutine[Any, Any, Verdict]
) -> tuple[T, Verdict]:
    """Return both results; the first failure ends both, a refusal goes before any other."""
    try:
        async with asyncio.TaskGroup() as group:
            working, admitting = group.create_task(work), group.create_task(admission)
    except ExceptionGroup as raised:
        failures = raised.exceptions
    else:
        return working.result(), admitting.result()
    raise next((each for each in failures if isinstance(each, WordsBlocked)), failures[0])
