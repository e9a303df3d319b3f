"""Telephone numbers: those of a numbering plan, and those that somebody says to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.services.redaction.spans import Kind, Span, around, before

REGIONS = ("JP", "US")  # how a number without +country is read
_POSSIBLE = re.compile(r"\d(?:[ ()./-]{0,2}\d){6}")
_SAID = re.compile(
    r"(?i)\bphone|\btel\b|\btel[:.]|\bcall(?:ed|ing)? (?:me|us|him|her|them)?|\bmobile|\bcell"
    r"|\bfax|\bnumber is|\breach (?:me|us)|\btext me|\bdial|\bring me|\bsms\b|\bwhatsapp"
    r"|電話|携帯|TEL|ＴＥＬ|FAX|でんわ|ダイヤル|ケータイ|連絡先|SMS"
)
_OTHER = re.compile(
    r"(?i)(?:\border|\binvoice|\bticket|\bseed|\bscore|\bisbn|\bid\b|\bserial|\bmodel|\btracking"
    r"|\bcard|\baccount|\bsecurity"
    r"|licen[cs]e|passport|注文|予約|整理|追跡|受付|製品|型番|課題|シード|スコア|コード|学籍|背番号"
    r"|座席|番地|時刻|タイムスタンプ)\s?(?:番号|number|no\.?|#)?\s*(?:は|が|:|is|\s)*\Z"
)
_GENERIC = re.compile(
    r"(?<![\w.,:/-])(?:\+\s?)?\(?\d{1,4}\)?(?:[ .-]?\(?\d{1,4}\)?){1,5}"
    r"(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w]|[.-]\d)"
)
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_MOBILE = re.compile(r"0[5-9]0\d{8}")
_AMERICAN = re.compile(r"(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?:\s?(?:x|ext)\.?\d+)?")
_URL_BEFORE = re.compile(r"[\w/=&%?-]\Z")
FEWEST, MOST = 7, 15  # digits: ITU-T E.164 allows fifteen


@dataclass(frozen=True, slots=True)
class Phones:
    """Finds telephone numbers."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield them; what only looks like one is one perhaps."""
        if not _POSSIBLE.search(text):
            return
        for start, end in _planned(text):
            raw = text[start:end]
            if not _URL_BEFORE.search(text[:start]) or text[start - 1] > "\x7f":
                certain = _is_certain(text, start, end, raw)
                yield Span(kind=Kind.PHONE, start=start, end=end, certain=certain)
        for match in _GENERIC.finditer(text):
            digits = sum(map(str.isdigit, match[0]))
            said = _SAID.search(around(text, *match.span(), reach=48))
            if FEWEST <= digits <= MOST + 6 and said and not _DATE.fullmatch(match[0]):
                other = _OTHER.search(before(text, match.start()))
                if not other:
                    yield Span(kind=Kind.PHONE, start=match.start(), end=match.end())


def _planned(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of numbers that a numbering plan knows."""
    from phonenumbers import PhoneNumberMatcher

    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region):
            yield match.start, match.end


def _is_certain(text: str, start: int, end: int, raw: str) -> bool:
    if _OTHER.search(before(text, start)):
        return False
    if _SAID.search(around(text, start, end)):
        return True
    separated = not raw.isdigit()
    domestic = raw.lstrip("(").startswith("0") and separated
    return (
        raw.startswith("+")
        or domestic
        or bool(_MOBILE.fullmatch(raw))
        or _AMERICAN.fullmatch(raw) is not None
    )
