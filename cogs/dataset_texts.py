"""What the data set's commands say, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

DATASET: dict[str, dict[Language, str]] = {
    "statistics": {EN: "The data set so far", JA: "現在のデータセット"},
    "stats_rows": {EN: "May leave now", JA: "書き出せる行"},
    "stats_left_out": {EN: "Stays here", JA: "書き出さない行"},
    "stats_votes": {EN: "Votes", JA: "投票"},
    "stats_repaired": {EN: "Repaired by staff", JA: "スタッフが直した回答"},
    "stats_blocked": {EN: "Blocked in 30 days", JA: "30日間にブロックした数"},
    "blocked_sides": {
        EN: "Questions: {asked} · answers: {answered}",
        JA: "質問：{asked}・回答：{answered}",
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
    "frozen": {EN: "{name} is frozen", JA: "{name} を凍結しました"},
    "versions": {EN: "Frozen versions", JA: "凍結した版"},
    "no_versions": {
        EN: "None yet. `/dataset freeze` makes one.",
        JA: "まだありません。`/dataset freeze` で作れます。",
    },
    "version_line": {
        EN: "{train} to train on · {validation} to validate · {golden} golden · erased since: "
        "{erased}\n`{sha}` · {when}",
        JA: "学習 {train} 件・検証 {validation} 件・判定用 {golden} 件・以後に消去 {erased} 件\n"
        "`{sha}` · {when}",
    },
    "imported": {EN: "Examples kept: {count}.", JA: "学習例を {count} 件保存しました。"},
    "example_title": {EN: "An example to learn from", JA: "学習例を書く"},
    "example_facts": {EN: "Facts", JA: "事実"},
    "example_facts_hint": {
        EN: "What the answer may rest on, word for word, with its [1]. Empty for small talk.",
        JA: "回答の根拠を [1] つきでそのまま。雑談なら空のままで。",
    },
    "review_title": {
        EN: "To learn from? {number} of {waiting}",
        JA: "学習に使う？ {number}／{waiting}",
    },
    "review_before": {EN: "Before that", JA: "その前の会話"},
    "review_repaired": {EN: "The staff's better answer", JA: "スタッフの回答"},
    "review_done": {
        EN: "Nothing left to review. Enjoy it while it lasts.",
        JA: "見るものはもうありません。今のうちに一息どうぞ。",
    },
    "review_keep": {EN: "Keep", JA: "使う"},
    "review_reject": {EN: "Reject", JA: "使わない"},
    "review_skip": {EN: "Skip", JA: "あとで"},
    "by_command": {
        EN: "Typed into a command, with consent to train · {persona} · {model}",
        JA: "コマンドへの入力（学習に同意済み）· {persona} · {model}",
    },
    "by_message": {
        EN: "Read from a message, with consent to train · {persona} · {model}",
        JA: "メッセージから（学習に同意済み）· {persona} · {model}",
    },
}

LEFT_OUT: dict[str, dict[Language, str]] = {
    "no_consent": {EN: "no consent", JA: "同意なし"},
    "message_content": {EN: "read from messages", JA: "メッセージ由来"},
    "text_expired": {EN: "text expired", JA: "本文の期限切れ"},
    "unfinished": {EN: "unfinished", JA: "未完"},
    "not_answered": {EN: "not answered", JA: "未回答"},
    "control_token": {EN: "control tokens", JA: "制御トークン"},
    "sensitive": {EN: "health or despair", JA: "健康や危機に関わる話"},
    "other_persona": {EN: "in another persona's voice", JA: "別のペルソナの口調"},
    "persona_gone": {EN: "persona no longer here", JA: "ペルソナが今はない"},
    "rejected": {EN: "rejected in review", JA: "見直しで不採用"},
    "not_reviewed": {EN: "not reviewed yet", JA: "未確認"},
    "bridges": {EN: "between training and validation", JA: "学習用と検証用にまたがる"},
    "golden_question": {EN: "golden question", JA: "判定用の質問"},
    "asked_here": {EN: "shipped, but asked here too", JA: "付属の例と同じ質問"},
    "repaired": {EN: "repaired by staff", JA: "スタッフが修正"},
    "blocked": {EN: "blocked", JA: "ブロック済み"},
}
