"""Counts tokens offline, with the vocabularies that toktok carries."""

from __future__ import annotations

from dataclasses import dataclass

import toktok

_CL100K = "cl100k_base"
_O200K = "o200k_base"

# The longest matching prefix decides; anything newer speaks o200k.
_ENCODINGS = {
    "gpt-4o": _O200K,
    "gpt-4.1": _O200K,
    "gpt-4.5": _O200K,
    "gpt-4": _CL100K,
    "gpt-3.5": _CL100K,
    "gpt-35": _CL100K,
    "text-embedding-3-": _CL100K,
    "text-embedding-ada-002": _CL100K,
}


def encoding_of(model: str) -> str:
    """Name the encoding of an OpenAI model, fine-tuned (``ft:…``) or not."""
    base = model.removeprefix("ft:").casefold()
    matches = [prefix for prefix in _ENCODINGS if base.startswith(prefix)]
    return _ENCODINGS[max(matches, key=len)] if matches else _O200K


@dataclass(frozen=True, slots=True)
class ToktokCounter:
    """Counts the tokens of one model's encoding."""

    model: str = ""

    def count(self, text: str) -> int:
        """Return the number of tokens in ``text``; special-token strings count as plain text."""
        counts: list[int] = toktok.batch_count([text], encoding_of(self.model), threads=1)
        return counts[0]
