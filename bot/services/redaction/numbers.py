"""Numbers that a check digit or their neighbours tell: cards, My Numbers, postal codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn
from stdnum.jp import in_ as my_number

from bot.services.redaction.spans import Kind, Span, around, before

_DIGITS = re.compile(r"(?<![\d.-])\d(?:[ -]?\d){11,18}(?![\d]|[.-]\d)")
# Issuers' first digits and lengths (ISO/IEC 7812; Wikipedia, "Payment card number").
_CARD = re.compile(
    r"4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17}"
)
_CARD_SAID = re.compile(r"(?i)\bcard|credit|debit|visa|master|amex|カード|クレカ")
_MY_NUMBER_SAID = re.compile(r"(?i)マイナンバー|個人番号|my ?number|individual number")
_POSTAL = re.compile(r"〒\s?\d{3}-?\d{4}(?!\d)")
_POSTAL_SAID = re.compile(
    r"(?i)(?:郵便番号|postal code|post code|postcode|zip(?: ?code)?)(?:は|が|:|\s|is|\(|の)*\Z"
)
_JP_CODE = re.compile(r"(?<![\d-])(?:\d{3}-\d{4}|\d{7})(?![\d]|-\d)")
_PLACE = re.compile(r"\A\s?[一-鿿]{2,3}?[都道府県市]")
_US_CODE = re.compile(r"(?<![\d-])\d{5}(?:-\d{4})?(?![\d]|-\d)")
_STATE = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI"
    r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),?\s\Z"
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Finds cards, My Numbers and postal codes."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield them; the longest numbers first."""
        for match in _DIGITS.finditer(text):
            yield from _long_number(text, match)
        for match in _POSTAL.finditer(text):
            yield Span(kind=Kind.POSTAL, start=match.start(), end=match.end())
        yield from _codes(text)


def _long_number(text: str, match: re.Match[str]) -> Iterator[Span]:
    digits = re.sub(r"\D", "", match[0])
    start, end = match.span()
    if len(digits) == 12:
        said = bool(_MY_NUMBER_SAID.search(around(text, start, end)))
        valid = my_number.is_valid(digits)
        if valid or said:
            yield Span(kind=Kind.MY_NUMBER, start=start, end=end, certain=valid and said)
        return
    said = bool(_CARD_SAID.search(around(text, start, end)))
    if _CARD.fullmatch(digits) and luhn.is_valid(digits):
        yield Span(kind=Kind.CARD, start=start, end=end)
    elif said and len(digits) >= 13:
        yield Span(kind=Kind.CARD, start=start, end=end, certain=luhn.is_valid(digits))


def _codes(text: str) -> Iterator[Span]:
    for match in _JP_CODE.finditer(text):
        said = _POSTAL_SAID.search(before(text, match.start()))
        dashed = "-" in match[0]
        placed = dashed and _PLACE.match(text[match.end() :])
        if said or placed or dashed:
            certain = bool(said or placed)
            yield Span(kind=Kind.POSTAL, start=match.start(), end=match.end(), certain=certain)
    for match in _US_CODE.finditer(text):
        ahead = before(text, match.start())
        if _POSTAL_SAID.search(ahead) or _STATE.search(ahead):
            yield Span(kind=Kind.POSTAL, start=match.start(), end=match.end())
