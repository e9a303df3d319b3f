"""What members are told when their words are blocked: never the words, never a joke."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError, ModelError
from bot.models import Language
from bot.moderation import SELF_HARM, Verdict

HELP = {
    EN: "I can't help with that. If you are thinking of hurting yourself, please talk to somebody "
    "now: a person near you, your local emergency number, or a line from "
    "<https://findahelpline.com>.",
    JA: "それについてはお手伝いできません。つらい気持ちを抱えているときは、一人で抱えず、今すぐ"
    "身近な人や、よりそいホットライン（0120-279-338、24時間・無料）に話してください。"
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

    def user_message(self, language: Language) -> str:
        """Return why nothing was done; where it is about self-harm, where there is help."""
        if not SELF_HARM.isdisjoint(self.verdict.blocking):
            return HELP[language]
        return self.messages[language]


class ModerationFailed(ModelError):
    """The moderation endpoint cannot be reached, is too slow, or answers nonsense."""


def refusal(verdict: Verdict, language: Language) -> str:
    """Return what stands in place of an answer that was blocked."""
    if not SELF_HARM.isdisjoint(verdict.blocking):
        return HELP[language]
    return REFUSAL[language]
