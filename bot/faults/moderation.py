"""What members are told when their words are blocked: never the words, never a joke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.errors import EN, JA, MarvError, ModelError
from bot.models import Language
from bot.moderation import SELF_HARM, Verdict

NO_METHOD = {
    EN: "I can't help with that. If you are thinking of hurting yourself, please talk to somebody "
    "now.",
    JA: "それについてはお手伝いできません。つらい気持ちを抱えているときは、一人で抱えず、"
    "どうか今すぐ誰かに話してください。",
}
# Where the answer's manner has no help of the operator's own
HELP = {
    EN: "A person near you, your local emergency number, or a line from "
    "<https://findahelpline.com>.",
    JA: "身近な人、または、よりそいホットライン（0120-279-338、24時間・無料）へ。"
    "命の危険があるときは 119 に電話してください。",
}
# In place of an answer
REFUSAL = {
    EN: "I am not sending the answer that came out here: it broke the rules on what may be said. "
    "Putting the question another way may help.",
    JA: "生成された回答が発言のルールに触れたため、送信しませんでした。"
    "別の聞き方で試してみてください。",
}


class WordsBlocked(MarvError):
    """A member's words that go no further."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I did not process that: it breaks the rules on what may be said here. "
        "You are welcome to put it another way.",
        JA: "発言のルールに触れる内容のため、処理しませんでした。"
        "言い換えて、もう一度お試しください。",
    }

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"blocked by {verdict.source}: {', '.join(sorted(verdict.blocking))}")
        self.verdict = verdict
        self.where_help_is: Mapping[Language, str] = {}  # where somebody is in a crisis

    def user_message(self, language: Language) -> str:
        """Return why nothing was done; where somebody is in a crisis, where there is help."""
        found = self.where_help_is.get(language, "")
        if not SELF_HARM.isdisjoint(self.verdict.blocking):
            return f"{NO_METHOD[language]}\n{found or HELP[language]}"
        return f"{self.messages[language]}\n{found}".strip()


class ModerationFailed(ModelError):
    """The moderation endpoint cannot be reached, is too slow, or answers nonsense."""


def refusal(verdict: Verdict, language: Language) -> str:
    """Return what stands in place of an answer that was blocked."""
    if not SELF_HARM.isdisjoint(verdict.blocking):
        return f"{NO_METHOD[language]}\n{HELP[language]}"
    return REFUSAL[language]
