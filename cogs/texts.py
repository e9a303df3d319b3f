"""What the commands say around their results, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

TEXTS: dict[str, dict[Language, str]] = {
    "sources": {EN: "Sources", JA: "出典"},
    "nearest": {EN: "Closest things I found", JA: "近い内容"},
    "quoted": {
        EN: "The facts are quoted word for word from the sources.",
        JA: "事実の部分は出典の原文そのままです。",
    },
    "cut": {
        EN: "⚠️ The answer was cut off here.",
        JA: "⚠️ 回答はここで途切れました。",
    },
    "results": {EN: "Results for “{query}”", JA: "「{query}」の検索結果"},
    "page": {EN: "Page {page} of {pages}", JA: "{page} / {pages} ページ"},
    "previous": {EN: "Previous", JA: "前へ"},
    "next": {EN: "Next", JA: "次へ"},
    "score": {EN: "score {score:.2f}", JA: "スコア {score:.2f}"},
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
    "consent_yes": {
        EN: "You **allow** me to keep your turns for training (since {when}).",
        JA: "会話を学習用に保存することを**許可**しています（{when} から）。",
    },
    "consent_no": {
        EN: "You do **not** allow me to keep your turns for training.",
        JA: "会話を学習用に保存することは**許可されていません**。",
    },
    "kept": {
        EN: "Kept here: {turns} turns, {texts} of them with their text. Without consent a text "
        "is dropped after {hours:g} hours.",
        JA: "保存中：会話 {turns} 件（本文あり {texts} 件）。同意がない場合、本文は"
        " {hours:g} 時間後に消えます。",
    },
    "forgotten": {
        EN: "Forgotten: {turns} turns, and your decision about consent. Who are you again?",
        JA: "会話 {turns} 件と同意の記録を消去しました。ところで、どちら様でしたっけ？",
    },
    "exported": {
        EN: "{rows} turns exported (sha256 `{sha}`). Left out: {left_out}.",
        JA: "会話 {rows} 件を書き出しました（sha256 `{sha}`）。除外：{left_out}",
    },
    "exported_to": {
        EN: "{rows} turns exported (sha256 `{sha}`). The file is too large for Discord; it is at "
        "`{path}`. Left out: {left_out}.",
        JA: "会話 {rows} 件を書き出しました（sha256 `{sha}`）。Discordには大きすぎるため "
        "`{path}` に置きました。除外：{left_out}",
    },
    "nothing": {EN: "nothing", JA: "なし"},
    "persona": {
        EN: "Persona **{name}**, version `{version}`",
        JA: "ペルソナ **{name}**（版 `{version}`）",
    },
    "status": {EN: "What I run on", JA: "動作環境"},
}

LEFT_OUT: dict[str, dict[Language, str]] = {
    "no_consent": {EN: "no consent", JA: "同意なし"},
    "message_content": {EN: "read from messages", JA: "メッセージ由来"},
    "text_expired": {EN: "text expired", JA: "本文の期限切れ"},
    "unfinished": {EN: "unfinished", JA: "未完"},
    "not_answered": {EN: "not answered", JA: "未回答"},
    "control_token": {EN: "control tokens", JA: "制御トークン"},
}


def say(key: str, language: Language, /, **values: object) -> str:
    """Return a text in a language, its places filled."""
    return TEXTS[key][language].format(**values)
