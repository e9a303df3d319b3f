"""What answers and searches say around what was found, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

ANSWERING: dict[str, dict[Language, str]] = {
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
    "stopped": {
        EN: "✋ Stopped. I was getting to the good part.",
        JA: "✋ 止めました。いいところだったのに。",
    },
    "stop": {EN: "Stop", JA: "止める"},
    "stop_done": {EN: "Stopping. Rude, but fair.", JA: "止めます。失礼ですが、まあ当然です。"},
    "stop_late": {EN: "That one is finished already.", JA: "その回答はもう終わっています。"},
    "new_conversation": {EN: "New conversation", JA: "新しい会話"},
    "new_conversation_done": {
        EN: "Who are you again? (New conversation: I remember nothing of the old one here.)",
        JA: "どちらさまでしたっけ？（ここでの会話を新しくしました。前の話は忘れました）",
    },
    "direct_nobody": {
        EN: "We share no server, so I have no documents to be right about. Ask me on a server.",
        JA: "共通のサーバーがないので、お答えできる資料がありません。サーバーでどうぞ。",
    },
    "direct_several": {
        EN: "We share several servers and I can't tell whose documents you mean. Ask me there.",
        JA: "共通のサーバーがいくつもあって、どこの資料の話かわかりません。そのサーバーでどうぞ。",
    },
    "results": {EN: "Results for “{query}”", JA: "「{query}」の検索結果"},
    "page": {EN: "Page {page} of {pages}", JA: "{page} / {pages} ページ"},
    "previous": {EN: "Previous", JA: "前へ"},
    "next": {EN: "Next", JA: "次へ"},
    "score": {EN: "score {score:.2f}", JA: "スコア {score:.2f}"},
    "searched": {
        EN: "-# I searched {passages} passages of {documents} documents that may be read here.",
        JA: "-# ここで読める文書 {documents} 件（断片 {passages} 件）を調べました。",
    },
    "words_only": {
        EN: "Searched by words only: the part of me that knows what they mean is away.",
        JA: "語句の一致だけで検索しました（意味を比べる部品が今は不在です）。",
    },
    "words_only_money": {
        EN: "Searched by words only: comparing what they mean would cost money, too.",
        JA: "語句の一致だけで検索しました（意味を比べるのにもお金がかかるので）。",
    },
}
