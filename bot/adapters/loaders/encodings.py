"""Turns the bytes of a text file into text, whatever encoding they are in."""

from __future__ import annotations

import codecs
import re

from bot.refusals import DocumentRefused, RefusalReason

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ["cp932", "euc_jp", "cp1252", "latin_1", "iso8859_15", "cp1251", "gb18030", "euc_kr"]
_DECLARED = re.compile(
    rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_KANA = re.compile(r"[ぁ-んァ-ヶー、。]")
_HALF_WIDTH = re.compile(r"[｡-ﾟ]")
_MAX_CONTROL_SHARE = 0.005


def decode(content: bytes, source: str) -> str:
    """Return the text, with Unix line ends; raises DocumentRefused for what is no text."""
    text = _decoded(content, source).replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) * _MAX_CONTROL_SHARE:
        raise DocumentRefused(source, RefusalReason.BROKEN, "not a text file")
    return text


def _decoded(content: bytes, source: str) -> str:
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    if b"\x00" not in content and (guessed := _guess(content)) is not None:
        return guessed
    raise DocumentRefused(source, RefusalReason.BROKEN, "not a text file")


def _encodings(content: bytes) -> list[str]:
    """List the encodings that the bytes themselves announce, surest first."""
    if marked := [encoding for bom, encoding in _BOMS if content.startswith(bom)]:
        return marked[:1]
    if b"\x1b$" in content and content.isascii():
        return ["iso2022_jp"]
    declared = _DECLARED.search(content[:2048])
    return ["utf-8", *([declared[1].decode("ascii")] if declared else [])]


def _guess(content: bytes) -> str | None:
    return _japanese(content) or _western(content)


def _japanese(content: bytes) -> str | None:
    """Return the reading that has kana in it and fewer half-width ones, or None.

    Shift_JIS and EUC-JP often decode each other's bytes: as half-width
    katakana, which real text has few of. Statistics need more text than a
    short notice has, so this comes before them.
    """
    readings = []
    for encoding in ("cp932", "euc_jp"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = len(_KANA.findall(text)) - 2 * len(_HALF_WIDTH.findall(text))
        readings.append((score, text))
    score, text = max(readings, key=lambda reading: reading[0], default=(0, ""))
    return text if score > 0 else None


def _western(content: bytes) -> str | None:
    from charset_normalizer import from_bytes  # 40 ms that most files never need

    best = from_bytes(content, cp_isolation=_CANDIDATES).best()
    return str(best) if best else None
