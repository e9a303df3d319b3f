"""No text, however hostile, pings anybody: what arrives at Discord says so."""

from __future__ import annotations

from tests.benchmarks.mentions import counted, send_all
from tests.discord_server import serving
from tests.hostile_mentions import hostile_texts


async def test_hostile_texts_ping_nobody_by_send_or_edit() -> None:
    texts = list(hostile_texts())[::16]
    with serving() as server:
        await send_all(texts)
        sent, pings, control = counted(server)
        assert server.violations == []

    assert sent == 2 * len(texts)
    assert control > len(texts)
    assert pings == 0
