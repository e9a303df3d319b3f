"""Keys, tokens and passwords, by the forms that their issuers gave them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.services.redaction.spans import Kind, Span

_ISSUED = re.compile(
    r"""(?<![A-Za-z0-9_])(?:
      sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{20,}   # OpenAI, Anthropic
    | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_[A-Za-z0-9_]{22,}        # GitHub
    | glpat-[A-Za-z0-9_-]{20,}                                         # GitLab
    | (?:AKIA|ASIA)[A-Z0-9]{16}                                        # AWS
    | xox[abeoprs]-[A-Za-z0-9-]{10,} | xapp-[A-Za-z0-9-]{20,}          # Slack
    | AIza[A-Za-z0-9_-]{30,}                                           # Google
    | hf_[A-Za-z0-9]{30,} | npm_[A-Za-z0-9]{36} | pypi-[A-Za-z0-9_-]{50,}
    | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}                      # Stripe
    | eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}    # JSON web tokens
    | [MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}  # Discord's bots
    | mfa\.[A-Za-z0-9_-]{80,}                                          # Discord's users
    | https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/[A-Za-z0-9_-]+
    | https://hooks\.slack\.com/services/[A-Za-z0-9/]+
    )""",
    re.VERBOSE,
)
_PEM = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_USER_IN_URL = re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)")
_GIVEN = re.compile(
    r"""(?ix)
    (?: \b (?: pass(?:word|wd|phrase)? | pwd | secret | api[_-]?key | access[_-]?key | token
      | auth(?:orization)? ) | パスワード | 暗証番号 | 合言葉 | APIキー | トークン )
    \s*(?: [=:] | は | \s is \b )\s* (?:bearer\s+|basic\s+)? ["'`「]?
    (?P<value>[!-&(-+\--;=?-_a-~]{6,}) """
)
_BEARER = re.compile(r"(?i)\bbearer\s+(?P<value>[A-Za-z0-9._~+/=-]{16,})")
_LONG = re.compile(r"(?<![A-Za-z0-9_/+=.-])[A-Za-z0-9_+/=-]{32,}(?![A-Za-z0-9_])")
_TRAILING = ".,;:!?)]}\"'`"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Finds secrets; a long random text is one only perhaps."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield secrets."""
        for pattern in (_PEM, _ISSUED, _USER_IN_URL):
            for match in pattern.finditer(text):
                yield Span(kind=Kind.SECRET, start=match.start(), end=match.end())
        for pattern in (_BEARER, _GIVEN):
            for match in pattern.finditer(text):
                value = match["value"].rstrip(_TRAILING) if pattern is _BEARER else match["value"]
                if _is_secret(value):
                    start = match.start("value")
                    yield Span(kind=Kind.SECRET, start=start, end=start + len(value))
        for match in _LONG.finditer(text):
            if _is_random(match[0]):
                yield Span(kind=Kind.SECRET, start=match.start(), end=match.end(), certain=False)


def _is_secret(value: str) -> bool:
    """Tell a password from a word: letters and something else, or very long."""
    letters = any(map(str.isalpha, value))
    others = any(not character.isalpha() and character not in "-_.:/" for character in value)
    return len(value) >= 6 and letters and others and "://" not in value


def _is_random(value: str) -> bool:
    """Tell a random text from a digest, which is in lower-case hexadecimal digits."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, value)) for kind in kinds)
