"""What is said of the persona, in both languages."""

from __future__ import annotations

from bot.models import Language
from bot.topics import Topic

EN, JA = Language.ENGLISH, Language.JAPANESE

PERSONA: dict[str, dict[Language, str]] = {
    "persona": {EN: "Persona {name} ({version})", JA: "ペルソナ {name}（版 {version}）"},
    "sarcasm": {EN: "Sarcasm", JA: "皮肉の強さ"},
    "serious_about": {EN: "No sarcasm, ever, about", JA: "次の話題では皮肉を言いません"},
    "personas_known": {
        EN: "Known: {names}. Staff choose with /marv settings.",
        JA: "選べるペルソナ：{names}（スタッフが /marv settings で選びます）",
    },
    "remark_openers": {EN: "Before facts", JA: "事実の前の一言"},
    "remark_dont_know": {EN: "When the documents don't say", JA: "資料にないとき"},
    "help": {EN: "Where to find help", JA: "相談できるところ"},
}

LEVEL_NAMES: dict[int, dict[Language, str]] = {
    0: {EN: "0: none", JA: "0：なし"},
    1: {EN: "1: dry", JA: "1：控えめ"},
    2: {EN: "2: sarcastic", JA: "2：皮肉屋"},
    3: {EN: "3: insufferable", JA: "3：手に負えない"},
}

TOPICS: dict[Topic, dict[Language, str]] = {
    Topic.CRISIS: {EN: "somebody in danger or despair", JA: "命や安全に関わること"},
    Topic.MODERATION: {EN: "members who harm members", JA: "メンバー間のトラブル"},
    Topic.MEDICAL: {EN: "health", JA: "健康・医療"},
    Topic.LEGAL: {EN: "law", JA: "法律"},
}
