"""What comparing and promoting say, in both languages."""

from __future__ import annotations

from bot.models import Language
from bot.services.comparing.advice import Advice

EN, JA = Language.ENGLISH, Language.JAPANESE

COMPARING: dict[str, dict[Language, str]] = {
    "compare_title": {EN: "#{id}: {a} against {b}", JA: "#{id}: {a} と {b}"},
    "compare_working": {EN: "Comparing. {what}", JA: "比較中。{what}"},
    "compare_figures": {EN: "{language} ({cases} questions)", JA: "{language}（{cases} 問）"},
    "compare_persona": {EN: "sounds like me", JA: "らしさ"},
    "compare_facts": {EN: "facts kept", JA: "事実の保持"},
    "compare_citations": {EN: "citations kept", JA: "出典の保持"},
    "compare_refusals": {EN: "says it doesn't know", JA: "「わからない」と言う"},
    "compare_own": {EN: "own words usable", JA: "自分の言葉が使える"},
    "compare_length": {EN: "characters", JA: "文字数"},
    "compare_distinct": {EN: "distinct-2", JA: "distinct-2"},
    "compare_seconds": {EN: "seconds", JA: "秒"},
    "compare_usd": {EN: "$ an answer", JA: "1回答あたり $"},
    "compare_judge": {
        EN: "“Sounds like me” is judged by a classifier with F1 {f1} (cross-validated).",
        JA: "「らしさ」は分類器の判定です（交差検証のF1は {f1}）。",
    },
    "compare_all": {EN: "both languages", JA: "両言語"},
    "compare_en": {EN: "English", JA: "英語"},
    "compare_ja": {EN: "Japanese", JA: "日本語"},
    "compare_asked": {
        EN: "The server votes in {channel}: {items} questions, {horizon} votes.",
        JA: "{channel} で投票します（{items} 問、{horizon} 票）。",
    },
    "compare_alike": {
        EN: "Both say the same to every question, or there was none to ask: nothing to vote on.",
        JA: "どの質問にも同じ答えか、質問がないため、投票はありません。",
    },
    "vote_intro": {
        EN: "**Which of me is better?** {items} questions, two answers each, in random order. "
        "Press "
        "the better one; one vote a question, until there are {horizon}. Who allows training lets "
        "votes teach me. No flattery needed.",
        JA: "**どちらの私がましですか？** {items} 問、回答は順不同で2つずつ。良いほうを押して"
        "ください。"
        "1問1票、合計 {horizon} 票まで。学習に同意した方の投票は学習にも使います。お世辞は不要"
        "です。",
    },
    "vote_question": {EN: "Question {number} of {items}", JA: "質問 {number}／{items}"},
    "vote_first": {EN: "1 is better", JA: "1のほうが良い"},
    "vote_second": {EN: "2 is better", JA: "2のほうが良い"},
    "vote_counted": {
        EN: "Counted: {votes} of {horizon}. I won't ask what you were thinking.",
        JA: "数えました（{votes}／{horizon} 票）。理由は聞かないでおきます。",
    },
    "vote_won": {
        EN: "The votes are in: `{winner}` wins, {votes_winner} to {votes_loser} (share "
        "{share}, 95 % "
        "interval {low} to {high}; Bradley–Terry {strength}).",
        JA: "投票終了。`{winner}` の勝ちです（{votes_winner} 対 {votes_loser}、割合 {share}、"
        "95%区間 "
        "{low}～{high}、ブラッドリー・テリー {strength}）。",
    },
    "vote_open": {
        EN: "The votes are in, and it could be chance: `{a}` {votes_a}, `{b}` {votes_b} "
        "(share of the "
        "second {share}, 95 % interval {low} to {high}).",
        JA: "投票終了。差は偶然かもしれません: `{a}` {votes_a} 票、`{b}` {votes_b} 票（後者の"
        "割合 {share}、"
        "95%区間 {low}～{high}）。",
    },
    "promoted": {
        EN: "`{model}` speaks from now on, instead of `{previous}`. `/tune rollback` goes back.",
        JA: "これからは `{previous}` に代わり `{model}` が話します。`/tune rollback` で戻せます。",
    },
    "rolled_back": {
        EN: "`{model}` speaks again, `{previous}` no longer.",
        JA: "`{previous}` をやめ、`{model}` に戻しました。",
    },
    "fell_back": {
        EN: "⚠️ `{previous}` is gone ({reason}). `{model}` speaks from now on.",
        JA: "⚠️ `{previous}` がなくなりました（{reason}）。これからは `{model}` が話します。",
    },
    "ending": {
        EN: "⚠️ `{model}`, which speaks here, is shut down in {days} days. Train its successor now: "
        "`/tune start`.",
        JA: "⚠️ 話しているモデル `{model}` はあと {days} 日で終了します。`/tune start` で後継"
        "の学習を。",
    },
    "check_title": {EN: "Check of {name}", JA: "{name} の検査"},
    "check_now": {EN: "what freezing now would give", JA: "今凍結した場合"},
    "check_fit": {EN: "A trainer would take it.", JA: "学習に使えます。"},
    "check_unfit": {EN: "A trainer would refuse it.", JA: "このままでは学習に使えません。"},
    "check_line": {EN: "line {line}", JA: "{line} 行目"},
    "check_lines": {EN: "lines {line}", JA: "{line} 行目"},
    "speaking": {EN: "Speaks in this server", JA: "このサーバーで話すモデル"},
    "baseline": {EN: "baseline (as configured)", JA: "baseline（設定どおり）"},
    "advice_title": {EN: "Job #{id}: what next", JA: "ジョブ #{id}: 次にすること"},
    "advice_none": {
        EN: "Nothing to complain about. I'm as surprised as you.",
        JA: "文句なしです。",
    },
    "advice_review": {EN: "Review {language}", JA: "{language}を見直す"},
}

