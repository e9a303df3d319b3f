"""Tables that staff attach to a command."""

from __future__ import annotations

import discord

from bot.exploring import Items
from bot.faults.exploring import NoTable
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason
from bot.services.exploring.uploads import Upload


async def attached(
    file: discord.Attachment | None,
    text: str | None,
    label: str | None = None,
    *,
    labelled: bool = False,
) -> Items | None:
    """Return the rows of an attached table, None without one.

    With ``labelled`` the column of labels is guessed where it is not named. Raises
    NoTable for a column without a table, DocumentRefused for one that is too large,
    and what ``Upload.items`` raises.
    """
    if file is None:
        if text is not None or label is not None:
            raise NoTable
        return None
    if file.size > MAX_FILE_BYTES:
        raise DocumentRefused(file.filename, RefusalReason.TOO_LARGE)
    upload = Upload(name=file.filename, content=await file.read(), text=text, label=label)
    return await upload.items(labelled=labelled)
