"""What the settings' panel says, in both languages."""

from __future__ import annotations

from bot.models import Language
from bot.preferences import Speaking

EN, JA = Language.ENGLISH, Language.JAPANESE

SETTINGS_PANEL: dict[str, dict[Language, str]] = {
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
    "read_channels": {
        EN: "Channels may become sources",
        JA: "チャンネルを資料にしてよいか",
    },
    "not_set": {EN: "not set", JA: "未設定"},
    "hint_budget": {
        EN: "US dollars, like 1.50; nothing for no limit",
        JA: "米ドル、例：1.50。制限なしなら空に",
    },
    "hint_rate": {
        EN: "1 to 600; nothing for no limit",
        JA: "1～600。制限なしなら空に",
    },
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
