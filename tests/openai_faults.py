"""How the loopback OpenAI server can be told to fail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Fault(Enum):
    """A way to go wrong without an error status."""

    HANG = auto()  # take the request and never answer
    HANG_MID_STREAM = auto()
    SLOW_STREAM = auto()
    CUT_SOCKET = auto()  # close the connection in the middle of a stream
    CUT_CLEANLY = auto()  # end a stream without a finish reason and without [DONE]
    CUT_AT_ONCE = auto()  # end a stream before it says anything
    ERROR_MID_STREAM = auto()
    MALFORMED_JSON = auto()
    MALFORMED_CHUNK = auto()
    WEB_PAGE = auto()  # status 200 and HTML, as from a wrong base URL
    NO_DATA = auto()  # status 200 and JSON of something else
    EMPTY_ANSWER = auto()
    HUGE_ANSWER = auto()
    WRONG_WIDTH = auto()
    NOT_FINITE = auto()
    WRONG_COUNT = auto()
    REPEATED_INDEX = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error status."""

    status: int
    kind: str = "server_error"
    code: str | None = None
    retry_after: str | None = None


QUOTA_SPENT = Refusal(status=429, kind="insufficient_quota", code="insufficient_quota")
KEY_REFUSED = Refusal(status=401, kind="invalid_request_error", code="invalid_api_key")
FORBIDDEN = Refusal(status=403, kind="invalid_request_error", code="unsupported_country")
MODEL_UNKNOWN = Refusal(status=404, kind="invalid_request_error", code="model_not_found")
BROKEN = Refusal(status=500)
OVERLOADED = Refusal(status=503, retry_after="0")


def rate_limited(retry_after: str | None = "0") -> Refusal:
    """Return a rate limit that asks for a pause, in seconds or as a date."""
    return Refusal(status=429, kind="requests", code="rate_limit_exceeded", retry_after=retry_after)
