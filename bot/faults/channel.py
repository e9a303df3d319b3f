"""Why Marv cannot keep what is written in a channel, in words that members may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


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
