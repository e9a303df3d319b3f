"""What routes say, in both languages; part of ``cogs.texts``."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

ROUTE_TEXTS: dict[str, dict[Language, str]] = {
    "route_more": {EN: "↪ More of this in {channel}", JA: "↪ 続きは {channel} でどうぞ"},
    "route_unknown": {
        EN: "↪ {channel} may know more.",
        JA: "↪ {channel} で聞くと分かるかもしれません。",
    },
    "route_button": {EN: "Route…", JA: "ルート…"},
    "routes_title": {EN: "Routes", JA: "ルート"},
    "routes_none": {
        EN: "No routes are set. `/explore classify` sorts texts; its button “Route…” then leads"
        " questions of a label to a channel or a persona.",
        JA: "ルートはまだありません。`/explore classify` で分類し、結果の「ルート…」ボタンで、"
        "ラベルごとにチャンネルかペルソナを選べます。",
    },
    "routes_how": {
        EN: "Choose a label, then a channel or a persona. A question that is sorted to the label"
        " is answered in that persona, or points to that channel for who may read it.",
        JA: "ラベルを選び、次にチャンネルかペルソナを選んでください。そのラベルに分類された質問は、"
        "選んだペルソナが答えるか、読める人にそのチャンネルを案内します。",
    },
    "routes_replace": {
        EN: "⚠️ Another sorter's routes are set ({count}). Setting one here removes them.",
        JA: "⚠️ 別の分類器のルートが {count} 件あります。ここで設定すると、それらは消えます。",
    },
    "routes_paused": {
        EN: "⏸️ Paused: the embedding model has changed ({space} before). Classify again and set"
        " the routes anew, or remove them.",
        JA: "⏸️ 停止中：埋め込みモデルが変わりました（以前は {space}）。もう一度分類して設定し"
        "直すか、削除してください。",
    },
    "routes_learnt": {
        EN: "Learnt from {labelled} labelled texts of {count} ({what}), {when}.",
        JA: "{when}、{count} 件中 {labelled} 件のラベル付きの文から学習（{what}）。",
    },
    "routes_named": {
        EN: "By the labels' names, over {count} texts ({what}), {when}.",
        JA: "{when}、ラベル名による分類。文は {count} 件（{what}）。",
    },
    "routes_measured": {
        EN: "By meaning alone: accuracy {accuracy} %, macro-F1 {f1}; always the commonest:"
        " {majority} %, {majority_f1}.",
        JA: "意味のみ：正解率 {accuracy}%、マクロF1 {f1}。常に最多のラベル：{majority}%、"
        "{majority_f1}。",
    },
    "routes_unmeasured": {
        EN: "⚠️ Nothing was measured: no text has one of these labels. Nobody knows how often"
        " questions will be led astray.",
        JA: "⚠️ 測定していません。ラベル付きの文がないため、どのくらい誤るかは分かりません。",
    },
    "routes_useless": {
        EN: "⚠️ No better than always guessing the commonest label. Questions will be led astray.",
        JA: "⚠️ 常に最多のラベルを選ぶのと変わりません。質問が誤って案内されます。",
    },
    "routes_line": {
        EN: "from {confidence} %: {share} % of texts",
        JA: "{confidence}% 以上：全体の {share}%",
    },
    "routes_line_right": {
        EN: "from {confidence} %: {share} % of texts, of those {right} % right",
        JA: "{confidence}% 以上：全体の {share}%、そのうち {right}% が正解",
    },
    "routes_nowhere": {EN: "leads nowhere", JA: "行き先なし"},
    "routes_gone": {EN: "a channel that is gone", JA: "なくなったチャンネル"},
    "routes_persona": {EN: "persona `{name}`", JA: "ペルソナ `{name}`"},
    "routes_persona_gone": {
        EN: "persona `{name}`, which is gone",
        JA: "ペルソナ `{name}`（なくなりました）",
    },
    "routes_choose_label": {EN: "Which label?", JA: "どのラベル？"},
    "routes_choose_channel": {EN: "Lead it to a channel…", JA: "チャンネルへ…"},
    "routes_choose_persona": {EN: "Have a persona answer…", JA: "ペルソナが答える…"},
    "routes_confidence": {EN: "Confidence…", JA: "確信度…"},
    "routes_confidence_label": {EN: "From how many per cent on", JA: "何％以上で使うか"},
    "routes_remove": {EN: "Remove", JA: "削除"},
    "routes_choose_removed": {EN: "Remove routes…", JA: "ルートを削除…"},
    "routes_at": {
        EN: "**{label}**: a route counts from {confidence} % on.",
        JA: "**{label}**：確信度 {confidence}% 以上で使います。",
    },
}
