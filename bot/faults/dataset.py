"""Why a data set cannot be frozen, found or read, in words that staff may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


class BadVersionName(MarvError):
    """A name that a version cannot have."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "A version's name has up to 40 lower-case letters, digits, dots, dashes and "
        "underscores, like `harbor-2026-11`.",
        JA: "版の名前は `harbor-2026-11` のように、英小文字・数字・`.`・`-`・`_` の40文字以内に"
        "してください。",
    }


class VersionExists(MarvError):
    """A name in use: a frozen version never changes."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is a version of that name already, and frozen is frozen. Choose another name.",
        JA: "その名前の版はすでにあり、凍結した版は変更できません。別の名前にしてください。",
    }


class VersionUnknown(MarvError):
    """No version of this name."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no version of that name. `/dataset versions` lists them.",
        JA: "その名前の版はありません。`/dataset versions` で一覧を確認できます。",
    }


class NothingToFreeze(MarvError):
    """No example may be trained on."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is nothing to train on yet. `/dataset stats` says what is left out, and why.",
        JA: "学習に使えるものがまだありません。除外の理由は `/dataset stats` で確認できます。",
    }


class NoPreferences(MarvError):
    """A version without a single pair of a better and a worse answer."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That version has no pair of a better and a worse answer. Repair answers first.",
        JA: "その版には、良い回答と悪い回答の組がありません。先に回答を直してください。",
    }


class BadExamples(MarvError):
    """A file of examples that cannot be read; nothing of it was taken."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"line {line}: {fault}")
        self.line = line
        self.fault = fault

    def user_message(self, language: Language) -> str:
        """Say where, and what would do."""
        if language is JA:
            return (
                f"{self.line} 行目を読めません（{self.fault}）。何も取り込んでいません。JSONL は"
                " `messages`、または `question` と `answer`、CSV は `question,answer` の列が必要"
                "です。"
            )
        return (
            f"Line {self.line} cannot be read ({self.fault}). Nothing was taken. JSONL needs"
            " `messages`, or `question` and `answer`; CSV needs the columns `question,answer`."
        )
