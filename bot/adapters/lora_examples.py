"""What the local trainer learns from: frozen rows, in the very words that the voice hears.

A row of a data set says who Marv is in the words of its persona, for any model.
The embedded voice hears the short text of ``VOICE`` instead, so that is what it is trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.adapters.llama import gemma_prompt
from bot.language import detect
from bot.models import ChatMessage, Language
from bot.services.wrapping import VOICE, requested_language

LONGEST_TOKENS = 512  # prompt and reply; a longer row is left out, never cut
REPLY_END = "<end_of_turn>"


class BadTrainingFile(ValueError):
    """A line is not what the trainer reads; says which, and never what stands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The text up to where the voice begins to speak, and what it should say."""

    prompt: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenisedExample:
    """An example as token ids, split where generation starts."""

    prompt: tuple[int, ...]
    reply: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.reply)


def read_examples(path: Path) -> list[Example]:
    """Return the examples of a file in OpenAI's chat form; raises BadTrainingFile."""
    examples = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            examples.append(_example(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            kind = type(error).__name__
            raise BadTrainingFile(f"line {number} is not a chat example ({kind})") from None
    return examples


def _example(row: Mapping[str, Any]) -> Example:
    """Return a row's last reply with what was said before it."""
    *before, last = row["messages"]
    if last["role"] != "assistant" or not last["content"]:
        raise ValueError("does not end with a reply")
    said = [
        ChatMessage(role=message["role"], content=message["content"])
        for message in before
        if message["role"] != "system"
    ]
    if not said or said[-1].role != "user":
        raise ValueError("nobody asked")
    system = ChatMessage(role="system", content=VOICE[language_of(said[-1].content)])
    return Example(prompt="<bos>" + gemma_prompt([system, *said]), reply=last["content"])


def language_of(request: str) -> Language:
    """Return the language in which a request would be answered in service.

    A request with facts says it by its first word; the facts may be in the other one.
    """
    return requested_language(request) or detect(request)


def examples_digest(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of what is learnt, word for word and in order."""
    digest = hashlib.sha256()
    for example in examples:
        pair = json.dumps([example.prompt, example.reply], ensure_ascii=False)
        digest.update(pair.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def tokenised(
    examples: Sequence[Example],
    tokenizer: Any,  # noqa: ANN401 - of transformers
) -> list[TokenisedExample]:
    """Return the examples as token ids, without those that are too long."""
    found = []
    for example in examples:
        prompt = tokenizer(example.prompt, add_special_tokens=False)["input_ids"]
        reply = tokenizer(example.reply + REPLY_END, add_special_tokens=False)["input_ids"]
        item = TokenisedExample(prompt=tuple(prompt), reply=tuple(reply))
        if len(item) <= LONGEST_TOKENS:
            found.append(item)
    return found
