"""Why a fine-tune cannot be made or followed, in words that staff may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError, ModelError
from bot.models import Language


class TuningFailed(ModelError):
    """The trainer could not do what it was asked."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The trainer could not do that. The log of this machine says why.",
        JA: "学習サービスが処理できませんでした。理由はこのマシンのログにあります。",
    }


class TrainerUnreachable(TuningFailed):
    """The trainer does not answer, or not now."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The trainer does not answer. Nothing is lost: try again in a few minutes.",
        JA: "学習サービスから応答がありません。失われたものはありません。数分後にもう一度"
        "お試しください。",
    }


class TrainerRefused(TuningFailed):
    """The trainer said no, in words that it chose."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def user_message(self, language: Language) -> str:
        """Pass on what the trainer said."""
        if language is JA:
            return f"学習サービスに断られました: {self.reason}"
        return f"The trainer refused: {self.reason}"


class NoNewCustomers(TrainerRefused):
    """OpenAI lets no organisation start that is new to fine-tuning."""

    def user_message(self, language: Language) -> str:
        """Say it plainly, and what works instead."""
        if language is JA:
            return (
                "OpenAI は新しい組織からのファインチューニングを受け付けていません"
                "（2027年1月6日以降は誰も利用できません）。`local` の学習、または別の"
                " `MARV_TUNING_BASE_URL` を使ってください。"
            )
        return (
            "OpenAI accepts no new customers for fine-tuning (and nobody after 6 January 2027)."
            " Train with `local`, or set another `MARV_TUNING_BASE_URL`."
        )


class TrainerMissing(TuningFailed):
    """What the trainer needs is not installed or not set."""

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy

    def user_message(self, language: Language) -> str:
        """Say what to do."""
        if language is JA:
            return f"学習の準備がまだです: {self.remedy}"
        return f"This trainer is not set up yet: {self.remedy}"


class JobGone(TuningFailed):
    """The trainer knows no such job."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The trainer does not know that job any more.",
        JA: "学習サービスにそのジョブはもうありません。",
    }


class JobUnknown(MarvError):
    """No job of this number in the server."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no job of that number here. `/tune list` shows them.",
        JA: "その番号のジョブはありません。`/tune list` で確認できます。",
    }


class ModelNotTunable(MarvError):
    """A model that the trainer does not offer."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That model cannot be tuned here. `/tune models` lists those that can.",
        JA: "そのモデルはここではチューニングできません。`/tune models` で確認できます。",
    }


class TooFewExamples(MarvError):
    """A version that is too small to learn from."""

    def __init__(self, rows: int, fewest: int) -> None:
        super().__init__(f"{rows} rows, at least {fewest} needed")
        self.rows = rows
        self.fewest = fewest

    def user_message(self, language: Language) -> str:
        """Say how many there are, and how many it takes."""
        if language is JA:
            return f"学習用の行が {self.rows} 行しかありません。{self.fewest} 行以上必要です。"
        return f"Only {self.rows} rows to train on: it takes at least {self.fewest}."


class BadTuningOption(MarvError):
    """A hyperparameter outside what makes sense, with the reason."""

    def __init__(self, name: str, least: float, most: float) -> None:
        super().__init__(f"{name} must be from {least:g} to {most:g}")
        self.name = name
        self.least = least
        self.most = most

    def user_message(self, language: Language) -> str:
        """Name the option and its range."""
        if language is JA:
            return f"`{self.name}` は {self.least:g} から {self.most:g} の間にしてください。"
        return f"`{self.name}` must be from {self.least:g} to {self.most:g}."
