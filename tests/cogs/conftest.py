"""What tests of several commands share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.client import Marv
from tests.services.exploring.test_explorer import FakeWorker


@pytest.fixture
def computes_here(marv: Marv) -> Iterator[None]:
    """Compute in this process: starting another takes longer than the simulation waits."""
    explorer = marv.services.explore.explorer
    real = explorer.worker
    object.__setattr__(explorer, "worker", FakeWorker())
    yield
    object.__setattr__(explorer, "worker", real)
