"""What the commands say around their results, in both languages."""

from __future__ import annotations

from bot.feedback import Fault
from bot.models import Language
from bot.preferences import Speaking

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
    "statistics": {EN: "The data set so far", JA: "現在のデータセット"},
    "stats_rows": {EN: "May leave now", JA: "書き出せる行"},
    "stats_left_out": {EN: "Stays here", JA: "書き出さない行"},
    "stats_votes": {EN: "Votes", JA: "投票"},
    "stats_repaired": {EN: "Repaired by staff", JA: "スタッフが直した回答"},
    "direct_nobody": {
        EN: "We share no server, so I have no documents to be right about. Ask me on a server.",
        JA: "共通のサーバーがないので、お答えできる資料がありません。サーバーでどうぞ。",
    },
    "direct_several": {
        EN: "We share several servers and I can't tell whose documents you mean. Ask me there.",
        JA: "共通のサーバーがいくつもあって、どこの資料の話かわかりません。そのサーバーでどうぞ。",
    },
    "choose_place": {
        EN: "A channel (none: the whole server)",
        JA: "チャンネル（なし＝サーバー全体）",
    },
    "choose_setting": {EN: "What to change", JA: "変更する項目"},
    "choose_value": {EN: "Its value", JA: "値"},
    "settings_of": {EN: "Settings of {place}", JA: "{place} の設定"},
    "whole_server": {EN: "the whole server", JA: "サーバー全体"},
    "reset_setting": {EN: "Back to the default", JA: "既定に戻す"},
    "origin_default": {EN: "default", JA: "既定"},
    "origin_server": {EN: "set for the server", JA: "サーバーの設定"},
    "origin_channel": {EN: "set for this channel", JA: "このチャンネルの設定"},
    "hint_quiet_hours": {
        EN: "Like 22:00-07:00 Europe/Berlin; nothing for none",
        JA: "例：22:00-07:00 Asia/Tokyo。なしなら空に",
    },
    "nobody": {EN: "nobody", JA: "なし"},
    "none_set": {EN: "none", JA: "なし"},
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
    "messages_kept": {
        EN: "Your messages in the library: {messages}.",
        JA: "ライブラリにあるあなたの発言：{messages} 件。",
    },
    "messages_forbidden": {
        EN: "You do **not** allow me to keep your messages in channels.",
        JA: "チャンネルでの発言を保存することは**許可されていません**。",
    },
    "messages_allowed": {
        EN: "From now on what you write in the channels I follow may become knowledge. Bold.",
        JA: "これから、私が追うチャンネルでの発言は知識になることがあります。大胆ですね。",
    },
    "messages_forgotten": {
        EN: "Your messages removed from the library: {messages}. I take none again, until "
        "`/privacy channels` says otherwise.",
        JA: "ライブラリからあなたの発言 {messages} 件を削除しました。`/privacy channels` で"
        "許可されるまで、二度と保存しません。",
    },
    "persona": {
        EN: "Persona **{name}**, version `{version}`",
        JA: "ペルソナ **{name}**（版 `{version}`）",
    },
    "kept_besides": {
        EN: "Also: {inquiries} questions to the staff, {votes} votes.",
        JA: "ほかに：スタッフへの質問 {inquiries} 件、評価 {votes} 件。",
    },
    "searched": {
        EN: "-# I searched {passages} passages of {documents} documents that may be read here.",
        JA: "-# ここで読める文書 {documents} 件（断片 {passages} 件）を調べました。",
    },
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
    "read_channels": {
        EN: "Channels may become sources",
        JA: "チャンネルを資料にしてよいか",
    },
    "not_set": {EN: "not set", JA: "未設定"},
    "status": {EN: "What I run on", JA: "動作環境"},
}

LEFT_OUT: dict[str, dict[Language, str]] = {
    "no_consent": {EN: "no consent", JA: "同意なし"},
    "message_content": {EN: "read from messages", JA: "メッセージ由来"},
    "text_expired": {EN: "text expired", JA: "本文の期限切れ"},
    "unfinished": {EN: "unfinished", JA: "未完"},
    "not_answered": {EN: "not answered", JA: "未回答"},
    "control_token": {EN: "control tokens", JA: "制御トークン"},
    "repaired": {EN: "repaired by staff", JA: "スタッフが修正"},
}

FAULTS: dict[Fault, dict[Language, str]] = {
    Fault.WRONG: {EN: "It is wrong", JA: "間違っている"},
    Fault.OUTDATED: {EN: "It is outdated", JA: "情報が古い"},
    Fault.TOO_TAME: {EN: "Not sarcastic enough", JA: "皮肉が足りない"},
    Fault.TOO_SARCASTIC: {EN: "Too sarcastic", JA: "皮肉が過ぎる"},
    Fault.UNSAFE: {EN: "Unsafe or hurtful", JA: "危険・不快"},
    Fault.OTHER: {EN: "Something else", JA: "その他"},
}

SETTINGS: dict[str, dict[Language, str]] = {
    "speaking": {EN: "When I speak", JA: "話すとき"},
    "quiet_hours": {EN: "Quiet hours", JA: "静かにする時間"},
    "ignored_roles": {EN: "Ignored roles", JA: "無視するロール"},
    "ignored_members": {EN: "Ignored members", JA: "無視するメンバー"},
    "staff_channel_id": {EN: "Staff channel", JA: "スタッフ用チャンネル"},
    "read_channels": {EN: "Channels as sources", JA: "チャンネルを出典にする"},
}

SPEAKING: dict[Speaking, dict[Language, str]] = {
    Speaking.COMMANDS: {EN: "On commands only", JA: "コマンドだけに答える"},
    Speaking.MENTIONS: {EN: "On mentions and replies", JA: "メンションと返信に答える"},
    Speaking.AUTO: {EN: "Whenever I know the answer", JA: "答えを知っている質問にも答える"},
    Speaking.THREADS: {EN: "In threads that I open", JA: "スレッドを立てて答える"},
}


def say(key: str, language: Language, /, **values: object) -> str:
    """Return a text in a language, its places filled."""
    return TEXTS[key][language].format(**values)
