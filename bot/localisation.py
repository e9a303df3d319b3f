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
    "tune": "チューニング",
    "models": "モデル一覧",
    "model": "モデル",
    "start": "開始",
    "epochs": "エポック数",
    "learning-rate": "学習率",
    "batch": "バッチ",
    "method": "方法",
    "suffix": "接尾辞",
    "job": "ジョブ",
    "events": "記録",
    "checkpoints": "チェックポイント",
    "cancel": "中止",
    "pause": "一時停止",
    "resume": "再開",
    "compare": "比較",
    "a": "比較元",
    "b": "比較先",
    "votes": "票数",
    "promote": "採用",
    "reason": "理由",
    "rollback": "差し戻し",
    "report": "報告",
    "version": "版",
    "format": "形式",
    "import": "取り込み",
    "add": "追加",
    "review": "見直し",
    "name": "名前",
    "seed": "シード",
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
    "settings": "設定",
    "usage": "使用量",
    "days": "日数",
    "by": "内訳",
    "staff-channel": "スタッフ用チャンネル",
    "read-channels": "チャンネル読み取り",
}

DESCRIPTIONS = {
    "Compare two models by figures, then have the server vote blind.": "2つのモデルを数値で比べ、"
    "匿名で投票してもらいます。",
    "The one to beat: baseline, a job's number, or a "
    "model": "比較元（baseline、ジョブ番号、モデル名）",
    "The one on trial": "試されるモデル",
    "How many votes decide; 0 asks nobody": "決着までの票数（0なら投票なし）",
    "Have a model speak in this server from now on.": "このサーバーで話すモデルを切り替えます。",
    "A job's number, or a model": "ジョブ番号かモデル名",
    "Why, where it has not won or keeps facts less often; it is written "
    "down": "勝っていない、または事実の保持が下がる場合の理由（記録されます）",
    "Have the model speak again that spoke before.": "前のモデルに戻します。",
    "Why; it is written down": "理由（記録されます）",
    "Say what the next data set needs, in numbers.": "次のデータセットに足りないものを数値で示"
    "します。",
    "Fine-tuning, from data to model.": "データからモデルまでのファインチューニング。",
    "Show what can be tuned, where, and for how "
    "much.": "どこで何をいくらで学習できるかを表示します。",
    "Train a model on a frozen version, after a look at what it "
    "costs.": "費用を確かめてから、凍結した版でモデルを学習します。",
    "The frozen version to learn from": "学習に使う、凍結した版",
    "The model to tune": "学習するモデル",
    "How often it sees the data, 1 to 50": "データを見る回数（1～50）",
    "A multiple of the trainer's usual rate": "標準の学習率に対する倍率",
    "How many examples a step has, 1 to 256": "1ステップの例の数（1～256）",
    "From wanted answers, or from better and worse "
    "ones": "望ましい回答から学ぶか、良し悪しの組から学ぶか",
    "A word in the new model's name": "新しいモデルの名前に入れる言葉",
    "A number that makes a run repeatable": "同じ結果を再現するための数",
    "List the jobs.": "ジョブを一覧表示します。",
    "The job's number": "ジョブの番号",
    "Show how a job is, with its losses.": "ジョブの状態と損失を表示します。",
    "Show what a job told.": "ジョブの記録を表示します。",
    "Show the models that a job kept underway.": "ジョブが途中で残したモデルを表示します。",
    "Stop a job for good.": "ジョブを中止します。",
    "Stop a job that is to go on later.": "ジョブを一時停止します。",
    "Let a paused job go on.": "一時停止したジョブを再開します。",
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
