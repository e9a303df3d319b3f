"""Why a member's own data cannot be handed over now, in words that members may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


class ExportTooSoon(MarvError):
    """A member asks for their data again too soon."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds

    def user_message(self, language: Language) -> str:
        """Say how long to wait."""
        minutes = max(1, round(self.seconds / 60))
        if language is JA:
            return (
                "さきほどお渡ししたばかりです。中身はほとんど変わっていません。"
                f"{minutes} 分ほどしてからどうぞ。"
            )
        return (
            "I handed you all of it a moment ago, and you have not become more interesting since. "
            f"Ask again in about {minutes} min."
        )


class MessagesClosed(MarvError):
    """A member takes no direct messages from Marv."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Your direct messages are closed to me. Allow them for this server (Privacy Settings), "
        "or run `/privacy export` with the destination **Here, only for me**.",
        JA: "ダイレクトメッセージを送れませんでした。このサーバーのプライバシー設定で許可するか、"
        "`/privacy export` の送り先を「ここ（自分だけに表示）」にしてください。",
    }


class FileTooLarge(MarvError):
    """A file is larger than Discord takes."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "One piece of it is larger than Discord lets me send. Ask the operator of this Marv "
        "for it; they have it.",
        JA: "Discord で送れる大きさを超えるデータがあります。この Marv の運営者に請求して"
        "ください。",
    }
