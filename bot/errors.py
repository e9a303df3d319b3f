"""Everything that can go wrong in a way Marv can explain.

MarvError
├── ConfigurationError      a setting is wrong or unknown
├── AlreadyRunning          another process owns the data directory
├── EmptyQuestion           a blank query, question or text
├── Unreadable              a reply whose text Discord hides from Marv
├── TooLong                 a question or a text over its limit
├── NothingFound            the library holds nothing close
│   └── NothingFoundByWords no word matches, and meaning could not be searched
├── NothingToExport         no turn may leave
├── QuestionGone            the words of a turn or inquiry are no longer kept
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

What goes wrong with one subject only stands in ``bot.faults`` and ``bot.refusals``.

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


class NothingFoundByWords(NothingFound):
    """No word of the query matches, and meaning could not be searched."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Nothing found, but I can search by words only right now. "
        "Use words that the documents use, or try again in a minute.",
        JA: "何も見つかりませんでした。ただし今は、語句の一致でしか"
        "検索できません。文書にある言葉で試すか、少し待ってからもう一度どうぞ。",
    }
