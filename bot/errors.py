"""Everything that can go wrong in a way Marv can explain.

MarvError
├── ConfigurationError      a setting is wrong or unknown
├── AlreadyRunning          another process owns the data directory
├── EmptyQuestion           a blank query, question or text
├── Unreadable              a reply whose text Discord hides from Marv
├── TooLong                 a question or a text over its limit
├── NothingFound            the library holds nothing close
│   └── NothingFoundByWords no word matches, and meaning could not be searched
├── LibraryEmpty            the library holds nothing at all
├── DocumentRefused         a file cannot be taken, with its reason (in ``bot.refusals``)
├── DocumentUnknown         no such document in the library
├── ChannelsUnread          the server's setting does not let Marv read channels
├── WordsHidden             Discord hides messages' words from Marv
├── ChannelClosed           Marv lacks a permission in a channel
├── ChannelUnknown          a channel that was never added
├── PrivateThread           a message in a private thread, whose readers Marv cannot know
├── AuthorObjects           a member forbade that their messages are kept
├── OneAudience             a channel and a role at once for a document
├── NothingToExport         no turn may leave
├── QuestionGone            the words of a turn or inquiry are no longer kept
├── AlreadyAsked            the member waits for the staff's answer to this question
├── TooManyInquiries        the member waits for several of the staff's answers
├── InquiryClosed           the staff have answered or dismissed it already
├── NoStaffChannel          the server has no channel for questions to the staff
├── CannotPost              Marv lacks a permission in a channel
├── NotAllowed              the member lacks the permission
├── NotYours                a control belongs to somebody else
├── TooBusy                 too many questions wait already
├── ServerOnly              a command that needs a server was used outside one
├── Restarting              Marv stops and takes nothing new
├── ModelError
│   ├── EmbeddingFailed     the embedding model cannot be reached or answers nonsense
│   ├── ChatFailed          the chat model cannot be reached or answers nonsense
│   ├── RerankFailed        the reranker cannot be reached or answers nonsense
│   ├── QuotaSpent          the provider says that the account has no money left
│   └── KeyRefused          the provider refuses the key
├── IndexUnavailable        Chroma does not answer
├── SpaceMismatch           the index was built by another embedding model
└── StoreFailed             SQLite refuses

``str(error)`` is for operators and logs; ``user_message`` is all that a member sees.
"""

from __future__ import annotations

from typing import ClassVar

from bot.models import Language

EN = Language.ENGLISH
JA = Language.JAPANESE


class MarvError(Exception):
    """The root: carries a sentence for members in each language."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That didn't work, and it wasn't your fault. Please try again.",
        JA: "うまくいきませんでした。あなたのせいではありません。もう一度お試しください。",
    }

    def user_message(self, language: Language) -> str:
        """Return what a member may read of this error."""
        return self.messages[language]


class ConfigurationError(MarvError):
    """A setting is wrong or unknown; the text names it and says what would be right."""


class AlreadyRunning(MarvError):
    """Another process owns the data directory."""


class EmptyQuestion(MarvError):
    """A blank query, question or text."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There was nothing to answer in that. Please write a few words.",
        JA: "質問が空です。言葉を入れて、もう一度お試しください。",
    }


class Unreadable(MarvError):
    """A reply without a ping: Discord hides its text from bots without a privileged intent."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Discord hides your words from me unless the reply pings me. Please turn the @ on "
        "and send it again.",
        JA: "返信のメンションがオフだと、Discordは私に本文を見せてくれません。@をオンにして、"
        "もう一度どうぞ。",
    }


class TooLong(MarvError):
    """A question or a text over its limit of characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"text over {limit} characters")
        self.limit = limit

    def user_message(self, language: Language) -> str:
        """Name the limit."""
        if language is JA:
            return f"長すぎます。{self.limit} 文字以内でお願いします。"
        return f"That is too long: at most {self.limit} characters, please."


class NothingFound(MarvError):
    """The library holds nothing close to the query."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Nothing found. Please try other words.",
        JA: "何も見つかりませんでした。別の言葉でお試しください。",
    }


class LibraryEmpty(MarvError):
    """The library holds nothing at all."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The library is still empty. Staff can fill it with "
        "`/library add-file` or `/library add-text`.",
        JA: "ライブラリが空です。スタッフが `/library add-file` か `/library add-text` で"
        "追加できます。",
    }


class DocumentUnknown(MarvError):
    """No such document in the library."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no such document. `/library list` shows the ones that exist.",
        JA: "その文書はありません。`/library list` で一覧を確認できます。",
    }


class ChannelsUnread(MarvError):
    """The server's setting does not let Marv read channels."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I don't read channels here until staff say so: `/marv settings read-channels: True`. "
        "Then what members write in the channels you add goes into the library, for the readers "
        "of each channel only, and edits, deletions and `/privacy forget` are followed.",
        JA: "このサーバーでは、まだチャンネルを読む許可がありません。"
        "`/marv settings read-channels: True` で許可すると、追加したチャンネルの発言が"
        "ライブラリに入ります。見られるのはそのチャンネルを読める人だけで、編集・削除・"
        "`/privacy forget` も反映されます。",
    }


