"""What Marv adds to "I don't know": what was searched, and the way to the staff."""

from __future__ import annotations

import discord

from bot.models import Answer, TurnId
from bot.services.inquiries import Inquiries
from bot.services.turns import Asker
from cogs.delivery import Close, Closing
from cogs.inquiry_buttons import AskStaffButton
from cogs.texts import say


def admission(
    inquiries: Inquiries,
    asker: Asker,
    guild: discord.Guild | None,
    *,
    only_abstained: bool = False,
) -> Close:
    """Return what closes an answer that admits to not knowing.

    ``only_abstained`` is for small talk, where having no answer is no failure.
    """

    async def close(answer: Answer, turn_id: TurnId) -> Closing | None:
        if answer.answered or (only_abstained and answer.finish_reason != "abstained"):
            return None
        searched = await inquiries.searched(asker.guild_id, viewer=asker.viewer)
        note = say(
            "searched",
            answer.language,
            passages=searched.chunks,
            documents=searched.documents,
        )
        channel_id = await inquiries.staff_channel_id(asker.guild_id)
        if guild is None or channel_id is None or guild.get_channel(channel_id) is None:
            return Closing(note=note)
        view = discord.ui.View(timeout=None)
        view.add_item(AskStaffButton(turn_id, answer.language))
        return Closing(note=note, view=view)

    return close
