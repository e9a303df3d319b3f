"""Which of its two languages a text is in."""

from __future__ import annotations

import re

from bot.models import Language

KANA = re.compile(r"[぀-ヿｦ-ﾟ]")
HAN = re.compile(r"[々㐀-䶿一-鿿豈-﫿]")
LATIN = re.compile(r"[A-Za-z]")


def detect(text: str, *, otherwise: Language = Language.ENGLISH) -> Language:
    """Return Japanese for a text with kana, or with more Han characters than Latin letters.

    A text with no letter of either falls back on ``otherwise``, the reader's locale.
    """
    if KANA.search(text):
        return Language.JAPANESE
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    if han == latin == 0:
        return otherwise
    return Language.JAPANESE if han * 2 > latin else Language.ENGLISH


def from_locale(locale: str) -> Language:
    """Return the language of a Discord locale such as ``ja`` or ``en-US``."""
    return Language.JAPANESE if locale.startswith("ja") else Language.ENGLISH
