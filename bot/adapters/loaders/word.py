"""Reads Word documents (.docx), after a look for the attacks that a zip of XML allows."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers.expat import ExpatError

import mammoth

from bot.adapters.loaders.markup import read_html
from bot.models import LoadedDocument
from bot.refusals import DocumentRefused, RefusalReason

_MAX_UNPACKED = 100 * 2**20
_MAX_RATIO = 100
_SMALL = 2**20  # below this no ratio is dangerous
_MAX_PARTS = 10_000
_BROKEN = (zipfile.BadZipFile, zlib.error, ExpatError, KeyError, NotImplementedError, ValueError)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DTD = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def load_word(content: bytes, source: str) -> tuple[LoadedDocument, ...]:
    """Return the document's sections; its pictures are left out."""
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise DocumentRefused(
            source, RefusalReason.ENCRYPTED if locked else RefusalReason.BROKEN, "not a .docx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _inspect(archive, source)
        result = mammoth.convert_to_html(
            io.BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(_blank)
        )
    except _BROKEN as error:
        raise DocumentRefused(source, RefusalReason.BROKEN, "not a .docx") from error
    return (read_html(result.value, source),)


def _inspect(archive: zipfile.ZipFile, source: str) -> None:
    """Refuse an archive that unpacks to too much, or XML that could define entities."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    swollen = unpacked > _SMALL and unpacked > _MAX_RATIO * max(packed, 1)
    if swollen or unpacked > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise DocumentRefused(source, RefusalReason.HOSTILE, "a zip bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentRefused(source, RefusalReason.ENCRYPTED)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            xml = archive.read(part)
            if any(mark in xml for mark in _DTD):
                raise DocumentRefused(source, RefusalReason.HOSTILE, "XML that defines entities")


def _blank(_: object) -> dict[str, str]:
    return {"src": ""}