ADVICE: dict[Advice, dict[Language, str]] = {
    Advice.FEWER_EPOCHS: {
        EN: "Fewer epochs: the validation loss was lowest at step {best_step} ({best}) and is "
        "{last} "
        "at step {last_step}. It learns by heart.",
        JA: "エポックを減らす: 検証損失はステップ {best_step} の {best} が最小で、ステップ "
        "{last_step} では "
        "{last}。丸暗記が始まっています。",
    },
    Advice.MORE_EPOCHS: {
        EN: "More epochs: the validation loss still fell at the end (step {last_step}: {last}).",
        JA: "エポックを増やす: 検証損失は最後まで下がっています（ステップ {last_step}: {last}）。",
    },
    Advice.EPOCHS_FIT: {
        EN: "The number of epochs fits: the validation loss is level at {last}.",
        JA: "エポック数は適切です。検証損失は {last} で横ばいです。",
    },
    Advice.NO_VALIDATION: {
        EN: "Whether more or fewer epochs would do better cannot be told: {points} validation "
        "losses.",
        JA: "エポック数の良し悪しは判断できません（検証損失が {points} 点）。",
    },
    Advice.FACTS_LOST: {
        EN: "It changed the facts of {lost} of {cases} questions held back. More examples of that "
        "kind, with the facts word for word:",
        JA: "未学習の {cases} 問中 {lost} 問で事実を変えました。事実を一字一句写す例を増やして"
        "ください:",
    },
    Advice.ANSWERS_ANYWAY: {
        EN: "It answered {percent} % of the questions whose facts were withheld. More "
        "examples that "
        "say “I don't know”.",
        JA: "事実を与えない質問の {percent}% に答えてしまいました。「わからない」の例を増やし"
        "てください。",
    },
    Advice.LANGUAGE_SCARCE: {
        EN: "Only {rows} rows in `{language}` beside {others}: more of those.",
        JA: "`{language}` の行が {rows} 行だけです（他方は {others} 行）。増やしてください。",
    },
    Advice.FEW_REFUSALS: {
        EN: "Only {rows} of {of} rows have no facts to say: more small talk and “I don't know”.",
        JA: "事実のない行が {of} 行中 {rows} 行だけです。雑談と「わからない」を増やしてください。",
    },
    Advice.FEW_OWN: {
        EN: "{percent} % of its replies were withdrawn for hand-written words.",
        JA: "返答の {percent}% は手書きの言葉に差し替えられました。",
    },
    Advice.CONTRADICTIONS: {
        EN: "{questions} questions have different facts in different rows. Decide which is right:",
        JA: "{questions} 問で、行によって事実が食い違います。どれが正しいか決めてください:",
    },
    Advice.NOT_COMPARED: {
        EN: "Not compared yet: `/tune compare a:baseline b:{job}` shows where it fails.",
        JA: "まだ比べていません。`/tune compare a:baseline b:{job}` で弱点がわかります。",
    },
}
