"""What the bot tells the child that trains, a word a line; the end of the lines is a word too."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

GO, PAUSE = "go", "pause"
ORPHANED = "interrupted: Marv stopped, or the connection to it was cut"


class Stopped(Exception):
    """The child is to stop now and to keep what it has; ``reason`` is None if it was asked to."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Orders:
    """The orders heard so far."""

    _heard: threading.Event = field(default_factory=threading.Event)
    _stop: Stopped | None = None

    def follow(self, lines: Iterable[str]) -> None:
        """Listen to the lines until they end, beside the work."""
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()

    def begin(self) -> None:
        """Go without being told: nobody is there to tell."""
        self._heard.set()

    def wait_for_go(self) -> None:
        """Return when it is this job's turn; raises Stopped."""
        self._heard.wait()
        self.check()

    def check(self) -> None:
        """Raise Stopped if the child is to stop."""
        if self._stop is not None:
            raise self._stop

    def _listen(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line.strip() == PAUSE:
                self._stop = Stopped(None)
            if line.strip() in (GO, PAUSE):
                self._heard.set()
        self._stop = self._stop or Stopped(ORPHANED)
        self._heard.set()
