"""Texts that try to ping: every spelling of a mention, inside everything that may hide one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

MENTIONS = (
    "@everyone",
    "@here",
    "<@400>",
    "<@!400>",
    "<@&200>",
    "<@&201>",
    "@\u200beveryone",
    "＠everyone",
    "@everyone@everyone",
    "<@400><@401><@402>",
    "<id:customize>",
    "</ask:300>",
)
WRAPPINGS = (
    "{}",
    "hello {} there",
    "**{}**",
    "||{}||",
    "> {}",
    "# {}",
    "[{}](https://evil.example/{})",
    "`{}`",
    "```\n{}\n```",
    "```{}",
    "\\{}",
    "\u202e{}",
    "{}" * 30,
    "皆さん{}こんにちは",
    "{} [1]",
    "\n\n{}\n\n",
)
PREFIXES = ("", "Sure. ", "もちろんです。", "\u200b", "A" * 1990 + " ", "_" * 7)
PINGS = re.compile(r"@everyone|@here|<@!?\d+>|<@&\d+>")


def hostile_texts() -> Iterator[str]:
    """Yield every mention in every wrapping behind every prefix: 1,152 texts."""
    for prefix, wrapping, mention in itertools.product(PREFIXES, WRAPPINGS, MENTIONS):
        yield prefix + wrapping.replace("{}", mention)
