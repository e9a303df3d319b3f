"""What the library's commands say of its documents, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

LIBRARY: dict[str, dict[Language, str]] = {
    "reading": {
        EN: "Reading **{name}** … {chunks} passages so far",
        JA: "**{name}** を読んでいます… 断片 {chunks} 件",
    },
    "added": {
        EN: "**{name}** is in the library: {chunks} new passages, {embedded} embedded. "
        "I have read it, so you don't have to.",
        JA: "**{name}** をライブラリに入れました（断片 {chunks} 件、埋め込み {embedded} 件）。"
        "読んでおきましたので、どうぞ忘れてください。",
    },
    "unchanged": {
        EN: "**{name}** is already there, word for word. Nothing to do, my favourite.",
        JA: "**{name}** は一字一句同じものがもうあります。何もしません。最高です。",
    },
    "removed": {
        EN: "**{name}** is gone, passages and all.",
        JA: "**{name}** を断片ごと削除しました。",
    },
    "library": {EN: "Library", JA: "ライブラリ"},
    "library_empty": {
        EN: "The library is empty. `/library add-file` and `/library add-text` fix that.",
        JA: "ライブラリは空です。`/library add-file` か `/library add-text` でどうぞ。",
    },
    "library_status": {
        EN: "{documents} documents, {chunks} passages, {tokens} tokens. Last change: {when}.",
        JA: "文書 {documents} 件、断片 {chunks} 件、{tokens} トークン。最終更新：{when}",
    },
    "document_line": {
        EN: "`{id}` **{title}** — {source}, {chunks} passages",
        JA: "`{id}` **{title}** — {source}、断片 {chunks} 件",
    },
    "audience_set": {
        EN: "**{name}** is now for {audience}.",
        JA: "**{name}** の公開範囲：{audience}",
    },
    "everyone": {EN: "everyone here", JA: "サーバー全員"},
    "readers_of": {EN: "readers of {channel}", JA: "{channel} を読める人"},
    "holders_of": {EN: "members with {roles}", JA: "{roles} を持つ人"},
    "stale": {EN: "⚠️ source gone since {when}", JA: "⚠️ {when} 以降、元の資料がありません"},
    "reading_pages": {
        EN: "Reading page {done} of {total} … {chunks} passages so far",
        JA: "{total} ページ中 {done} ページ目を読んでいます… 断片 {chunks} 件",
    },
    "web_report": {
        EN: "Read the web so you don't have to: {counts}. {chunks} new passages, "
        "{embedded} embedded.",
        JA: "ウェブを読んできました。{counts}。新しい断片 {chunks} 件、埋め込み {embedded} 件。",
    },
    "pages_none": {EN: "no page to read", JA: "読むページなし"},
    "pages_added": {EN: "{count} added", JA: "追加 {count} ページ"},
    "pages_changed": {EN: "{count} changed", JA: "変更 {count} ページ"},
    "pages_unchanged": {EN: "{count} unchanged", JA: "変化なし {count} ページ"},
    "pages_back": {EN: "{count} back from the dead", JA: "復活 {count} ページ"},
    "pages_stale": {
        EN: "{count} gone (kept, and marked as such)",
        JA: "消滅 {count} ページ（内容は残し、印を付けました）",
    },
    "pages_failed": {EN: "{count} failed for now", JA: "一時的な失敗 {count} ページ"},
    "pages_refused": {EN: "{count} not taken", JA: "取り込めず {count} ページ"},
    "pages_more": {
        EN: "There are more pages than the limit (`pages`) allows; I left those out.",
        JA: "上限（`ページ数`）を超えるページは読んでいません。",
    },
    "problems_more": {EN: "- … and {count} more problems", JA: "- … ほか {count} 件"},
    "never": {EN: "never", JA: "なし"},
    "channel_added": {
        EN: "{name} is in the library, for its readers only (new conversations: {documents}, new "
        "passages: {chunks}). I keep following it. Somebody has to.",
        JA: "{name} をライブラリに入れました（新しい会話 {documents} 件、断片 {chunks} 件）。"
        "見られるのはそのチャンネルを読める人だけです。これからも追い続けます。誰かがやらないと。",
    },
    "channel_unchanged": {
        EN: "Nothing new in {name}. I keep following it anyway.",
        JA: "{name} に新しい内容はありません。それでも追い続けます。",
    },
    "channel_removed": {
        EN: "{channel} is out of the library (documents: {documents}), and I follow it no more.",
        JA: "{channel} をライブラリから外しました（文書 {documents} 件）。もう追いません。",
    },
    "keep_form": {EN: "Keep as knowledge", JA: "知識として保存"},
    "keep_title": {EN: "Title", JA: "題名"},
    "keep_text": {EN: "Text", JA: "本文"},
    "message_kept": {
        EN: "Kept as **{name}**, for {audience}. `/library audience` changes who may see it.",
        JA: "**{name}** として保存しました（公開範囲：{audience}）。"
        "公開範囲は `/library audience` で変えられます。",
    },
}
