"""The log: what it tells of a request, and what it must never tell."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from rich.console import Console

from bot.logs import set_up_logging
from bot.settings import Settings
from bot.tracing import Request, Requests, current

SECRET = "sk-canary-4711"  # noqa: S105 - opens nothing
OPENAI_LOGGERS = ("openai", "openai._base_client", "httpx2", "httpcore.connection", "discord.http")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the log says; the run's own logging comes back afterwards."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    yield io.StringIO()
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def log_to(stream: io.StringIO, **settings: str) -> None:
    chosen = Settings.model_validate({"openai_api_key": SECRET, **settings})
    set_up_logging(chosen, Console(file=stream, width=200))


def test_a_json_line_names_the_request_and_where_it_came_from(stream: io.StringIO) -> None:
    log_to(stream, log_format="json")
    request = Request(door="command", name="library add-file", guild_id=7, channel_id=8)

    with Requests().entered(request):
        logging.getLogger("bot.somewhere").warning("a \n line")

    first, finished = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "WARNING",
        "logger": "bot.somewhere",
        "message": "a \n line",
        "request_id": request.id,
        "command": "library add-file",
        "guild_id": 7,
        "channel_id": 8,
    }
    assert finished["message"].startswith("command library add-file: ok in ")


def test_a_text_line_begins_with_the_request(stream: io.StringIO) -> None:
    log_to(stream)
    with Requests().entered(Request(door="command", name="ask")) as request:
        logging.getLogger("bot").info("here")

    assert f"{request.id} here" in stream.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_secret_is_in_no_line_whoever_logs_it(stream: io.StringIO, log_format: str) -> None:
    log_to(stream, log_format=log_format, log_level="DEBUG")
    for name in (*OPENAI_LOGGERS, "bot"):
        logger = logging.getLogger(name)
        logger.debug("Authorization: Bearer %s", SECRET)
        logger.error("Authorization: Bearer %s", SECRET)
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("bot").exception("broken")

    assert "ValueError" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_an_error_ends_its_request_with_its_name_and_requests_do_not_mix() -> None:
    ended: list[tuple[str, str]] = []
    requests = Requests(finished=[lambda each, _: ended.append((each.name, each.outcome))])

    def fail() -> None:
        with requests.entered(Request(door="command", name="outer")) as outer:
            with requests.entered(Request(door="event", name="inner")) as inner:
                assert current() is inner
            assert current() is outer
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert current() is None
    assert ended == [("inner", "ok"), ("outer", "KeyError")]
    assert len(requests) == 0
