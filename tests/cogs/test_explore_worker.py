"""Exploring with a real process: an answer is over once it is there, not when the process ends."""

from __future__ import annotations

import time

import pytest

from bot.adapters.workers import IDLE_SECONDS
from tests.cogs.test_persona import everything
from tests.conftest import Server


@pytest.mark.simcord(settle_timeout=4 * IDLE_SECONDS)
async def test_the_process_that_is_kept_belongs_to_no_request(server: Server) -> None:
    for number in range(6):
        await server.admin.slash(
            server.channel, "library add-text", title=f"Note {number}", text=f"Boat {number} sails."
        )
    started = time.perf_counter()

    result = await server.admin.slash(server.channel, "explore outliers")

    assert "Note 1" in everything(result)
    assert time.perf_counter() - started < IDLE_SECONDS  # which a wait for its end would take
