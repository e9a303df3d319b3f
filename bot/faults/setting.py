"""Why a setting cannot be what staff want it to be, in words that they may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language

_BUDGET = {
    EN: "Write US dollars a day like `1.50`, 0 for nothing at all, or nothing for no limit.",
    JA: "`1.50` のように1日の米ドルで書いてください。0 ならまったく使いません。制限なしなら空に"
    "してください。",
}
_HINTS: dict[str, dict[Language, str]] = {
    "persona": {
        EN: "`/persona show` lists the personas that there are.",
        JA: "選べるペルソナは `/persona show` で確認できます。",
    },
    "quiet_hours": {
        EN: "Write hours like `22:00-07:00 Europe/Berlin`, or nothing for none.",
        JA: "`22:00-07:00 Asia/Tokyo` のように書くか、なしなら空にしてください。",
    },
    "retention_days": {
        EN: "Write a number of days from 1 to 3650, or nothing for no limit.",
        JA: "1～3650の日数を書くか、期限なしなら空にしてください。",
    },
    "erase_after_days": {
        EN: "Write a number of days from 0 to 3650.",
        JA: "0～3650の日数を書いてください。",
    },
    "server_budget_usd": _BUDGET,
    "member_budget_usd": _BUDGET,
    "questions_per_minute": {
        EN: "Write a number from 1 to 600, or nothing for no limit.",
        JA: "1～600の数を書くか、制限なしなら空にしてください。",
    },
}


class BadSetting(MarvError):
    """A value that a setting cannot have."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That value is not possible. Nothing was changed.",
        JA: "その値にはできません。何も変えていません。",
    }

    def __init__(self, key: str) -> None:
        super().__init__(f"a value that {key} cannot have")
        self.key = key

    def user_message(self, language: Language) -> str:
        """Say what would do."""
        hint = _HINTS.get(self.key, {}).get(language, "")
        return f"{self.messages[language]} {hint}".strip()


class ServerWide(MarvError):
    """A setting of the whole server, which a channel cannot have of its own."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That one holds for the whole server; a channel can't have its own.",
        JA: "これはサーバー全体の設定で、チャンネルごとには変えられません。",
    }

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} holds for the whole server")
        self.key = key
