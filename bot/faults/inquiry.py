"""Why a question does not reach the staff, in words that members may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


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
