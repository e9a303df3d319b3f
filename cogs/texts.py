"""What the commands say around their results, in both languages."""

from __future__ import annotations

from bot.feedback import Fault
from bot.models import Language
from bot.preferences import Speaking
from bot.topics import Topic
from cogs.comparing_texts import COMPARING
from cogs.explore_texts import EXPLORE_TEXTS
from cogs.route_texts import ROUTE_TEXTS
from cogs.tuning_texts import TUNING

EN, JA = Language.ENGLISH, Language.JAPANESE

TEXTS: dict[str, dict[Language, str]] = {
    **TUNING,
    **COMPARING,
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
    "hint_retention": {
        EN: "With consent; nothing for no limit",
        JA: "同意がある場合。期限なしなら空に",
    },
    "hint_erase_after": {
        EN: "After leaving the server; 0 for at once",
        JA: "サーバーを離れてからの日数。0 ならすぐ",
    },
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
    "persona": {EN: "Persona {name} ({version})", JA: "ペルソナ {name}（版 {version}）"},
    "sarcasm": {EN: "Sarcasm", JA: "皮肉の強さ"},
    "serious_about": {EN: "No sarcasm, ever, about", JA: "次の話題では皮肉を言いません"},
    "personas_known": {
        EN: "Known: {names}. Staff choose with /marv settings.",
        JA: "選べるペルソナ：{names}（スタッフが /marv settings で選びます）",
    },
    "remark_openers": {EN: "Before facts", JA: "事実の前の一言"},
    "remark_dont_know": {EN: "When the documents don't say", JA: "資料にないとき"},
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
    "help": {EN: "Where to find help", JA: "相談できるところ"},
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
    "consent_undecided": {
        EN: "You have not decided yet: I take that as a **no**.",
        JA: "まだ決めていません。「いいえ」として扱います。",
    },
    "consent_training": {
        EN: "You allow me to **keep** your conversations and to **use them for training**.",
        JA: "会話の**保存**と、**学習への利用**を許可しています。",
    },
    "consent_keep": {
        EN: "You allow me to **keep** your conversations, but not to train on them.",
        JA: "会話の**保存**は許可していますが、学習への利用は許可していません。",
    },
    "consent_nothing": {
        EN: "You do **not** allow me to keep your conversations, nor to train on them.",
        JA: "会話の保存も学習への利用も**許可していません**。",
    },
    "consent_made": {
        EN: "Decided {when}, {door}, on notice {version}.",
        JA: "決定：{when}、{door}、案内の第 {version} 版に対して。",
    },
    "consent_outdated": {
        EN: "The notice has changed since (it is {version} now): until you decide again, nothing "
        "of yours is used for training.",
        JA: "その後、案内が第 {version} 版に変わりました。改めて決めるまで、学習には使いません。",
    },
    "door_command": {EN: "by command", JA: "コマンドで"},
    "door_notice": {EN: "under the notice", JA: "案内のボタンで"},
    "door_migrated": {EN: "before consents had scopes", JA: "同意が細かく分かれる前に"},
    "kept_turns": {
        EN: "Kept here: {turns} turns, {texts} of them with their text.",
        JA: "保存中：会話 {turns} 件（本文あり {texts} 件）。",
    },
    "kept_hours": {
        EN: "Texts are dropped after {hours:g} hours; the figures about a turn stay.",
        JA: "本文は {hours:g} 時間後に消えます（数値だけが残ります）。",
    },
    "kept_days": {
        EN: "Texts are kept for {days} days at most: this server wants it so.",
        JA: "本文の保存は最長 {days} 日です（このサーバーの設定）。",
    },
    "kept_until": {
        EN: "Texts are kept until you take it back or use `/privacy forget`.",
        JA: "本文は、許可を取り消すか `/privacy forget` を使うまで保存します。",
    },
    "last_erasure": {
        EN: "You were last forgotten {when} (receipt `{id}`).",
        JA: "前回の消去：{when}（受領番号 `{id}`）。",
    },
    "notice": {
        EN: "**Before we get attached.** I keep what you say to me for {hours:g} hours, so that I "
        "can follow you; then the text is gone. May I keep it longer, and may it be used to train "
        "my next voice? Nothing happens without your yes, and `/privacy` changes it at any time.",
        JA: "**親しくなる前に、ひとつだけ。** 話の流れを追うため、あなたの言葉は {hours:g} 時間"
        "保存し、その後は本文を消します。もっと長く保存してもよいですか？次の声を育てる学習に"
        "使ってもよいですか？許可がなければ何もしません。`/privacy` でいつでも変えられます。",
    },
    "notice_training": {EN: "Consent", JA: "同意する"},
    "notice_keep": {EN: "Keep only", JA: "保存だけ許可"},
    "notice_nothing": {EN: "No thanks", JA: "許可しない"},
    "forget_warning": {
        EN: "**This cannot be undone.** I erase everything of yours on this server: turns, votes, "
        "questions to the staff, training examples in your words, your messages in the library, "
        "vectors and word index with them, your decision about consent, and your lines in exports "
        "that still lie on my disk. Data sets and models that contain you are marked. Your "
        "messages in channels will not be taken in again.\n"
        "Out of my reach: data sets that left, backups, what was sent to a model provider, and "
        "what others quoted of you. My replies in Discord stay, unless you choose otherwise.",
        JA: "**元には戻せません。** このサーバーでのあなたの記録をすべて消します：会話、評価、"
        "スタッフへの質問、あなたの言葉による学習例、ライブラリにある発言、それらのベクトルと"
        "単語の索引、同意の記録、手元に残る書き出しファイルの該当行。あなたを含むデータセットと"
        "モデルには印を付けます。チャンネルでの発言は、今後取り込みません。\n"
        "消せないもの：すでに渡したデータセット、バックアップ、モデル提供元に送ったもの、ほかの"
        "人による引用。Discord 上の私の返信は、選ばなければ残ります。",
    },
    "forget_now": {EN: "Erase everything", JA: "すべて消去"},
    "forget_replies": {EN: "Erase, and delete your replies too", JA: "返信も含めてすべて消去"},
    "forget_not": {EN: "Never mind", JA: "やめておく"},
    "forgetting": {
        EN: "Forgetting you. It may take a minute; I never forget how, only whom.",
        JA: "忘れています。少しかかります。手順だけは忘れませんので。",
    },
    "not_forgotten": {
        EN: "Nothing was erased. I knew you would miss me.",
        JA: "何も消していません。きっと寂しくなると思っていました。",
    },
    "receipt": {EN: "Receipt {id}", JA: "受領証 {id}"},
    "receipt_done": {
        EN: "Erased {when}. Who are you again?",
        JA: "{when} に消去しました。ところで、どちら様でしたっけ？",
    },
    "receipt_counts": {EN: "Erased", JA: "消去したもの"},
    "receipt_marked": {EN: "Marked as containing you", JA: "あなたを含むと印を付けたもの"},
    "receipt_remaining": {EN: "Out of my reach", JA: "消せないもの"},
    "receipt_replies": {
        EN: "Replies of mine deleted: {deleted}; still to be deleted: {left}.",
        JA: "私の返信：{deleted} 件を削除、残り {left} 件。",
    },
    "export_here": {
        EN: "Everything I have on you here. Brace yourself.",
        JA: "ここで保存しているあなたの情報のすべてです。お覚悟を。",
    },
    "export_sent": {
        EN: "Look into your direct messages.",
        JA: "ダイレクトメッセージをご覧ください。",
    },
    "status": {EN: "What I run on", JA: "動作環境"},
    "words_only": {
        EN: "Searched by words only: the part of me that knows what they mean is away.",
        JA: "語句の一致だけで検索しました（意味を比べる部品が今は不在です）。",
    },
    "missing": {EN: "What is missing", JA: "今つながらないもの"},
    "missing_index": {
        EN: "The index (Chroma), since {since}: I search by words only and keep trying.",
        JA: "インデックス（Chroma）：{since} から。語句の一致だけで検索し、再接続を続けています。",
    },
    "missing_embedder": {
        EN: "The embedding model, since {since}: I search by words only and keep trying.",
        JA: "埋め込みモデル：{since} から。語句の一致だけで検索し、再接続を続けています。",
    },
    "stats_blocked": {EN: "Blocked in 30 days", JA: "30日間にブロックした数"},
    "blocked_sides": {
        EN: "Questions: {asked} · answers: {answered}",
        JA: "質問：{asked}・回答：{answered}",
    },
    "moderation_away": {
        EN: "The moderation endpoint (since {since}): the embedded rules decide meanwhile.",
        JA: "モデレーションのエンドポイント（{since} から）。その間は内蔵のルールで判断します。",
    },
    "usage_title": {EN: "Usage in {days} days", JA: "{days} 日間の使用量"},
    "usage_none": {
        EN: "Nothing was used. Either nobody asked, or I thought it all up myself.",
        JA: "何も使われていません。誰も聞かなかったか、全部自分で考えたかのどちらかです。",
    },
    "usage_total": {EN: "Total", JA: "合計"},
    "usage_today": {EN: "Today (UTC)", JA: "今日（UTC）"},
    "usage_members": {EN: "Who used most", JA: "よく使ったメンバー"},
    "usage_models": {EN: "Models", JA: "モデル"},
    "usage_notes": {EN: "Mind", JA: "注意"},
    "usage_amount": {
        EN: "**{cost}** ({calls} calls, {tokens} tokens)",
        JA: "**{cost}**（呼び出し {calls} 回、{tokens} トークン）",
    },
    "cost_unknown": {EN: "cost unknown", JA: "料金不明"},
    "cost_at_least": {EN: "at least {cost}", JA: "{cost} 以上"},
    "usage_of_server": {
        EN: "{percent} % of the budget of {most}",
        JA: "予算 {most} の {percent}%",
    },
    "usage_of_operator": {
        EN: "{percent} % of the operator's budget",
        JA: "運営者の予算の {percent}%",
    },
    "usage_unpriced": {
        EN: "⚠️ Nobody told me what {models} costs. Calls that the sums leave out: {calls}; the "
        "operator can add the price (`prices.yaml`).",
        JA: "⚠️ {models} の料金がわかりません。合計に入っていない呼び出し：{calls} 回。"
        "運営者が料金表（`prices.yaml`）に追加できます。",
    },
    "usage_estimated": {
        EN: "Calls that broke off, and whose tokens I counted myself: {calls}.",
        JA: "途中で切れたため、私が数えたトークンで計算した呼び出し：{calls} 回。",
    },
    "usage_prices": {
        EN: "List prices, checked {day} or later. The provider's invoice is right.",
        JA: "{day} 以降に確認した定価で計算しています。正しいのは提供元の請求書です。",
    },
    "kind_chat": {EN: "answers", JA: "回答"},
    "kind_embedding": {EN: "embeddings", JA: "埋め込み"},
    "kind_rerank": {EN: "ranking", JA: "並べ替え"},
    "kind_training": {EN: "training", JA: "学習"},
    "kind_moderation": {EN: "moderation", JA: "モデレーション"},
    "chart_by_day": {EN: "Usage by day, {first} to {last}", JA: "日別の使用量（{first}～{last}）"},
    "chart_by_member": {
        EN: "Usage by member, {first} to {last}",
        JA: "メンバー別の使用量（{first}～{last}）",
    },
    "chart_by_model": {
        EN: "Usage by model, {first} to {last}",
        JA: "モデル別の使用量（{first}～{last}）",
    },
    "chart_money": {EN: "US dollars", JA: "米ドル"},
    "chart_tokens": {EN: "tokens", JA: "トークン"},
    "chart_others": {EN: "others", JA: "その他"},
    "chart_budget": {EN: "budget of a day", JA: "1日の予算"},
    "alt_by_day": {
        EN: "Bar chart. {title}: {total} in all, the most on {day} with {most}.",
        JA: "棒グラフ。{title}。合計 {total}、最多は {day} の {most}。",
    },
    "alt_ranked": {
        EN: "Bar chart. {title}, from the most to the least: {values}.",
        JA: "棒グラフ。{title}。多い順に {values}。",
    },
    "budget_server": {
        EN: "💸 {percent} % of this server's budget of the day is spent ({spent} of {budget}). It "
        "starts anew at {at} ({when}); without any left, I only search. `/marv usage` shows more.",
        JA: "💸 このサーバーの今日の予算の {percent}% を使いました（{budget} のうち {spent}）。"
        "{at}（{when}）に戻ります。なくなると検索だけになります。詳しくは `/marv usage` で。",
    },
    "budget_operator": {
        EN: "💸 {percent} % of my operator's budget of the day, for all servers together, is "
        "spent. It starts anew at {at} ({when}); without any left, I only search.",
        JA: "💸 全サーバー共通の、運営者の今日の予算の {percent}% を使いました。"
        "{at}（{when}）に戻ります。なくなると検索だけになります。",
    },
    "words_only_money": {
        EN: "Searched by words only: comparing what they mean would cost money, too.",
        JA: "語句の一致だけで検索しました（意味を比べるのにもお金がかかるので）。",
    },
    "hint_budget": {
        EN: "US dollars, like 1.50; nothing for no limit",
        JA: "米ドル、例：1.50。制限なしなら空に",
    },
    "hint_rate": {
        EN: "1 to 600; nothing for no limit",
        JA: "1～600。制限なしなら空に",
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
    "persona_gone": {EN: "persona no longer here", JA: "ペルソナが今はない"},
    "rejected": {EN: "rejected in review", JA: "見直しで不採用"},
    "not_reviewed": {EN: "not reviewed yet", JA: "未確認"},
    "bridges": {EN: "between training and validation", JA: "学習用と検証用にまたがる"},
    "golden_question": {EN: "golden question", JA: "判定用の質問"},
    "asked_here": {EN: "shipped, but asked here too", JA: "付属の例と同じ質問"},
    "repaired": {EN: "repaired by staff", JA: "スタッフが修正"},
    "blocked": {EN: "blocked", JA: "ブロック済み"},
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
    "persona": {EN: "Persona", JA: "ペルソナ"},
    "sarcasm": {EN: "Sarcasm", JA: "皮肉の強さ"},
    "quiet_hours": {EN: "Quiet hours", JA: "静かにする時間"},
    "ignored_roles": {EN: "Ignored roles", JA: "無視するロール"},
    "ignored_members": {EN: "Ignored members", JA: "無視するメンバー"},
    "staff_channel_id": {EN: "Staff channel", JA: "スタッフ用チャンネル"},
    "read_channels": {EN: "Channels as sources", JA: "チャンネルを出典にする"},
    "retention_days": {EN: "Days that texts are kept", JA: "本文を残す日数"},
    "erase_after_days": {EN: "Days until leavers are erased", JA: "退会者を消すまでの日数"},
    "moderation": {EN: "Block harmful texts", JA: "有害な文章をブロックする"},
    "server_budget_usd": {EN: "Budget of the server a day", JA: "サーバーの予算（1日）"},
    "member_budget_usd": {EN: "Budget of a member a day", JA: "メンバーの予算（1日）"},
    "questions_per_minute": {EN: "Questions a member a minute", JA: "1人あたり毎分の質問数"},
}

SPEAKING: dict[Speaking, dict[Language, str]] = {
    Speaking.COMMANDS: {EN: "On commands only", JA: "コマンドだけに答える"},
    Speaking.MENTIONS: {EN: "On mentions and replies", JA: "メンションと返信に答える"},
    Speaking.AUTO: {EN: "Whenever I know the answer", JA: "答えを知っている質問にも答える"},
    Speaking.THREADS: {EN: "In threads that I open", JA: "スレッドを立てて答える"},
}

LEVEL_NAMES: dict[int, dict[Language, str]] = {
    0: {EN: "0: none", JA: "0：なし"},
    1: {EN: "1: dry", JA: "1：控えめ"},
    2: {EN: "2: sarcastic", JA: "2：皮肉屋"},
    3: {EN: "3: insufferable", JA: "3：手に負えない"},
}

TOPICS: dict[Topic, dict[Language, str]] = {
    Topic.CRISIS: {EN: "somebody in danger or despair", JA: "命や安全に関わること"},
    Topic.MODERATION: {EN: "members who harm members", JA: "メンバー間のトラブル"},
    Topic.MEDICAL: {EN: "health", JA: "健康・医療"},
    Topic.LEGAL: {EN: "law", JA: "法律"},
}

ERASED: dict[str, dict[Language, str]] = {
    "turns": {EN: "turns", JA: "会話"},
    "votes": {EN: "votes", JA: "評価"},
    "inquiries": {EN: "questions to the staff", JA: "スタッフへの質問"},
    "examples": {EN: "training examples", JA: "学習例"},
    "channel_messages": {EN: "messages of channels", JA: "チャンネルの発言"},
    "kept_messages": {EN: "messages that staff kept", JA: "スタッフが残した発言"},
    "library_entries": {EN: "questions in the library", JA: "ライブラリにある質問"},
    "exported_rows": {EN: "lines of exports", JA: "書き出しの行"},
    "exports_rewritten": {EN: "exports rewritten", JA: "書き直した書き出し"},
    "exports_deleted": {EN: "exports deleted", JA: "削除した書き出し"},
    "passages_indexed_anew": {EN: "passages indexed anew", JA: "索引に入れ直した断片"},
}

REMAINING: dict[str, dict[Language, str]] = {
    "replies": {
        EN: "my replies in Discord, unless they were deleted too",
        JA: "Discord 上の私の返信（併せて削除した場合を除く）",
    },
    "quotes": {
        EN: "what others quoted of you, which stays theirs",
        JA: "ほかの人による引用（その人のものとして残ります）",
    },
    "taken_exports": {
        EN: "data sets that were taken away before",
        JA: "すでに持ち出されたデータセット",
    },
    "lost_export": {
        EN: "an export that is no longer where it was written",
        JA: "書き込んだ場所にもう見当たらない書き出し",
    },
    "backups": {EN: "the operator's backups", JA: "運営者のバックアップ"},
    "providers": {
        EN: "what was sent to a model provider, if the operator uses one",
        JA: "モデル提供元に送った内容（運営者が利用している場合）",
    },
    "foreign_index": {
        EN: "files of a Chroma server that is not mine: its operator must vacuum or rebuild it",
        JA: "私のものではない Chroma サーバーのファイル（そちらの運営者が vacuum か再構築を"
        "する必要があります）",
    },
}

TEXTS |= EXPLORE_TEXTS
TEXTS |= ROUTE_TEXTS


def say(key: str, language: Language, /, **values: object) -> str:
    """Return a text in a language, its places filled."""
    return TEXTS[key][language].format(**values)
