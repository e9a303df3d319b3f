"""Answers that are being written, and who may stop them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.errors import NotYours


@dataclass(slots=True, kw_only=True)
class Writing:
    """An answer that is being written; ``stop`` ends it where it stands."""

    asker_id: int
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Knows the answers that are being written by the message that shows them."""

    writings: dict[int, Writing] = field(default_factory=dict)

    @contextmanager
    def writing(self, asker_id: int) -> Iterator[Writing]:
        """Yield an answer that can be stopped until the block ends."""
        writing = Writing(asker_id=asker_id)
        try:
            yield writing
        finally:
            if writing.message_id is not None:
                self.writings.pop(writing.message_id, None)

    def shown(self, writing: Writing, message_id: int) -> None:
        """Remember which message shows an answer."""
        writing.message_id = message_id
        self.writings[message_id] = writing

    def stop(self, message_id: int, *, by: int, staff: bool) -> bool:
        """Stop an answer; tell whether it was still being written.

        Raises NotYours for one who neither asked nor is staff.
        """
        writing = self.writings.get(message_id)
        if writing is None:
            return False
        if by != writing.asker_id and not staff:
            raise NotYours
        writing.stop.set()
        return True

    def vanished(self, message_id: int) -> None:
        """Stop the answer of a message that somebody deleted."""
        if writing := self.writings.get(message_id):
            writing.stop.set()
