"""Reads a file of JSON lines, one at a time, and says what is wrong with its bytes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.findings import Finding, detail
from bot.services.checks.kinds import kind_of
from bot.services.checks.places import half_characters, not_numbers, repeated_keys
from bot.services.checks.rules import found

LARGEST_FILE = 512 * 1024 * 1024  # bytes: https://platform.openai.com/docs/api-reference/files
LONGEST_LINE = 64 * 1024 * 1024  # bytes that are read of one line
FEWEST, SMALL = 10, 50  # examples
DEEPEST = 200  # objects and lists in one another
_BOMS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_OTHERS = (("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp"))  # what Japanese files otherwise are

# What Python's reader says of a text that is no JSON; the last two are said from 3.13 on.
_READER = {
    str(each): each
    for each in (
        detail("Expecting value"),
        detail("Expecting property name enclosed in double quotes"),
        detail("Expecting ':' delimiter"),
        detail("Expecting ',' delimiter"),
        detail("Unterminated string starting at"),
        detail("Invalid \\escape"),
        detail("Invalid \\uXXXX escape"),
        detail("Invalid control character at"),
        detail("Extra data"),
        detail("Unexpected UTF-8 BOM (decode using utf-8-sig)"),
        detail("Illegal trailing comma before end of object"),
        detail("Illegal trailing comma before end of array"),
    )
}

Object = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line: what is wrong with it, and its object where it holds one."""

    number: int
    text: str
    value: Object | None
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class JsonLines:
    """A file that is read once, line by line, in memory bounded by its longest line."""

    path: Path
    lines: int = 0
    objects: int = 0
    size: int = 0  # bytes
    _sha256: Any = field(default_factory=hashlib.sha256)
    _crlf: bool = False

    @property
    def sha256(self) -> str:
        """Return the digest of what was read."""
        return str(self._sha256.hexdigest())

    def __iter__(self) -> Iterator[Line]:
        with self.path.open("rb") as file:
            while raw := file.readline(LONGEST_LINE):
                self._take(raw)
                self.lines += 1
                whole = len(raw) < LONGEST_LINE or raw.endswith(b"\n")
                while not whole:
                    rest = file.readline(LONGEST_LINE)
                    self._take(rest)
                    whole = len(rest) < LONGEST_LINE or rest.endswith(b"\n")
                    raw = b""
                line = read_line(raw, self.lines)
                self.objects += line.value is not None
                yield line

    def _take(self, raw: bytes) -> None:
        self.size += len(raw)
        self._sha256.update(raw)
        self._crlf = self._crlf or raw.endswith(b"\r\n")

    def finish(self) -> Iterator[Finding]:
        """Yield what is to be said of the file as a whole, after its last line."""
        if self.size > LARGEST_FILE:
            yield found("file.size", "{size:.0f} MB", size=self.size / 2**20)
        if self._crlf:
            yield found("file.crlf", "lines end with CR LF")
        if self.objects < FEWEST:
            yield found(
                "file.few",
                "{count} examples; {fewest} are needed",
                count=self.objects,
                fewest=FEWEST,
            )
        elif self.objects < SMALL:
            yield found("file.small", "{count} examples", count=self.objects)


def read_line(raw: bytes, number: int) -> Line:
    """Return what a line holds; an empty one stands for a line that was too long to read."""
    if not raw:
        problem = found("file.long", "over {limit} MB", line=number, limit=LONGEST_LINE >> 20)
        return Line(number=number, text="", value=None, findings=(problem,))
    findings: list[Finding] = []
    if number == 1:
        raw = _without_bom(raw, findings)
    text = _decoded(raw, number, findings)
    if text is None:
        return Line(number=number, text="", value=None, findings=tuple(findings))
    if not text.strip():
        findings.append(found("file.blank", "the line is blank", line=number, column=1))
        return Line(number=number, text="", value=None, findings=tuple(findings))
    value = _parsed(text.rstrip("\r\n"), number, findings, ended=raw.endswith(b"\n"))
    return Line(number=number, text=text, value=value, findings=tuple(findings))


def _without_bom(raw: bytes, findings: list[Finding]) -> bytes:
    for mark, name in _BOMS:
        if raw.startswith(mark):
            findings.append(found("file.bom", "a mark of {name}", line=1, column=1, name=name))
            return raw[len(mark) :]
    return raw


def _decoded(raw: bytes, number: int, findings: list[Finding]) -> str | None:
    if (nul := raw.find(b"\0")) >= 0:
        findings.append(found("file.nul", "a NUL byte", line=number, column=nul + 1))
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.append(_undecodable(raw, error.start, number))
        return None


def _undecodable(raw: bytes, at: int, number: int) -> Finding:
    byte, column = raw[at], len(raw[:at].decode("utf-8", "replace")) + 1
    for name, codec in _OTHERS:
        if _reads(raw, codec):
            template = "byte 0x{byte:02x} is not UTF-8; it reads as {name}"
            return found(
                "file.encoding", template, line=number, column=column, byte=byte, name=name
            )
    template = "byte 0x{byte:02x} is not UTF-8"
    return found("file.encoding", template, line=number, column=column, byte=byte)


def _reads(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(slots=True)
class _Oddities:
    """What a JSON reader takes and no other program should have to."""

    repeated: bool = False
    not_number: bool = False
    digits: int = 0  # of the integer that was read last

    def pairs(self, pairs: list[tuple[str, Any]]) -> Object:
        value = dict(pairs)
        self.repeated = self.repeated or len(value) < len(pairs)
        return value

    def constant(self, name: str) -> None:
        self.not_number = True

    def integer(self, text: str) -> int:
        self.digits = len(text.lstrip("-"))
        return int(text)


def _parsed(text: str, number: int, findings: list[Finding], *, ended: bool) -> Object | None:
    odd = _Oddities()
    try:
        value = json.loads(
            text,
            object_pairs_hook=odd.pairs,
            parse_constant=odd.constant,
            parse_int=odd.integer,
        )
    except json.JSONDecodeError as error:
        id_ = "file.json" if ended or text.endswith("}") else "file.cut"
        fault = _READER.get(error.msg, error.msg)
        findings.append(found(id_, "{fault}", line=number, column=error.pos + 1, fault=fault))
        return None
    except RecursionError:
        findings.append(found("file.nested", "nested too deeply", line=number, column=1))
        return None
    except ValueError:  # an integer of over 4,300 digits
        findings.append(_too_many_digits(odd.digits, number))
        return None
    findings.extend(_odd(text, number, odd))
    if not isinstance(value, dict):
        kind = kind_of(value)
        findings.append(
            found("file.object", "a {kind}, no object", line=number, column=1, kind=kind)
        )
        return None
    if _too_deep(value):
        findings.append(found("file.nested", "nested too deeply", line=number, column=1))
        return None
    return value


def _too_many_digits(digits: int, number: int) -> Finding:
    return found(
        "file.json",
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits}"
        " digits",
        line=number,
        column=1,
        limit=sys.get_int_max_str_digits(),
        digits=digits,
    )


def _odd(text: str, number: int, odd: _Oddities) -> Iterator[Finding]:
    if odd.repeated:
        for key, column in repeated_keys(text):
            yield found("file.duplicate-key", "{key!r} again", line=number, column=column, key=key)
    if odd.not_number:
        for name, column in not_numbers(text):
            yield found("file.nan", "{name}", line=number, column=column, name=name)
    if "\\ud" in text or "\\uD" in text:
        for column in half_characters(text):
            yield found("file.surrogate", "half a character", line=number, column=column)


def _too_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEEPEST):
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return False
        level = inner
    return True
