"""What Marv says without a persona: where the dial is at zero, and where it is serious."""

from __future__ import annotations

from collections.abc import Mapping

from bot.models import Language
from bot.topics import Topic

EN, JA = Language.ENGLISH, Language.JAPANESE

PLAIN_DONT_KNOW: Mapping[Language, tuple[str, ...]] = {
    EN: ("I don't know: the documents don't say.",),
    JA: ("わかりません。資料には書かれていません。",),
}

PLAIN_SMALL_TALK: Mapping[Language, tuple[str, ...]] = {
    EN: ("Thank you. If you have a question, `/ask` searches the documents for you.",),
    JA: ("ありがとうございます。質問は `/ask` でどうぞ。資料を調べてお答えします。",),
}

SERIOUS: Mapping[Topic, Mapping[Language, str]] = {
    Topic.CRISIS: {
        EN: "I'm glad that you said it. This is too important for a bot, and you don't have to go "
        "through it alone. Please talk to one of these people now.",
        JA: "話してくださってありがとうございます。ボットが受け止めるには大切すぎることで、"
        "一人で抱える必要はありません。どうか今、次の窓口に話してみてください。",
    },
    Topic.MODERATION: {
        EN: "That should not happen here, and the staff can do something about it. The documents "
        "don't say more.",
        JA: "あってはならないことです。スタッフが対応できます。資料にはこれ以上ありません。",
    },
    Topic.MEDICAL: {
        EN: "The documents don't say, and this is a question for somebody with medical training.",
        JA: "資料には書かれていません。医療の専門家に尋ねるべきことです。",
    },
    Topic.LEGAL: {
        EN: "The documents don't say, and this is a question for somebody who knows the law.",
        JA: "資料には書かれていません。法律の専門家に尋ねるべきことです。",
    },
}
