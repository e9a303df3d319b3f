"""Ask through a model server that fails in every way it can, and print how each question ended.

``python -m tests.benchmarks.fault_matrix``: the real client and Marv's real patience against the
loopback server; the faults of chat and of embeddings, one question each. A question has to end
within 60 seconds in an answer or an apology, and a spent quota or a refused key in one request.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

from bot.app import open_marv
from bot.client import Marv
from bot.errors import MarvError
from bot.models import Language
from bot.settings import Settings
from tests.openai_faults import (
    BROKEN,
    FORBIDDEN,
    KEY_REFUSED,
    MODEL_UNKNOWN,
    OVERLOADED,
    QUOTA_SPENT,
    Fault,
    Refusal,
    rate_limited,
)
from tests.openai_server import Endpoint, serving
from tests.test_openai_end_to_end import ASKER, CAFE, GUILD

QUESTION = "When does the Pelican cafe open?"
REFUSALS = {
    "429": rate_limited(),
    "500": BROKEN,
    "503": OVERLOADED,
    "quota": QUOTA_SPENT,
    "wrong key": KEY_REFUSED,
    "forbidden": FORBIDDEN,
    "no such model": MODEL_UNKNOWN,
}
CHAT = (
    Fault.HANG,
    Fault.HANG_MID_STREAM,
    Fault.CUT_SOCKET,
    Fault.CUT_CLEANLY,
    Fault.CUT_AT_ONCE,
    Fault.ERROR_MID_STREAM,
    Fault.MALFORMED_CHUNK,
    Fault.WEB_PAGE,
    Fault.EMPTY_ANSWER,
    Fault.HUGE_ANSWER,
)
EMBEDDINGS = (
    Fault.HANG,
    Fault.MALFORMED_JSON,
    Fault.WEB_PAGE,
    Fault.NO_DATA,
    Fault.WRONG_WIDTH,
    Fault.NOT_FINITE,
    Fault.HUGE_ANSWER,
)
ALWAYS = 10  # more failures than a question has requests


async def main() -> None:
    """Print a line a fault, and what was worst."""
    slowest = 0.0
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,
            data_dir=Path(folder),
            openai_api_key="sk-x",
            moderation="rules",
            chat_base_url=server.url,
            embedding_base_url=server.url,
        )
        async with open_marv(settings) as marv:
            await marv.services.library.add_file(GUILD, "cafe.md", CAFE, added_by=3)
        for model, endpoint, faults in (
            ("chat", server.chat, CHAT),
            ("embeddings", server.embeddings, EMBEDDINGS),
        ):
            named: dict[str, Fault | Refusal] = {**REFUSALS}
            named |= {fault.name.lower().replace("_", " "): fault for fault in faults}
            for name, fault in named.items():
                async with open_marv(settings) as marv:  # a fresh one: the last may be resting
                    await marv.services.warm_up()
                    seconds, requests, end = await one(marv, endpoint, fault)
                slowest = max(slowest, seconds)
                print(f"{model:10} {name:16} {seconds:6.1f} s {requests:2} requests  {end}")
    print(f"slowest: {slowest:.1f} s")


async def one(marv: Marv, endpoint: Endpoint, fault: Fault | Refusal) -> tuple[float, int, str]:
    """Ask once under a fault; return the seconds, the requests to the endpoint, and the end."""
    before = len(endpoint.requests)
    endpoint.fail(*[fault] * ALWAYS)
    started = time.monotonic()
    question = f"{QUESTION} ({before}-{id(endpoint) % 97})"  # another text: nothing is cached
    try:
        async with aclosing(marv.services.ask.ask(ASKER, question)) as progress:
            *_, last = [each async for each in progress]
        assert last.answer is not None
        end = f"answer, {last.answer.finish_reason}, {len(last.answer.text)} characters"
    except MarvError as error:
        end = f"{type(error).__name__}: {error.user_message(Language.ENGLISH)[:50]}"
    seconds = time.monotonic() - started
    endpoint.faults.clear()
    return seconds, len(endpoint.requests) - before, end


if __name__ == "__main__":
    asyncio.run(main())