class WordsHidden(MarvError):
    """Discord hides messages' words from bots without the message content intent."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Discord hides the words of messages from me, so I would be reading blank pages. The "
        "operator can change that: enable “Message Content Intent” in the Developer Portal "
        "(under Bot), set `MARV_MESSAGE_CONTENT=true`, and restart me.",
        JA: "Discordがメッセージの本文を見せてくれないため、読めません。運営者が"
        "Developer Portal の Bot で「Message Content Intent」を有効にし、"
        "`MARV_MESSAGE_CONTENT=true` を設定して再起動すれば読めるようになります。",
    }


class ChannelClosed(MarvError):
    """Marv lacks a permission in a channel, named as Discord's permission is."""

    NAMES: ClassVar[dict[str, dict[Language, str]]] = {
        "view_channel": {EN: "View Channel", JA: "チャンネルを見る"},
        "read_message_history": {EN: "Read Message History", JA: "メッセージ履歴を読む"},
    }

    def __init__(self, *permissions: str) -> None:
        super().__init__(f"missing in the channel: {', '.join(permissions)}")
        self.permissions = permissions

    def user_message(self, language: Language) -> str:
        """Name what is missing."""
        names = ", ".join(f"**{self.NAMES[each][language]}**" for each in self.permissions)
        if language is JA:
            return f"そのチャンネルを読めません。私に必要な権限：{names}"
        return f"I can't read that channel. What I am missing there: {names}."


class ChannelUnknown(MarvError):
    """A channel that was never added."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That channel is not in the library.",
        JA: "そのチャンネルはライブラリにありません。",
    }


class PrivateThread(MarvError):
    """A message in a private thread, whose readers Marv cannot know."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That is a private thread, and what is said there stays there. If it may be known, "
        "write it down yourself with `/library add-text`.",
        JA: "非公開スレッドの発言は保存しません。公開してよい内容なら、"
        "`/library add-text` でご自分で書いてください。",
    }


class AuthorObjects(MarvError):
    """A member forbade that their messages are kept."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Whoever wrote that has forbidden me to keep their messages. Ask them, not me.",
        JA: "この発言をした人は、メッセージの保存を許可していません。本人に聞いてください。",
    }


class OneAudience(MarvError):
    """A channel and a role at once for a document."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "A channel or a role, not both: pick who may see it.",
        JA: "チャンネルかロールの、どちらか一方を選んでください。",
    }


class NothingToExport(MarvError):
    """No turn may leave."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is nothing to export yet: no turn has the consent it needs. "
        "Members give it with `/privacy consent`.",
        JA: "まだ書き出せるものがありません。必要な同意のある会話がないからです。"
        "同意は `/privacy consent` でできます。",
    }


class QuestionGone(MarvError):
    """The words of a turn or an inquiry are no longer kept."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I no longer have that question: its time was up, or its owner had me forget it. "
        "Ask it again and we carry on.",
        JA: "その質問はもう残っていません（保存期間が過ぎたか、本人が消去しました）。"
        "もう一度質問してください。",
    }


class AlreadyAsked(MarvError):
    """The member waits for the staff's answer to this question."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The staff already have that question from you. I'll bring the answer as soon as "
        "there is one.",
        JA: "その質問はもうスタッフに届いています。回答があり次第お知らせします。",
    }


class TooManyInquiries(MarvError):
    """The member waits for several of the staff's answers."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} open inquiries")
        self.limit = limit

    def user_message(self, language: Language) -> str:
        """Name the limit."""
        if language is JA:
            return (
                f"スタッフへの質問は、回答待ちが {self.limit} 件までです。どれかに回答が来てから、"
                "またどうぞ。"
            )
        return (
            f"You have {self.limit} questions with the staff already, which is all I may carry. "
            "Once one is answered, bring me the next."
        )


class InquiryClosed(MarvError):
    """The staff have answered or dismissed an inquiry already."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Somebody was faster: that question is closed already.",
        JA: "ひと足遅かったようです。その質問はもう対応済みです。",
    }


class NoStaffChannel(MarvError):
    """The server has no channel for questions to the staff."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no staff channel to send that to. Staff can choose one with "
        "`/marv settings`.",
        JA: "質問を届けるスタッフ用チャンネルがありません。スタッフが `/marv settings` で"
        "設定できます。",
    }


PERMISSIONS = {
    "view_channel": {EN: "View Channel", JA: "チャンネルを見る"},
    "send_messages": {EN: "Send Messages", JA: "メッセージを送信"},
    "embed_links": {EN: "Embed Links", JA: "埋め込みリンク"},
}


