"""Japanese names and descriptions of the commands, by their English text."""

from __future__ import annotations

import discord
from discord import app_commands

COMMAND_NAMES = {
    "search": "検索",
    "ask": "質問",
    "chat": "会話",
    "persona": "ペルソナ",
    "preview": "試聴",
    "sarcasm": "皮肉の強さ",
    "show": "表示",
    "privacy": "プライバシー",
    "status": "状態",
    "consent": "同意",
    "forget": "忘却",
    "destination": "送り先",
    "library": "ライブラリ",
    "add-file": "ファイル追加",
    "add-text": "テキスト追加",
    "add-url": "アドレス追加",
    "refresh": "再読み込み",
    "url": "アドレス",
    "pages": "ページ数",
    "source": "出典",
    "add-channel": "チャンネル追加",
    "remove-channel": "チャンネル削除",
    "Keep as knowledge": "知識として保存",
    "channels": "チャンネル",
    "list": "一覧",
    "remove": "削除",
    "dataset": "データセット",
    "export": "書き出し",
    "marv": "marv",
    "Ask Marv": "Marvに質問",
    "Repair answer": "回答を直す",
    "stats": "統計",
    "freeze": "凍結",
    "versions": "版一覧",
    "version": "版",
    "format": "形式",
    "import": "取り込み",
    "add": "追加",
    "review": "見直し",
    "name": "名前",
    "seed": "付属の例",
    "only-kept": "採用のみ",
    "query": "検索語",
    "limit": "件数",
    "private": "非公開",
    "question": "質問文",
    "message": "メッセージ",
    "choice": "選択",
    "file": "ファイル",
    "title": "題名",
    "text": "本文",
    "document": "文書",
    "audience": "公開範囲",
    "channel": "チャンネル",
    "role": "ロール",
    "explore": "分析",
    "gaps": "不足",
    "topics": "話題",
    "map": "地図",
    "outliers": "外れ値",
    "diversity": "多様さ",
    "classify": "分類",
    "of": "対象",
    "colour": "色分け",
    "labels": "ラベル",
    "learn": "手本",
    "confidence": "確信度",
    "similar": "類似",
    "Find similar": "似ているものを探す",
    "settings": "設定",
    "usage": "使用量",
    "days": "日数",
    "by": "内訳",
    "staff-channel": "スタッフ用チャンネル",
    "read-channels": "チャンネル読み取り",
}

