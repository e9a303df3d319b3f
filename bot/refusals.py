"""Why a file cannot be taken into the library, in words that members may read."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import MarvError
from bot.models import Language

MAX_FILE_BYTES = 25 * 1024 * 1024  # a larger file is refused before it is read


class RefusalReason(StrEnum):
    """The kinds of fault that keep a file out of the library."""

    EMPTY = "empty"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    HOSTILE = "hostile"
    TOO_SLOW = "too_slow"
    NO_TEXT = "no_text"
    BAD_LINE = "bad_line"
    ENCRYPTED = "encrypted"


_SENTENCES: dict[Language, dict[RefusalReason, str]] = {
    Language.ENGLISH: {
        RefusalReason.EMPTY: "there is nothing in it.",
        RefusalReason.BROKEN: "it could not be read.",
        RefusalReason.TOO_LARGE: "it is too large.",
        RefusalReason.UNKNOWN_KIND: "I don't read files of that kind.",
        RefusalReason.HOSTILE: "it is built like an attack, so I left it alone.",
        RefusalReason.TOO_SLOW: "it took too long to read.",
        RefusalReason.NO_TEXT: "it holds no text, only pictures of it.",
        RefusalReason.BAD_LINE: "one of its lines is wrong.",
        RefusalReason.ENCRYPTED: "it is locked with a password.",
    },
    Language.JAPANESE: {
        RefusalReason.EMPTY: "中身がありません。",
        RefusalReason.BROKEN: "読み取れませんでした。",
        RefusalReason.TOO_LARGE: "大きすぎます。",
        RefusalReason.UNKNOWN_KIND: "この種類のファイルは読めません。",
        RefusalReason.HOSTILE: "攻撃のような作りなので、触らないことにしました。",
        RefusalReason.TOO_SLOW: "読み取りに時間がかかりすぎました。",
        RefusalReason.NO_TEXT: "文字がなく、画像だけです。",
        RefusalReason.BAD_LINE: "正しくない行があります。",
        RefusalReason.ENCRYPTED: "パスワードで保護されています。",
    },
}

_FRAMES = {
    Language.ENGLISH: "I can't take {source}: {sentence}",
    Language.JAPANESE: "{source} は追加できません。{sentence}",
}
_ASIDES = {Language.ENGLISH: " ({detail})", Language.JAPANESE: "（{detail}）"}


class DocumentRefused(MarvError):
    """A file cannot be taken; ``detail`` is short and safe to show."""

    def __init__(self, source: str, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(source, reason, detail)
        self.source = source
        self.reason = reason
        self.detail = detail

    def user_message(self, language: Language) -> str:
        """Return what a member may read: the file, the reason and, where it helps, the place."""
        return _FRAMES[language].format(source=self.source, sentence=self.sentence(language))

    def sentence(self, language: Language) -> str:
        """Return the reason and, where it helps, the place, without the file."""
        aside = _ASIDES[language].format(detail=self.detail) if self.detail else ""
        return _SENTENCES[language][self.reason] + aside