class CannotPost(MarvError):
    """Marv lacks a permission in a channel."""

    def __init__(self, channel_id: int, permission: str) -> None:
        super().__init__(f"{permission} in {channel_id}")
        self.channel_id = channel_id
        self.permission = permission

    def user_message(self, language: Language) -> str:
        """Name the channel and the permission, as Discord's settings do."""
        name = PERMISSIONS[self.permission][language]
        if language is JA:
            return f"<#{self.channel_id}> に書き込めません。そこで私に「{name}」の権限をください。"
        return f"I can't post in <#{self.channel_id}>: I need the permission **{name}** there."


class NotAllowed(MarvError):
    """The member lacks the permission to manage the server."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That is for staff only (Manage Server).",
        JA: "これはスタッフ（サーバー管理権限）専用です。",
    }


class NotYours(MarvError):
    """A control belongs to somebody else."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Those buttons belong to whoever asked. Ask the question yourself to get your own.",
        JA: "そのボタンは質問した人のものです。ご自分で質問すると、ご自分用のボタンが出ます。",
    }


class TooBusy(MarvError):
    """More questions wait already than can be answered in good time."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Too many questions are waiting already. Please ask again in a minute.",
        JA: "今は質問が集中しています。一分ほどしてから、もう一度お試しください。",
    }


class ServerOnly(MarvError):
    """A command that needs a server was used outside one."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That only works in a server, not in private messages.",
        JA: "それはサーバーの中でしか使えません。",
    }


class ModelError(MarvError):
    """A model did not do its work."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "My language model is not answering right now. Please try again in a minute.",
        JA: "今、言語モデルが応答していません。少し待ってからもう一度お願いします。",
    }


class EmbeddingFailed(ModelError):
    """The embedding model cannot be reached or answers nonsense."""


class ChatFailed(ModelError):
    """The chat model cannot be reached or answers nonsense."""


class RerankFailed(ModelError):
    """The reranker cannot be reached or answers nonsense."""


class QuotaSpent(ModelError):
    """The provider says that the account has no money left."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The account that pays for my language model is empty. The operator has been told; "
        "`/search` still works.",
        JA: "言語モデルの利用料が尽きました。運営者には伝わっています。`/search` は使えます。",
    }


class KeyRefused(ModelError):
    """The provider refuses the key."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "My language model refused the operator's key. Please tell the staff.",
        JA: "言語モデルに運営者のキーを拒否されました。スタッフに伝えてください。",
    }


class IndexUnavailable(MarvError):
    """Chroma does not answer."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "My search index does not answer right now. Please try again in a minute.",
        JA: "検索インデックスが応答していません。少し待ってからもう一度お願いします。",
    }


class SpaceMismatch(MarvError):
    """The index was built by another embedding model."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "My index was built by another embedding model. The operator needs to run "
        "`marv rebuild`.",
        JA: "インデックスが別の埋め込みモデルで作られています。運営者が `marv rebuild` を"
        "実行してください。",
    }


class StoreFailed(MarvError):
    """SQLite refuses."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I could not write that down, so I did not do it. Please tell staff.",
        JA: "記録できなかったため、実行しませんでした。スタッフに伝えてください。",
    }


class Restarting(MarvError):
    """Marv stops and takes nothing new."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "I am being restarted. Please try again in a minute.",
        JA: "ただいま再起動中です。少し待ってから、もう一度お試しください。",
    }


class ExportTooSoon(MarvError):
    """A member asks for their data again too soon."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds

    def user_message(self, language: Language) -> str:
        """Say how long to wait."""
        minutes = max(1, round(self.seconds / 60))
        if language is JA:
            return (
                "さきほどお渡ししたばかりです。中身はほとんど変わっていません。"
                f"{minutes} 分ほどしてからどうぞ。"
            )
        return (
            "I handed you all of it a moment ago, and you have not become more interesting since. "
            f"Ask again in about {minutes} min."
        )


class MessagesClosed(MarvError):
    """A member takes no direct messages from Marv."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Your direct messages are closed to me. Allow them for this server (Privacy Settings), "
        "or run `/privacy export` with the destination **Here, only for me**.",
        JA: "ダイレクトメッセージを送れませんでした。このサーバーのプライバシー設定で許可するか、"
        "`/privacy export` の送り先を「ここ（自分だけに表示）」にしてください。",
    }


class FileTooLarge(MarvError):
    """A file is larger than Discord takes."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "One piece of it is larger than Discord lets me send. Ask the operator of this Marv "
        "for it; they have it.",
        JA: "Discord で送れる大きさを超えるデータがあります。この Marv の運営者に請求して"
        "ください。",
    }


class NothingFoundByWords(NothingFound):
    """No word of the query matches, and meaning could not be searched."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Nothing found, but I can search by words only right now. "
        "Use words that the documents use, or try again in a minute.",
        JA: "何も見つかりませんでした。ただし今は、語句の一致でしか"
        "検索できません。文書にある言葉で試すか、少し待ってからもう一度どうぞ。",
    }
