"""Why an address cannot be read, in words that members may read.

WebFault
├── AddressRefused      Marv does not go there: not public, or spelt to mislead
├── RobotsForbid        the site's robots.txt says no
├── PageGone            404 or 410
│   └── HostGone        the name is not in the DNS any more
└── PageUnreachable     an error of the server or the network, which may pass
RefreshRunning          one refresh at a time
SourceUnknown           no such source
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from bot.errors import MarvError
from bot.models import Language

SHOWN_CHARACTERS = 200  # of an address, in a message


class AddressFault(StrEnum):
    """What is wrong with an address."""

    MALFORMED = "malformed"
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    PORT = "port"
    NOT_PUBLIC = "not_public"
    DOWNGRADE = "downgrade"


class Trouble(StrEnum):
    """Why a site did not answer properly, where there is no status to name."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    LOOKUP = "lookup"
    CERTIFICATE = "certificate"
    NONSENSE = "nonsense"
    REDIRECTS = "redirects"
    ROBOTS = "robots"


class WebFault(MarvError):
    """The root: knows the address and a short code for reports."""

    code: ClassVar[str] = "web_fault"
    sentences: ClassVar[dict[Language, str]] = MarvError.messages

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        """Say what happened, for operators and logs."""
        return self.user_message(Language.ENGLISH)

    def reason(self, language: Language) -> str:
        """Return why, without the address."""
        return self.sentences[language]

    def user_message(self, language: Language) -> str:
        """Return what a member may read: the address and why."""
        shown = self.url.replace("`", "")[:SHOWN_CHARACTERS]
        if language is Language.JAPANESE:
            return f"`{shown}` は読めません。{self.reason(language)}"
        return f"I can't read `{shown}`: {self.reason(language)}"


_ADDRESS_SENTENCES: dict[Language, dict[AddressFault, str]] = {
    Language.ENGLISH: {
        AddressFault.MALFORMED: "that is not an address.",
        AddressFault.SCHEME: "I only read http and https.",
        AddressFault.CREDENTIALS: "an address with a user name in it stays unopened.",
        AddressFault.PORT: "I only knock on ports 80 and 443.",
        AddressFault.NOT_PUBLIC: "it does not lead to a public host, and I don't go anywhere else.",
        AddressFault.DOWNGRADE: "it leads from https back to http.",
    },
    Language.JAPANESE: {
        AddressFault.MALFORMED: "アドレスとして読めません。",
        AddressFault.SCHEME: "http と https しか読みません。",
        AddressFault.CREDENTIALS: "ユーザー名の入ったアドレスは開きません。",
        AddressFault.PORT: "ポートは 80 と 443 だけです。",
        AddressFault.NOT_PUBLIC: "公開されたホストではありません。それ以外には行かない主義です。",
        AddressFault.DOWNGRADE: "https から http に戻されました。",
    },
}


class AddressRefused(WebFault):
    """Marv does not go to this address."""

    code: ClassVar[str] = "address"

    def __init__(self, url: str, fault: AddressFault) -> None:
        super().__init__(url)
        self.fault = fault

    def reason(self, language: Language) -> str:
        """Return why, without the address."""
        return _ADDRESS_SENTENCES[language][self.fault]


class RobotsForbid(WebFault):
    """The site's robots.txt says no."""

    code: ClassVar[str] = "robots"
    sentences: ClassVar[dict[Language, str]] = {
        Language.ENGLISH: "its robots.txt asks me to stay out. I can take a hint.",
        Language.JAPANESE: "robots.txt で立ち入りを断られています。空気は読みます。",
    }


class PageGone(WebFault):
    """The page is not there any more."""

    code: ClassVar[str] = "gone"
    sentences: ClassVar[dict[Language, str]] = {
        Language.ENGLISH: "there is no such page (any more).",
        Language.JAPANESE: "そのページは（もう）ありません。",
    }


class HostGone(PageGone):
    """The host's name is not in the DNS."""

    code: ClassVar[str] = "host_gone"
    sentences: ClassVar[dict[Language, str]] = {
        Language.ENGLISH: "there is no such host.",
        Language.JAPANESE: "そのホストは存在しません。",
    }


_TROUBLES: dict[Language, dict[Trouble, str]] = {
    Language.ENGLISH: {
        Trouble.TIMEOUT: "it took too long",
        Trouble.CONNECTION: "no connection",
        Trouble.LOOKUP: "its name could not be looked up",
        Trouble.CERTIFICATE: "its certificate is wrong",
        Trouble.NONSENSE: "it answered nonsense",
        Trouble.REDIRECTS: "it sent me in circles",
        Trouble.ROBOTS: "its robots.txt cannot be read, which means no",
    },
    Language.JAPANESE: {
        Trouble.TIMEOUT: "時間切れ",
        Trouble.CONNECTION: "接続できません",
        Trouble.LOOKUP: "名前を引けません",
        Trouble.CERTIFICATE: "証明書が正しくありません",
        Trouble.NONSENSE: "応答が壊れています",
        Trouble.REDIRECTS: "転送が多すぎます",
        Trouble.ROBOTS: "robots.txt が読めないので遠慮します",
    },
}


class PageUnreachable(WebFault):
    """An error of the server or the network, which may pass."""

    code: ClassVar[str] = "unreachable"

    def __init__(self, url: str, why: Trouble | int) -> None:
        super().__init__(url)
        self.why = why

    def reason(self, language: Language) -> str:
        """Return why, without the address."""
        cause = (
            _TROUBLES[language][self.why] if isinstance(self.why, Trouble) else f"HTTP {self.why}"
        )
        if language is Language.JAPANESE:
            return f"サイトがまともに応答しませんでした（{cause}）。"
        return f"the site did not answer properly ({cause})."


class RefreshRunning(MarvError):
    """One refresh at a time."""

    messages: ClassVar[dict[Language, str]] = {
        Language.ENGLISH: "I'm already re-reading everything. Once is punishment enough.",
        Language.JAPANESE: "すでに読み直している最中です。一度で十分でしょう。",
    }


class SourceUnknown(MarvError):
    """No such source."""

    messages: ClassVar[dict[Language, str]] = {
        Language.ENGLISH: "I read no such address here. `/library add-url` would change that.",
        Language.JAPANESE: "そのアドレスは読んでいません。`/library add-url` で追加できます。",
    }
