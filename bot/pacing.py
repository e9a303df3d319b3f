"""An allowance: so many at once, and one more every so often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Allowance:
    """A token bucket: ``burst`` at once, refilled by one every ``every_seconds``."""

    burst: int
    every_seconds: float
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = float(self.burst), self.clock()

    def take(self) -> bool:
        """Take one, and tell whether there was one."""
        now = self.clock()
        self._left = min(float(self.burst), self._left + (now - self._at) / self.every_seconds)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    @property
    def wait_seconds(self) -> float:
        """Return how long it takes from the last try until there is one."""
        return max(0.0, 1.0 - self._left) * self.every_seconds
