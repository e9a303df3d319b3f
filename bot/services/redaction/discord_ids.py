"""What Discord's own texts carry: invites, mentions, and the ids of whoever is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.services.redaction.spans import Kind, Span

_INVITE = re.compile(
    r"(?<![A-Za-z0-9.])(?:https?://)?(?:www\.)?"
    r"(?:discord\.gg|discord(?:app)?\.com/invite|dsc\.gg|discord\.me)/[A-Za-z0-9_-]+",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<(?:@[!&]?|#)\d{15,20}>")
_ID = re.compile(r"(?<![\d.,/-])\d{17,20}(?![\d.]\d|\d)|(?<=/)\d{17,20}(?![\d.])")
# A snowflake's upper bits are milliseconds since 2015 (Discord's documentation, "Snowflakes").
_YEAR_MILLISECONDS = 365.25 * 86_400_000
_YEARS = 30


@dataclass(frozen=True, slots=True)
class DiscordIds:
    """Finds invites, mentions and snowflakes."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield them; a number whose time lies outside Discord's is one only perhaps."""
        for kind, pattern in ((Kind.INVITE, _INVITE), (Kind.MENTION, _MENTION)):
            for match in pattern.finditer(text):
                yield Span(kind=kind, start=match.start(), end=match.end())
        for match in _ID.finditer(text):
            years = (int(match[0]) >> 22) / _YEAR_MILLISECONDS
            certain = 0.1 < years < _YEARS
            yield Span(kind=Kind.SNOWFLAKE, start=match.start(), end=match.end(), certain=certain)
