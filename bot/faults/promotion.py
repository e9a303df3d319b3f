"""Why models cannot be compared or promoted, or a vote does not count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language

PROBLEMS: dict[str, dict[Language, str]] = {
    "not_compared": {
        EN: "it was never compared with the one that speaks now (`/tune compare`)",
        JA: "今のモデルと比べていません（`/tune compare`）",
    },
    "no_votes": {
        EN: "members have not voted to the end yet",
        JA: "メンバーの投票がまだ終わっていません",
    },
    "lost": {EN: "members prefer the one that speaks now", JA: "メンバーは今のモデルを選びました"},
    "undecided": {
        EN: "members' votes could be chance",
        JA: "投票の差は偶然かもしれません",
    },
    "grounding": {
        EN: "it keeps given facts less often, by more than two points of a hundred",
        JA: "事実を保つ割合が2ポイントを超えて下がります",
    },
}


class NotProven(MarvError):
    """A model that has not shown to be better; ``problems`` are keys of ``PROBLEMS``."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"not promoted: {', '.join(problems)}; a reason overrides it")
        self.problems = tuple(problems)

    def user_message(self, language: Language) -> str:
        """Say what is missing, and that a reason overrides it."""
        lines = "\n".join(f"- {PROBLEMS[each][language]}" for each in self.problems)
        if language is JA:
            return (
                f"まだ採用できません。\n{lines}\nそれでも採用する場合は `reason` に理由を書いて"
                "ください（記録されます）。"
            )
        return (
            f"Not yet:\n{lines}\nTo promote it all the same, give a `reason`; it is written down."
        )


class AlreadySpeaking(MarvError):
    """The model speaks already."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That is the model that speaks here already.",
        JA: "そのモデルはすでに話しています。",
    }


class NothingToRollBack(MarvError):
    """No model was promoted, or all are rolled back."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is nothing to go back to: the configured model speaks.",
        JA: "戻る先がありません。設定どおりのモデルが話しています。",
    }


class SameModel(MarvError):
    """A model that was to be compared with itself."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Those are the same model. Name two: a job's number, a model, or `baseline`.",
        JA: "同じモデルです。ジョブ番号・モデル名・`baseline` から別の2つを選んでください。",
    }


class ModelUnknown(MarvError):
    """A name that no job made."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I know no such model. Name a job that succeeded (`/tune list`), a checkpoint, or "
        "`baseline`.",
        JA: "そのモデルはありません。成功したジョブ（`/tune list`）、チェックポイント、または "
        "`baseline` を指定してください。",
    }


class ComparisonUnknown(MarvError):
    """No comparison of this number in the server."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no comparison of that number here.",
        JA: "その番号の比較はありません。",
    }


class ComparisonOver(MarvError):
    """Enough have voted."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Too late: the votes are in. Thank you for caring, somebody had to.",
        JA: "投票は締め切りました。気にかけてくれてありがとうございます。",
    }


class AlreadyVoted(MarvError):
    """A second vote on the same question."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "You have voted on this one. One vote a question, I count.",
        JA: "この質問には投票済みです。1問につき1票です。",
    }


class OwnQuestion(MarvError):
    """A vote of whoever wrote the question."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "You wrote this question, so you do not vote on it. The others are all yours.",
        JA: "この質問はあなたが書いたものなので投票できません。ほかの質問をお願いします。",
    }
