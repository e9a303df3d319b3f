"""What questions to the staff and the library's gaps say, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

INQUIRING: dict[str, dict[Language, str]] = {
    "ask_staff": {EN: "Ask the staff", JA: "スタッフに聞く"},
    "your_question": {EN: "Your question", JA: "質問"},
    "answered_here": {
        EN: "The staff will see this and your name. Their answer comes to this channel.",
        JA: "質問とあなたの名前がスタッフに届きます。回答はこのチャンネルに届きます。",
    },
    "answered_by_dm": {
        EN: "The staff will see only this and your name. Their answer comes by direct message.",
        JA: "この質問とあなたの名前だけがスタッフに届きます。回答はDMで届きます。",
    },
    "passed_on": {
        EN: "Passed on. Real people will look at it, so allow them real time; their answer comes "
        "here.",
        JA: "スタッフに届けました。人間が見ますので、人間の時間でお待ちください。"
        "回答はここに届きます。",
    },
    "passed_on_dm": {
        EN: "Passed on. Real people will look at it, so allow them real time; their answer comes "
        "by direct message.",
        JA: "スタッフに届けました。人間が見ますので、人間の時間でお待ちください。"
        "回答はDMで届きます。",
    },
    "inquiry": {EN: "A question for the staff", JA: "スタッフへの質問"},
    "asked_by": {EN: "Asked by", JA: "質問者"},
    "asked_in": {EN: "Where", JA: "場所"},
    "asked_publicly": {EN: "{channel} ([jump]({link}))", JA: "{channel}（[移動]({link})）"},
    "asked_privately": {EN: "privately", JA: "非公開"},
    "nobody_knows_source": {EN: "nothing near it in the library", JA: "近い資料はありません"},
    "answer": {EN: "Answer", JA: "回答"},
    "answer_button": {EN: "Answer", JA: "回答する"},
    "dismiss_button": {EN: "Dismiss", JA: "却下する"},
    "question": {EN: "Question", JA: "質問"},
    "staff_answer": {
        EN: "**{name}**, the staff have an answer:",
        JA: "**{name}** さん、スタッフから回答が届きました：",
    },
    "staff_answer_dm": {
        EN: "The staff of **{server}** answered your question “{question}”:",
        JA: "**{server}** のスタッフから、質問「{question}」への回答です：",
    },
    "closed_answered": {EN: "Answered by {staff}, {when}", JA: "{staff} が回答（{when}）"},
    "closed_dismissed": {EN: "Dismissed by {staff}, {when}", JA: "{staff} が却下（{when}）"},
    "to_channel": {
        EN: "Delivered in the channel where it was asked.",
        JA: "質問されたチャンネルに届けました。",
    },
    "to_dm": {EN: "Delivered by direct message.", JA: "DMで届けました。"},
    "to_nowhere": {
        EN: "⚠️ **Not delivered**: I could not reach {asker}, whose direct messages are closed. "
        "The answer is only here.",
        JA: "⚠️ **未配達**：{asker} に届けられませんでした（DMが閉じています）。"
        "回答はここにしかありません。",
    },
    "dismissed": {EN: "Dismissed. Nobody was told.", JA: "却下しました。誰にも知らせていません。"},
    "keep_offer": {
        EN: "Keep it? I learn nothing unless you say so.",
        JA: "残しますか？ 指示がない限り、私は何も覚えません。",
    },
    "keep_library": {EN: "Keep in the library", JA: "ライブラリに残す"},
    "keep_example": {EN: "Keep as training example", JA: "学習例として残す"},
    "your_text_back": {EN: "Your text, so that nothing is lost:", JA: "入力した文章はこちらです："},
    "who_may_read": {EN: "Who may read it", JA: "読める人"},
    "readers": {EN: "Readers of #{channel}", JA: "#{channel} を読める人"},
    "all_members": {EN: "Everyone", JA: "全員"},
    "rewrite_hint": {
        EN: "Reword it freely; your own words need no consent of the member.",
        JA: "自由に書き直せます。書き直した質問には本人の同意が要りません。",
    },
    "kept_example": {
        EN: "Kept as a training example, in your words.",
        JA: "書き直した質問で、学習例として残しました。",
    },
    "kept_example_theirs": {
        EN: "Kept as a training example. The question is the member's own words: it is exported "
        "only with their consent, and dropped after {hours:g} hours without.",
        JA: "学習例として残しました。質問は本人の言葉なので、書き出しには本人の同意が必要です。"
        "同意がなければ {hours:g} 時間後に消えます。",
    },
    "also_example": {EN: "Also a training example?", JA: "学習例にもしますか？"},
    "yes": {EN: "Yes", JA: "はい"},
    "no": {EN: "No", JA: "いいえ"},
    "gaps": {EN: "What the library lacks", JA: "ライブラリに足りないもの"},
    "no_gaps": {
        EN: "No gaps: every question was answered, or nobody asked one. I know which I believe.",
        JA: "不足はありません。すべて答えたか、誰も質問していないかです。どちらでしょうね。",
    },
    "gap_count": {
        EN: "Asked: {count}×, askers: {askers}, last {when}.",
        JA: "{askers} 人から {count} 回質問されています（最後は {when}）。",
    },
    "gap_private": {
        EN: "… and {count} asked privately.",
        JA: "……ほかに非公開の質問が {count} 件。",
    },
    "gaps_private": {
        EN: "{count} more were asked privately; nobody is shown those.",
        JA: "ほかに非公開の質問が {count} 件あります（内容は表示しません）。",
    },
    "gaps_without_text": {
        EN: "{count} more have no text any more.",
        JA: "ほかに本文の保存期間が過ぎた質問が {count} 件あります。",
    },
    "jump": {EN: "jump", JA: "移動"},
    "gap_answered": {
        EN: "Kept in the library. Delivered to {delivered} waiting members; "
        "{undelivered} could not be reached.",
        JA: "ライブラリに残しました。待っていた {delivered} 人に届け、{undelivered} 人には"
        "届けられませんでした。",
    },
}
