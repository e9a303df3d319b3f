"""Why something cannot be explored, in words that staff may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


class TooFewItems(MarvError):
    """Fewer texts than an analysis needs to mean anything."""

    def __init__(self, found: int, needed: int, *, what: str = "texts") -> None:
        super().__init__(f"{found} {what}, and at least {needed} are needed: add more first")
        self.found = found
        self.needed = needed

    def user_message(self, language: Language) -> str:
        """Say how many there are and how many it takes."""
        if language is JA:
            return (
                f"分析には {self.needed} 件以上必要ですが、{self.found} 件しかありません。"
                "増えてから、もう一度お試しください。"
            )
        return (
            f"There are {self.found} to look at, and it takes at least {self.needed}. Come back"
            " with more."
        )


class TooManyItems(MarvError):
    """More texts than can be compared in a bearable time."""

    def __init__(self, found: int, most: int) -> None:
        super().__init__(f"{found} texts, and at most {most} can be compared: take a sample first")
        self.most = most

    def user_message(self, language: Language) -> str:
        """Name the limit."""
        if language is JA:
            return f"多すぎます。一度に比べられるのは {self.most} 件までです。"
        return f"That is too much: I compare at most {self.most} at once."


class TooFewLabels(MarvError):
    """Fewer than two labels to choose between."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "It takes at least two labels, separated by commas: `question, complaint, praise`.",
        JA: "ラベルは二つ以上、カンマで区切ってください（例：`質問, 苦情, お礼`）。",
    }


class TableRefused(MarvError):
    """A table that cannot be read; the text says why, and what would do."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That table cannot be read. It takes a CSV file in UTF-8 with a line of column names.",
        JA: "その表は読めません。列名の行がある UTF-8 の CSV が必要です。",
    }


class AnalysisBroke(MarvError):
    """The process that computes ended before its work did."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The analysis broke off. Please try again; if it happens again, with fewer items.",
        JA: "分析が途中で止まりました。もう一度お試しください。続くようなら件数を減らして"
        "ください。",
    }


class AnalysisStopped(MarvError):
    """Whoever asked for it has stopped it."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Stopped. Nothing was kept.",
        JA: "中止しました。何も残していません。",
    }


class AnalysisRunning(MarvError):
    """The server waits for an analysis already."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "One analysis at a time: the last one of this server is still running.",
        JA: "分析は一度に一つまでです。このサーバーの前の分析がまだ動いています。",
    }
