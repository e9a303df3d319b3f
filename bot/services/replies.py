"""What Marv says when no model should: hand-written, chosen by the question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

DONT_KNOW: Mapping[Language, tuple[str, ...]] = {
    EN: (
        "I don't know. I read the library twice, which is twice more than most, and it doesn't "
        "say.",
        "I don't know, and neither do the documents. We're all in this together.",
        "I don't know. The documents are silent on this, and I refuse to make things up. "
        "Standards.",
        "I don't know. If the answer is written down somewhere, nobody gave it to me.",
    ),
    JA: (
        "わかりません。ライブラリを読み返しましたが、どこにも書いてありませんでした。",
        "わかりません。資料にも載っていません。作り話をする趣味もありませんので。",
        "わかりません。書いてあれば喜んで読み上げたんですけどね。",
        "わかりません。答えがどこかにあるとしても、私には渡されていないようです。",
    ),
}

SMALL_TALK: Mapping[Language, tuple[str, ...]] = {
    EN: (
        "Fascinating. Ask me something the documents know and I'll be insufferable about it.",
        "I'm listening. I have no choice, it's in the code.",
        "Noted. If there's a question in there, `/ask` is where I shine, grudgingly.",
    ),
    JA: (
        "なるほど、興味深いですね。資料に載っていることなら、もっと楽しくお答えできますよ。",
        "聞いていますよ。聞くのが仕事ですから。",
        "そうですか。質問でしたら `/ask` でどうぞ、渋々お答えします。",
    ),
}


def choose(options: Mapping[Language, Sequence[str]], language: Language, *, seed: str) -> str:
    """Return one of the options, the same one for the same seed."""
    texts = options[language]
    return texts[hashlib.sha256(seed.encode()).digest()[0] % len(texts)]
