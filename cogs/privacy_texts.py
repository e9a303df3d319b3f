"""What members are told of what is kept of them, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

PRIVACY: dict[str, dict[Language, str]] = {
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
    "kept_besides": {
        EN: "Also: {inquiries} questions to the staff, {votes} votes.",
        JA: "ほかに：スタッフへの質問 {inquiries} 件、評価 {votes} 件。",
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
