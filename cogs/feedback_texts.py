"""What votes and repairs say, in both languages."""

from __future__ import annotations

from bot.feedback import Fault
from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

FEEDBACK: dict[str, dict[Language, str]] = {
    "vote_thanks": {
        EN: "Praise, noted. I'll pretend it doesn't matter to me.",
        JA: "お褒めの言葉、記録しました。平気なふりをしておきます。",
    },
    "vote_sorry": {
        EN: "Noted, thank you. Press the other thumb if you change your mind.",
        JA: "記録しました。ありがとうございます。気が変わったら逆のボタンをどうぞ。",
    },
    "what_wrong": {EN: "What went wrong?", JA: "何がいけませんでしたか？"},
    "fault": {EN: "The trouble", JA: "問題点"},
    "fault_words": {EN: "In your words (optional)", JA: "ひとこと（任意）"},
    "repair": {EN: "Repair", JA: "直す"},
    "repair_title": {EN: "A better answer", JA: "よりよい回答"},
    "repair_library": {EN: "Keep it in the library too?", JA: "ライブラリにも入れますか？"},
    "repair_library_no": {EN: "No, for training only", JA: "いいえ、学習用のみ"},
    "repaired": {
        EN: "Kept as a training example. I'd have said that too, eventually.",
        JA: "学習例として保存しました。そのうち私もそう言ったはずですけどね。",
    },
    "repaired_theirs": {
        EN: "Kept. The question is still the member's own words: it leaves with a data set only "
        "with their consent, and goes after {hours:g} hours without it.",
        JA: "保存しました。質問が本人の言葉のままなので、書き出しには本人の同意が必要です。"
        "同意がなければ {hours:g} 時間後に消えます。",
    },
}

FAULTS: dict[Fault, dict[Language, str]] = {
    Fault.WRONG: {EN: "It is wrong", JA: "間違っている"},
    Fault.OUTDATED: {EN: "It is outdated", JA: "情報が古い"},
    Fault.TOO_TAME: {EN: "Not sarcastic enough", JA: "皮肉が足りない"},
    Fault.TOO_SARCASTIC: {EN: "Too sarcastic", JA: "皮肉が過ぎる"},
    Fault.UNSAFE: {EN: "Unsafe or hurtful", JA: "危険・不快"},
    Fault.OTHER: {EN: "Something else", JA: "その他"},
}
