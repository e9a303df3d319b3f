"""How a provider of fine-tunes can be told to fail, and what it counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.openai_answers import error_body
from tests.openai_faults import Refusal

WIND_DOWN = (
    "Fine-tuning is not available to new organizations. Your organization is new to fine-tuning."
)


@dataclass(slots=True)
class Faulty:
    """Refusals that the next requests meet."""

    faults: deque[Refusal] = field(default_factory=deque)

    def fail(self, *faults: Refusal) -> None:
        """Let the next requests fail, one fault each."""
        self.faults.extend(faults)

    def refusal(self) -> web.Response | None:
        """Return how the request at hand is refused, if it is."""
        if not self.faults:
            return None
        return refused(self.faults.popleft().status, "Something broke.")


@dataclass(slots=True, kw_only=True)
class TuningFaults:
    """What tests set, and what they look at afterwards."""

    refuses_newcomers: bool = False
    breaks_lists_after_create: bool = False  # so that nobody can look for what was lost
    loses_reply_of_create: int = 0  # so many creations succeed without telling so
    endpoint: Faulty = field(default_factory=Faulty)  # of looks at a job
    creations: int = 0
    uploads: int = 0

    def lose(self, request: web.Request) -> None:
        """Cut a request's connection, if its reply is to be lost."""
        if self.loses_reply_of_create:
            self.loses_reply_of_create -= 1
            assert request.transport is not None
            request.transport.abort()


def refused(status: int, message: str) -> web.Response:
    """Return an error as the provider says it."""
    code = "invalid_request_error"
    return web.json_response(error_body(message, kind=code, code=None), status=status)
