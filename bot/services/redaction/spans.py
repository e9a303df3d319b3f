"""What rules find in a text, and the text as they read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE
NEAR = 24  # characters around a number that say what it is


class Kind(StrEnum):
    """What a span is; its value names it in manifests and reports."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IP = "ip"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    QUERY = "query"
    INVITE = "invite"
    MENTION = "mention"
    SNOWFLAKE = "id"
    POSTAL = "postal"
    MY_NUMBER = "my_number"
    NAME = "name"


PLACEHOLDERS: dict[Kind, dict[Language, str]] = {
    Kind.EMAIL: {EN: "[email]", JA: "［メール］"},
    Kind.PHONE: {EN: "[phone]", JA: "［電話番号］"},
    Kind.CARD: {EN: "[card]", JA: "［カード番号］"},
    Kind.IP: {EN: "[IP address]", JA: "［IPアドレス］"},
    Kind.SECRET: {EN: "[secret]", JA: "［秘密の値］"},
    Kind.QUERY: {EN: "", JA: ""},
    Kind.INVITE: {EN: "[invite]", JA: "［招待］"},
    Kind.MENTION: {EN: "[mention]", JA: "［メンション］"},
    Kind.SNOWFLAKE: {EN: "[id]", JA: "［ID］"},
    Kind.POSTAL: {EN: "[postal code]", JA: "［郵便番号］"},
    Kind.MY_NUMBER: {EN: "[My Number]", JA: "［マイナンバー］"},
}
PSEUDONYM = {EN: "Member {n}", JA: "メンバー{n}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a text; unless ``certain`` a person has to look at it."""

    kind: Kind
    start: int
    end: int
    certain: bool = True
    member: int | None = None  # whose name it is


class Finder(Protocol):
    """A family of rules."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield what the family finds in a text as ``readable`` returns it."""
        ...


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), ord("-"))
_FOLD = _WIDE | _DASHES
_MASK = "\ue000"  # of private use: no rule knows it
# What is never touched: citations, Discord's times and emoji, and what stands for removed text.
_KEPT = re.compile(
    r"[\[［【]\d{1,3}(?:\s*[,、，]\s*\d{1,3})*[\]］】]"
    r"|<t:-?\d+(?::[a-zA-Z])?>|<a?:\w+:\d+>"
    r"|Member \d+|メンバー\d+|"
    + "|".join(re.escape(text) for kind in PLACEHOLDERS.values() for text in kind.values() if text)
)


def readable(text: str) -> str:
    """Return a text of the same length in narrow digits, what must stay hidden from the rules."""
    masked = _KEPT.sub(lambda match: _MASK * len(match[0]), text)
    return masked.translate(_FOLD)


def around(text: str, start: int, end: int, reach: int = NEAR) -> str:
    """Return what stands beside a span on its line, without the span."""
    before = text[max(0, start - reach) : start].rpartition("\n")[2]
    after = text[end : end + reach].partition("\n")[0]
    return f"{before} \0 {after}"


def before(text: str, start: int, reach: int = NEAR) -> str:
    """Return what stands before a span on its line."""
    return text[max(0, start - reach) : start].rpartition("\n")[2]
