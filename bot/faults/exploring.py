"""Why something cannot be explored, in words that staff may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language

MOST_NAMED = 20  # columns in a message
NAME_CHARACTERS = 60
_WANTED: dict[str, dict[Language, str]] = {
    "text": {EN: "texts", JA: "本文（「本文」）"},
    "label": {EN: "labels", JA: "ラベル（「ラベル列」）"},
}


def inert(names: Sequence[str], language: Language) -> str:
    """Return a stranger's names so that none of them is a mention, a link or a new line."""
    shown = [f"`{' '.join(each.replace('`', ' ').split())[:NAME_CHARACTERS]}`" for each in names]
    more = ["…"] if len(shown) > MOST_NAMED else []
    return ("、" if language is JA else ", ").join([*shown[:MOST_NAMED], *more])


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


class ColumnUnknown(TableRefused):
    """A table without a column that was named."""

    def __init__(self, name: str, columns: Sequence[str], *, table: str) -> None:
        known = ", ".join(repr(each) for each in columns)
        super().__init__(f"{table} has no column {name!r}; it has {known}")
        self.name = name
        self.columns = tuple(columns)

    def user_message(self, language: Language) -> str:
        """Name the columns that there are."""
        name, known = inert([self.name], language), inert(self.columns, language)
        if language is JA:
            return f"{name} という列はありません。あるのは {known} です。"
        return f"There is no column {name}. The table has {known}."


class ColumnUnclear(TableRefused):
    """A table of which several columns, or none, could hold what is looked for."""

    def __init__(self, option: str, columns: Sequence[str]) -> None:
        super().__init__(f"--{option}: name the column; there are {', '.join(columns)}")
        self.option = option
        self.columns = tuple(columns)

    def user_message(self, language: Language) -> str:
        """Name the option and the columns that there are."""
        known = inert(self.columns, language)
        if language is JA:
            return (
                f"{_WANTED[self.option][JA]}に使う列が分かりません。次から選んでください：{known}"
            )
        return (
            f"I can't tell which column holds the {_WANTED[self.option][EN]}. Name it with the"
            f" option `{self.option}`; the table has {known}."
        )


class NoTable(TableRefused):
    """A column was named without a table."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "A column of what? Attach the table as well, with the option `file`.",
        JA: "列を選ぶときは、「ファイル」で表も添付してください。",
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
