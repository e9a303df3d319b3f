"""What may leave in a message: no foreign link, no disguise, no ping, no invitation.

A model repeats what it reads, and documents are written by anybody. So a text
is taken apart before anybody sees it, whole or while it is still being written:

- an address stays a link only if a cited source is there; one that stands in a
  cited passage is shown as code, which nobody can click; any other is removed;
- a masked link loses its mask, a picture becomes its description;
- an invitation is removed, a mention is broken, an invisible character dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.models import Language, Passage

REMOVED = {Language.ENGLISH: "[link removed]", Language.JAPANESE: "［リンク省略］"}

# Invisible characters and those that turn the direction of writing; joiners of emoji stay.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
# Without a scheme: endings that code does not have (guild.me is an attribute), others with a path
_PLAIN_ENDING = "com|net|org|info|biz|xyz|top|gg|ru|cn|jp|uk|de|fr|us|tk|ml|ga|cf|gq|tv"
_CODE_ENDING = "io|me|co|to|app|dev|link|click|live|site|online|shop|page|zip|mov|cc"
_PATH = r"[^\s<>\[\]（）「」『』、。`\"|]*"
_ADDRESS = re.compile(
    rf"(?P<open><)?(?:(?:[a-z][a-z0-9+.-]{{1,20}}://|//|www\.){_PATH}"
    rf"|(?<![\w@./-])(?:[\w-]{{1,63}}\.){{1,5}}(?:(?:{_PLAIN_ENDING})\b(?:[/?#:]{_PATH})?"
    rf"|(?:{_CODE_ENDING})/{_PATH}))(?(open)>?)",
    re.IGNORECASE,
)
_MASKED = re.compile(
    r"!?\[(?P<text>[^\[\]\n]{0,300})\]\(\s*<?(?P<address>[^()\s<>]{1,2000})>?[^()\n]{0,300}\)"
)
_INVITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:discord(?:app)?\.(?:gg|com/invite|com\\?/invite)|discord\.me"
    r"|dsc\.gg|invite\.gg)\s*/?\s*[\w-]*",
    re.IGNORECASE,
)
_MENTION = re.compile(r"@(?=everyone\b|here\b)|<@(?=[!&]?\d)|<(?=sound:|id:)", re.IGNORECASE)
_BROKEN = "\u2060"  # a word joiner: the text looks the same, and means nothing to Discord
_TRAILING = ".,;:!?)]}*_~'’”"
# What could still become an address, a mark or a mention when more of the text arrives
_UNFINISHED = re.compile(
    r"(?:!?\[[^\[\]\n]{0,300}(?:\](?:\([^()\n]{0,2000})?)?|[!-~\u00ad\u200b-\u2069]{1,2000})\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """Knows which addresses a text may lead to, and which it may name.

    ``linked`` are addresses of cited sources; ``named`` is text in which an
    address must stand in order to be shown as code, or in a ``snippet``, which
    has no code, without its scheme.
    """

    linked: frozenset[str] = frozenset()
    named: str = ""
    language: Language = Language.ENGLISH
    snippet: bool = False

    def clean(self, text: str) -> str:
        """Return a finished text as it may be sent."""
        text = _INVISIBLE.sub("", text)
        text = _MASKED.sub(self._unmasked, text)
        text = _INVITE.sub(REMOVED[self.language], text)
        text = _ADDRESS.sub(self._address, text)
        return _MENTION.sub(lambda match: match[0] + _BROKEN, text)

    def clean_unfinished(self, text: str) -> str:
        """Return what may be shown of a text that is still being written."""
        return self.clean(_UNFINISHED.sub("", _INVISIBLE.sub("", text)))

    def _unmasked(self, match: re.Match[str]) -> str:
        text, address = match["text"].strip(), match["address"]
        if match[0].startswith("!") or not self._may_link(address):
            return text
        return address if _ADDRESS.search(text) else f"{text} ({address})"

    def _address(self, match: re.Match[str]) -> str:
        whole = match[0].removeprefix("<").removesuffix(">")
        address = whole.rstrip(_TRAILING)
        rest = whole[len(address) :]
        if self._may_link(address):
            return f"<{address}>{rest}"
        if len(address) > 3 and address in self.named and self.snippet:
            return address.partition("//")[2] + rest if "//" in address else whole
        if len(address) > 3 and address in self.named:
            return f"`{address}`{rest}" if not _in_code(match) else whole
        return REMOVED[self.language] + rest

    def _may_link(self, address: str) -> bool:
        return (_canonical(address) or None) in self.linked


def shield_for(passages: Iterable[Passage], language: Language, *, snippet: bool = False) -> Shield:
    """Return the shield of a text that cites these passages."""
    known = list(passages)
    return Shield(
        linked=frozenset(
            _canonical(passage.source)
            for passage in known
            if passage.source.startswith(("https://", "http://"))
        ),
        named="\n".join(passage.text for passage in known),
        language=language,
        snippet=snippet,
    )


def unpinging(text: str) -> str:
    """Return what staff wrote as it may be sent: they may link, but nobody is mentioned."""
    return _MENTION.sub(lambda match: match[0] + _BROKEN, _INVISIBLE.sub("", text))


def _canonical(address: str) -> str:
    """Return an address without what makes no difference: the host's case, a last slash, a #."""
    try:
        parts = urlsplit(unicodedata.normalize("NFKC", address).strip())
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}?{parts.query}"


def _in_code(match: re.Match[str]) -> bool:
    """Tell whether a match stands in a code span or block, where nothing is a link anyway."""
    before = match.string[: match.start()]
    line = before.rpartition("\n")[2]
    return before.count("```") % 2 == 1 or line.replace("```", "").count("`") % 2 == 1