DESCRIPTIONS = {
    "Freeze what may be learnt from under a name.": "学習に使えるものを名前を付けて凍結します。",
    "A name for good, like harbor-2026-11": "変わらない名前（例：harbor-2026-11）",
    "Add the set that Marv ships": "Marv付属の例も加える",
    "Of the log, only what staff kept in review": "会話は、見直しで採用したものだけ",
    "List the frozen versions.": "凍結した版の一覧を表示します。",
    "Import examples that somebody wrote by hand.": "手書きの学習例をファイルから取り込みます。",
    "JSON lines (messages, or question and answer) or CSV (question,answer)": "JSON Lines"
    "（messages、または question と answer）か CSV（question,answer）",
    "Write an example by hand.": "学習例を手で書きます。",
    "Go through what could be learnt from, one by one.": "学習に使えそうなものを一件ずつ"
    "見直します。",
    "Export what may leave, or a frozen version, as JSON lines.": "書き出せるもの、または凍結した"
    "版を JSON Lines で書き出します。",
    "A frozen version instead of the log as it is": "今の記録ではなく、凍結した版",
    "What the trainer reads": "学習器が読む形式",
    "Show what the log holds for the next data set.": "次のデータセットに入るものを表示します。",
    "Find passages of the library by meaning and by words.": "ライブラリを意味と言葉で検索します。",
    "What to look for, in your own words": "探したいことを自由な言葉で",
    "How many results, 1 to 25": "結果の件数（1～25）",
    "Show the answer to you alone": "自分だけに表示する",
    "Ask a question; the answer cites the library.": "質問に、出典つきで答えます。",
    "What you want to know": "知りたいこと",
    "Talk with Marv, if you must.": "Marvと会話します。どうしてもと言うなら。",
    "What you want to say": "言いたいこと",
    "Who Marv is.": "Marvの人となり。",
    "Show the persona that answers here.": "ここで答えるペルソナを表示します。",
    "Hear a persona before it is chosen.": "選ぶ前にペルソナの話し方を確かめます。",
    "Whose voice": "誰の話し方か",
    "How sarcastic": "皮肉の強さ",
    "What to reply to, for staff": "返事をさせる言葉（スタッフ用）",
    "What Marv keeps about you.": "Marvが保存しているあなたの情報。",
    "Show what is kept about you here.": "ここで保存されているあなたの情報を表示します。",
    "Decide what may be kept of your conversations, and what for.": "会話を何のために保存して"
    "よいかを決めます。",
    "What you allow": "許可する範囲",
    "Get everything that is stored about you here, as a file.": "ここで保存されているあなたの情報を"
    "ファイルで受け取ります。",
    "Where the file is sent": "ファイルの送り先",
    "Erase everything you said to Marv here.": "ここでMarvに話したことをすべて消去します。",
    "The documents that Marv answers from.": "Marvの回答のもとになる文書。",
    "Add a document from a file.": "ファイルから文書を追加します。",
    "Markdown, text, reST, HTML, PDF, Word, CSV or JSON lines": "Markdown、テキスト、reST、HTML、"
    "PDF、Word、CSV、JSON Lines",
    "Add a document by typing it.": "文章を入力して文書を追加します。",
    "What the document is called": "文書の題名",
    "The text, in Markdown": "本文（Markdown）",
    "Add a page, a PDF or the pages of a sitemap from the web.": "ウェブのページ、PDF、"
    "サイトマップのページを追加します。",
    "The address of a page, a PDF or a sitemap": "ページ、PDF、サイトマップのアドレス",
    "At most how many pages of a sitemap": "サイトマップから読むページ数の上限",
    "Read the pages again and mark those that are gone.": "ページを読み直し、消えたものに印を"
    "付けます。",
    "Which address; all of them without": "どのアドレスか（省略するとすべて）",
    "Read a channel into the library and follow it, for its readers only.": "チャンネルを読み込み、"
    "以後も追います。見られるのはそのチャンネルを読める人だけです。",
    "Which channel; its public threads are read as well": "どのチャンネルか"
    "（公開スレッドも読みます）",
    "Remove what was read from a channel and stop following it.": "チャンネルから読んだ内容を消し、"
    "追うのをやめます。",
    "Which channel": "どのチャンネルか",
    "Allow or forbid that your messages in channels become knowledge.": "チャンネルでの発言を"
    "知識にしてよいかを決めます。",
    "Whether your messages may be kept": "発言の保存を許可するかどうか",
    "List the documents.": "文書の一覧を表示します。",
    "Remove a document.": "文書を削除します。",
    "Which document": "どの文書か",
    "Set who may see a document; without a channel or role, everyone.": "文書を見られる人を"
    "決めます。"
    "指定がなければ全員です。",
    "Only for those who may read this channel": "このチャンネルを読める人だけに",
    "Only for members with this role": "このロールを持つ人だけに",
    "Show how much the library holds.": "ライブラリの大きさを表示します。",
    "The log as a data set for fine-tuning.": "ログからファインチューニング用データセットを"
    "作ります。",
    "How Marv is doing.": "Marvの調子。",
    "What the log and the library show.": "ログとライブラリから分かること。",
    "Show what texts are about: groups, examples, trends, and a map.": "何の話が多いかを、例・"
    "増減・地図とともに表示します。",
    "Draw a map on which near means alike.": "似ているものが近くなる地図を描きます。",
    "Show what does not fit: misfiled, off topic, or a bad example.": "浮いているもの（分類違い、"
    "話題外、悪い例）を表示します。",
    "Measure how varied texts are, against the version before.": "多様さを測り、前の版と比べます。",
    "Sort texts into labels, and say how right that is.": "ラベルに分け、その正しさも示します。",
    "What to look at": "何を見るか",
    "Which data set; the newest without": "どのデータセットか（省略すると最新）",
    "What the colours stand for": "色の意味",
    "Labels to choose from, separated by commas; without, learnt from what is there": "ラベルの候補"
    "（カンマ区切り）。省略すると今の分け方から学びます",
    "What questions are sorted by already": "質問の今の分け方",
    "From how many percent on a label counts, 0 to 100": "ラベルを採用する確信度（％、0～100）",
    "Find passages of the library like a text or a document.": "文章や文書に似た内容を"
    "ライブラリから探します。",
    "The text to compare with": "比べる文章",
    "The document to compare with": "比べる文書",
    "How varied the results are, 0 to 100": "結果の多様さ（0～100）",
    "How many results, 1 to 10": "件数（1～10）",
    "Show what members asked and Marv could not answer.": "Marvが答えられなかった質問を"
    "表示します。",
    "Show this server's settings, or change them.": "このサーバーの設定を表示・変更します。",
    "Where members' questions to the staff go": "スタッフへの質問が届くチャンネル",
    "Whether channels may become sources": "チャンネルを資料にしてよいか",
    "Show what models were used here, by whom, and what it cost.": "ここで使われたモデルと費用、"
    "使った人を表示します。",
    "How many days, today included, 1 to 90": "今日を含む日数（1～90）",
    "What the chart is divided by": "グラフの内訳",
    "Show what Marv runs on.": "Marvが何で動いているかを表示します。",
}

CHOICES = {
    "The library": "ライブラリ",
    "The questions asked": "質問",
    "A data set": "データセット",
    "By topic": "話題別",
    "By label": "ラベル別",
    "By channel": "チャンネル別",
    "By votes": "評価別",
    "Chat (supervised)": "会話（教師あり）",
    "Preferences (DPO)": "選好（DPO）",
    "0: none": "0：なし",
    "1: dry": "1：控えめ",
    "2: sarcastic": "2：皮肉屋",
    "3: insufferable": "3：手に負えない",
    "By day": "日別",
    "By member": "メンバー別",
    "By model": "モデル別",
    "Yes, keep them": "はい、保存してよい",
    "No": "いいえ",
    "No, and remove them": "いいえ、削除する",
    "Keep them, and train on them": "保存も学習への利用も許可する",
    "Keep them only": "保存だけ許可する",
    "Here, only for me": "ここ（自分だけに表示）",
    "By direct message": "ダイレクトメッセージ",
}


class MarvTranslator(app_commands.Translator):
    """Hands discord.py the Japanese of a command, an option or a choice."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the Japanese text, or None where the English one serves."""
        if locale is not discord.Locale.japanese:
            return None
        table = {
            app_commands.TranslationContextLocation.command_name: COMMAND_NAMES,
            app_commands.TranslationContextLocation.group_name: COMMAND_NAMES,
            app_commands.TranslationContextLocation.parameter_name: COMMAND_NAMES,
            app_commands.TranslationContextLocation.choice_name: CHOICES,
        }.get(context.location, DESCRIPTIONS)
        return table.get(string.message)
