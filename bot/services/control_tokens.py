"""What a tokenizer reads as one control token: the one definition, for what leaves and its check.

OpenAI's tokenizer fails a whole job for one of its own; a model that is trained with another's
(the local trainer's Gemma among them) learns where to stop from what somebody typed. Which model
a file is for is not known when it is written, so any family's will do. What is ordinary writing
as well is none here: ``<s>`` is HTML, ``[INST]`` a pair of brackets.
"""

from __future__ import annotations

import re

CONTROL_TOKEN = re.compile(
    r"<\|[A-Za-z0-9_]+\|>"  # OpenAI's, Llama 3's, Qwen's, Phi's, Command R's
    r"|<｜[^｜<>\s]+｜>"  # DeepSeek's, in full width
    r"|<(?:bos|eos|pad|unk|mask|unused[0-9]+|(?:start|end)_of_[a-z_]+)>"  # Gemma's
)


def control_token(*texts: str) -> str | None:
    """Return the first control token in some texts, if there is one."""
    found = (match[0] for text in texts if (match := CONTROL_TOKEN.search(text)))
    return next(found, None)
