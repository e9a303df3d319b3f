"""What the explorations say, in both languages; part of ``cogs.texts``."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

EXPLORE_TEXTS: dict[str, dict[Language, str]] = {
    "of_library": {EN: "the library", JA: "ライブラリ"},
    "of_questions": {EN: "the questions asked", JA: "質問"},
    "of_dataset": {EN: "the data set {name}", JA: "データセット {name}"},
    "of_table": {EN: "the table {name}", JA: "表 {name}"},
    "exploring": {
        EN: "Looking… this takes from seconds to a few minutes.",
        JA: "分析しています…（数秒から数分かかります）",
    },
    "explore_step": {EN: "Working: {step}", JA: "作業中：{step}"},
    "topics_title": {EN: "Topics of {what}", JA: "{what}の話題"},
    "topic_name": {
        EN: "{number}. {name} — {size} ({percent} %)",
        JA: "{number}. {name}：{size} 件（{percent}%）",
    },
    "topics_note": {
        EN: "{count} texts. Firm topics come back when the texts are drawn again; doubtful ones"
        " may be chance.",
        JA: "{count} 件。「確か」な話題は標本を取り直しても現れます。「不確か」は偶然かも"
        "しれません。",
    },
    "topics_written": {
        EN: "Names were written by a model from the examples.",
        JA: "名前は例をもとにモデルが付けました。",
    },
    "firm": {EN: "firm", JA: "確か"},
    "loose": {EN: "loose", JA: "ゆるい"},
    "doubtful": {EN: "doubtful", JA: "不確か"},
    "rising": {EN: "rising ↗", JA: "増加 ↗"},
    "falling": {EN: "falling ↘", JA: "減少 ↘"},
    "steady": {EN: "steady →", JA: "横ばい →"},
    "map_title": {EN: "Map of {what}", JA: "{what}の地図"},
    "map_note": {
        EN: "{shown} of {count} texts, {method}. Near means alike; the axes mean nothing."
        " Neighbours kept: {trust} %",
        JA: "{count} 件中 {shown} 件（{method}）。近いほど似ています。軸に意味はありません。"
        "近さの保存率：{trust}%",
    },
    "map_alt": {EN: "{title}: {groups}", JA: "{title}：{groups}"},
    "map_page": {
        EN: "Open `{file}` in a browser to point at each dot and read it.",
        JA: "`{file}` をブラウザーで開くと、点ごとの本文を読めます。",
    },
    "map_find": {EN: "Find words", JA: "言葉で探す"},
    "map_hint": {
        EN: "Point at a dot to read it; drag and scroll to look closer.",
        JA: "点を指すと本文が出ます。ドラッグとスクロールで拡大できます。",
    },
    "outliers_title": {EN: "What does not fit in {what}", JA: "{what}の中で浮いているもの"},
    "outliers_clear": {
        EN: "{clear} of {count} clearly stand out. The others listed are only the furthest:"
        " something always is.",
        JA: "{count} 件中 {clear} 件がはっきり外れています。ほかは相対的に遠いだけです"
        "（一番遠いものは必ずあります）。",
    },
    "outlier_line": {EN: "further off than {percent} %", JA: "ほかの {percent}% より離れています"},
    "outlier_near": {EN: "nearest: {text}", JA: "一番近いもの：{text}"},
    "outlier_elsewhere": {
        EN: "filed under `{label}`, its neighbours under `{other}`",
        JA: "分類は `{label}`、近いものは `{other}`",
    },
    "diversity_title": {EN: "How varied {what} is", JA: "{what}の多様さ"},
    "diversity_meaning": {EN: "Kinds of meaning", JA: "意味の種類"},
    "diversity_vendi": {
        EN: "{vendi} in {count} texts (Vendi score). With a tenth of them ten times over it would"
        " be {heavy}.",
        JA: "{count} 件に {vendi} 種類（Vendi スコア）。一割を十倍に増やすと {heavy} になります。",
    },
    "diversity_words": {EN: "Wording", JA: "言い回し"},
    "diversity_wording": {
        EN: "distinct-2 {distinct} (higher is more varied), self-BLEU {bleu} (lower is). With the"
        " duplicates: {heavy_distinct} and {heavy_bleu}.",
        JA: "distinct-2 {distinct}（高いほど多様）、self-BLEU {bleu}（低いほど多様）。重複があると"
        " {heavy_distinct} と {heavy_bleu}。",
    },
    "diversity_balance": {EN: "Balance", JA: "偏り"},
    "diversity_balanced": {
        EN: "Languages: {languages}. {topics} topics, evenness {even} of 1. {near} texts say nearly"
        " what another says.",
        JA: "言語：{languages}。話題 {topics} 個、均等さ {even}（最大1）。ほぼ同じ文 {near} 件。",
    },
    "diversity_before": {EN: "Before: {name}", JA: "前の版：{name}"},
    "diversity_was": {
        EN: "{count} texts, {vendi} kinds of meaning, distinct-2 {distinct}, self-BLEU {bleu}",
        JA: "{count} 件、意味 {vendi} 種類、distinct-2 {distinct}、self-BLEU {bleu}",
    },
    "classify_title": {EN: "{what}, sorted", JA: "{what}の分類"},
    "classify_by_name": {
        EN: "By the labels' names alone: nobody has checked how right this is.",
        JA: "ラベル名だけで分けました。正しさは確かめられていません。",
    },
    "classify_quality": {EN: "How right it is", JA: "正しさ"},
    "classify_measured": {
        EN: "accuracy {accuracy} %, macro-F1 {f1} on {count} held-out texts",
        JA: "正解率 {accuracy}%、マクロF1 {f1}（学習に使っていない {count} 件）",
    },
    "classify_baseline": {
        EN: "{name}: {accuracy} %, {f1}",
        JA: "{name}：{accuracy}%、{f1}",
    },
    "classify_worse": {
        EN: "⚠️ No better than {name}. Do not rely on it.",
        JA: "⚠️ {name}と変わりません。当てにしないでください。",
    },
    "baseline_tfidf": {EN: "words alone (TF-IDF)", JA: "単語のみ（TF-IDF）"},
    "baseline_majority": {EN: "always the commonest", JA: "常に最多のラベル"},
    "baseline_embeddings": {EN: "meaning alone", JA: "意味のみ"},
    "classify_coverage": {EN: "Sure enough", JA: "十分確かなもの"},
    "classify_covered": {
        EN: "{share} % reach a confidence of {confidence} %.",
        JA: "確信度 {confidence}% 以上：全体の {share}%。",
    },
    "classify_covered_right": {
        EN: "{share} % reach a confidence of {confidence} %; of those {accuracy} % are right.",
        JA: "確信度 {confidence}% 以上：全体の {share}%。そのうち {accuracy}% が正解です。",
    },
    "classify_counts": {EN: "Labels", JA: "ラベル"},
    "classify_truth": {EN: "label", JA: "正解"},
    "classify_guess": {EN: "guess", JA: "推定"},
    "left_private": {
        EN: "{count} asked privately are not looked at.",
        JA: "非公開の質問 {count} 件は対象外です。",
    },
    "left_without_text": {
        EN: "{count} have lost their text.",
        JA: "本文が残っていないもの {count} 件。",
    },
    "left_older": {EN: "{count} older ones are left out.", JA: "古いもの {count} 件は除きました。"},
    "left_without_vector": {
        EN: "{count} are not embedded yet.",
        JA: "まだベクトルのないもの {count} 件。",
    },
    "left_empty": {EN: "{count} rows have no text.", JA: "本文のない行 {count} 件。"},
    "similar_title": {EN: "Like this", JA: "似ているもの"},
    "similar_pick": {EN: "More like these…", JA: "これに似たものをもっと…"},
    "similar_more": {EN: "More like what you chose", JA: "選んだものに似ているもの"},
    "similar_how": {EN: "{percent} % alike", JA: "類似度 {percent}%"},
}
