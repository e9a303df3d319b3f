"""What is said of what Marv runs on, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

STATUS: dict[str, dict[Language, str]] = {
    "status": {EN: "What I run on", JA: "動作環境"},
    "missing": {EN: "What is missing", JA: "今つながらないもの"},
    "missing_index": {
        EN: "The index (Chroma), since {since}: I search by words only and keep trying.",
        JA: "インデックス（Chroma）：{since} から。語句の一致だけで検索し、再接続を続けています。",
    },
    "missing_embedder": {
        EN: "The embedding model, since {since}: I search by words only and keep trying.",
        JA: "埋め込みモデル：{since} から。語句の一致だけで検索し、再接続を続けています。",
    },
    "moderation_away": {
        EN: "The moderation endpoint (since {since}): the embedded rules decide meanwhile.",
        JA: "モデレーションのエンドポイント（{since} から）。その間は内蔵のルールで判断します。",
    },
}
