"""Why a route cannot be set or taken away, in words that staff may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


class LabelUnknown(MarvError):
    """A label that the sorter does not know."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "Choose a label first: a route leads from a label to a channel or a persona.",
        JA: "先にラベルを選んでください。ルートはラベルからチャンネルかペルソナへつながります。",
    }


class RouteUnknown(MarvError):
    """A label without a route."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "There is no such route any more. `/explore routes` lists what is set.",
        JA: "そのルートはもうありません。今の設定は `/explore routes` で見られます。",
    }


class ConfidenceUnreadable(MarvError):
    """What was typed is no per cent."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "That is no confidence. Type a number of per cent from 0 to 100, like 70.",
        JA: "確信度は 0 から 100 の数字（％）で入力してください（例：70）。",
    }
