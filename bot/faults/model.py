"""What can go wrong with a model that was made, not bought."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, ChatFailed
from bot.models import Language


class ModelGone(ChatFailed):
    """The model is not there: its server answers 404 or 410, or its file is missing."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "The model that spoke for me is gone. I use the one before it from now on; please "
        "ask again.",
        JA: "話していたモデルがなくなりました。これからは以前のモデルを使います。もう一度"
        "お試しください。",
    }
