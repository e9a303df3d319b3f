"""What the loopback OpenAI server thinks with: vectors of hashed words, answers of overlap."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

SENTINEL = "NO_ANSWER_IN_PASSAGES"
ENOUGH_OVERLAP = 0.34  # of the question's features that a passage must share
COMMON_WORDS = (
    "a an and are at can do does for from how i in is it my of on or our the to we what when where "
    "which who why with you your"
)

Message = Mapping[str, str]
Brain = Callable[[Sequence[Message]], str]

_PASSAGE = re.compile(r'<passage n="(\d+)"[^\n]*>\n(.*?)\n</passage>', re.DOTALL)
_WORD = re.compile(r"[a-z0-9]+")
_IDEOGRAPHS = re.compile(r"[぀-ヿ一-鿿々]+")
_SENTENCE = re.compile(r"[^。．.!?！？\n]+(?:[.。．!?！？](?=\s|$|[^\d])|$)")
_JAPANESE_FILLER = re.compile(r"です|ます|ですか|ますか|何|どこ|いつ|誰|[はがのをにでとも]")


def librarian(messages: Sequence[Message]) -> str:
    """Answer from the passages of the system prompt, or admit that they do not say.

    The passage that shares most words (Japanese: pairs of characters) with the
    last message is cited for its best sentence.
    """
    question = features(messages[-1]["content"])
    passages = [(int(n), text) for n, text in _PASSAGE.findall(messages[0]["content"])]
    if not passages or not question:
        return SENTINEL
    n, text = max(passages, key=lambda passage: _overlap(question, passage[1]))
    if _overlap(question, text) < ENOUGH_OVERLAP:
        return SENTINEL
    sentence = max(_SENTENCE.findall(text), key=lambda each: _overlap(question, each)).strip()
    if _IDEOGRAPHS.search(messages[-1]["content"]):
        return f"資料をお読みでないようなので。{sentence} [{n}] どういたしまして。"
    return f"Since reading is hard: {sentence} [{n}] You're welcome."


def features(text: str) -> frozenset[str]:
    """Return a text's words and pairs of Japanese characters, without the commonest."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = {*_WORD.findall(plain)} - {*COMMON_WORDS.split()}
    pairs = {
        run[i : i + 2]
        for run in _IDEOGRAPHS.findall(_JAPANESE_FILLER.sub(" ", plain))
        for i in range(max(1, len(run) - 1))
    }
    return frozenset(words | pairs)


def vector(text: str, width: int) -> NDArray[np.float32]:
    """Return a unit vector of hashed features: texts that share words are near each other.

    A text without a single word has the zero vector.
    """
    row = np.zeros(width, dtype=np.float32)
    for feature in sorted(features(text)):
        hashed = zlib.crc32(feature.encode())
        row[hashed % width] += 1.0 if hashed & 0x10000 else -1.0
    norm = float(np.linalg.norm(row))
    return row / np.float32(norm) if norm else row


def _overlap(question: frozenset[str], text: str) -> float:
    return len(question & features(text)) / len(question)
