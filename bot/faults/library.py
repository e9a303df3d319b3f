"""Why a document is not there or not taken as asked, in words that members may read."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import EN, JA, MarvError
from bot.models import Language


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


class OneAudience(MarvError):
    """A channel and a role at once for a document."""

    messages: ClassVar[dict[Language, str]] = {
        EN: "A channel or a role, not both: pick who may see it.",
        JA: "チャンネルかロールの、どちらか一方を選んでください。",
    }
