"""Why Marv does not ask a model now, in words that members may read, with the time to come back."""

from __future__ import annotations

import math
from datetime import datetime
from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language
from bot.usage import Scope, dollars

_WHOSE: dict[Scope, dict[Language, str]] = {
    Scope.MEMBER: {
        EN: "Your budget for today is spent; you asked good questions, expensively.",
        JA: "あなたの今日の予算を使い切りました。よい質問は高くつきます。",
    },
    Scope.SERVER: {
        EN: "This server's budget for today is spent. Popularity has its price.",
        JA: "このサーバーの今日の予算を使い切りました。人気者はつらいですね。",
    },
    Scope.OPERATOR: {
        EN: "My whole budget for today is spent. I am broke until tomorrow.",
        JA: "私の今日の予算をすべて使い切りました。明日まで無一文です。",
    },
}


class BudgetSpent(MarvError):
    """A budget of the day leaves nothing for another call of a model."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "{whose} It starts anew at {at} ({when}). Until then `/search` still works and costs "
        "nothing.",
        JA: "{whose}{at}（{when}）に戻ります。それまでは、費用のかからない `/search` が使えます。",
    }

    def __init__(self, scope: Scope, resets_at: datetime) -> None:
        super().__init__(f"the {scope} budget is spent until {resets_at.isoformat()}")
        self.scope = scope
        self.resets_at = resets_at

    def user_message(self, language: Language) -> str:
        """Say whose budget it is and when it starts anew, in the reader's own time."""
        at = math.ceil(self.resets_at.timestamp())
        return self.messages[language].format(
            whose=_WHOSE[self.scope][language], at=f"<t:{at}:t>", when=f"<t:{at}:R>"
        )


class TooExpensive(MarvError):
    """One thing costs more than a budget of the day has left."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That would cost about {cost}, and the budget of the day has {left} left. Raise it in "
        "`/marv settings`, or choose fewer epochs or a cheaper model.",
        JA: "費用は約 {cost} ですが、今日の予算の残りは {left} です。`/marv settings` で予算を"
        "上げる"
        "か、エポック数を減らすか、安いモデルにしてください。",
    }

    def __init__(self, scope: Scope, cost: int, left: int) -> None:
        super().__init__(f"{dollars(cost)} is over what the {scope} budget has left")
        self.scope = scope
        self.cost = cost
        self.left = max(0, left)

    def user_message(self, language: Language) -> str:
        """Say what it would cost and what is left."""
        return self.messages[language].format(cost=dollars(self.cost), left=dollars(self.left))


class TooFast(MarvError):
    """A member asks more often than the server lets them."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "One thing at a time: at most {most} questions a minute here. Ask again {when}; I'll "
        "still be here, sadly.",
        JA: "少し落ち着きましょう。ここでは1分に {most} 問までです。{when}にまたどうぞ。"
        "残念ながら、まだここにいます。",
    }

    def __init__(self, most: int, again_at: datetime) -> None:
        super().__init__(f"more than {most} questions a minute")
        self.most = most
        self.again_at = again_at

    def user_message(self, language: Language) -> str:
        """Say how often is often enough, and when to ask again."""
        when = f"<t:{math.ceil(self.again_at.timestamp())}:R>"
        return self.messages[language].format(most=self.most, when=when)
