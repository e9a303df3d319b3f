"""What stands under an answer: thumbs, the way to the staff, and a new beginning."""

from __future__ import annotations

import discord

from bot.client import NO_MENTIONS, Marv
from bot.language import from_locale
from bot.models import Answer, TurnId
from bot.moderation import FINISH_REASON
from bot.services.inquiries import Inquiries
from bot.services.memory import Place
from bot.services.turns import Asker
from cogs.buttons import IdButton
from cogs.delivery import Close, Closing
from cogs.feedback import DownButton, UpButton
from cogs.guards import library_of
from cogs.inquiry_buttons import AskStaffButton
from cogs.texts import say


class NewConversationButton(IdButton, template=r"chat:new:(?P<id>[0-9]{1,20})"):
    """Under a reply: the member's conversation here, or the thread's, begins anew."""

    text, prefix = "new_conversation", "chat:new"

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Forget what was said before; in a shared place for everybody, else for who presses."""
        guild_id = library_of(interaction)
        member_id = interaction.user.id if self.about else 0
        place = Place(
            guild_id=guild_id, channel_id=interaction.channel_id or 0, member_id=member_id
        )
        await interaction.client.services.chat.memory.begin_anew(place)
        await interaction.response.send_message(
            say("new_conversation_done", from_locale(str(interaction.locale))),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


def closing_of(
    inquiries: Inquiries,
    asker: Asker,
    guild: discord.Guild | None,
    *,
    place: Place | None = None,
) -> Close:
    """Return what closes an answer; one that admits to not knowing offers the staff.

    ``place`` is where a conversation goes on; one in direct messages has no buttons that
    need a server, and neither has a refusal.
    """

    async def close(answer: Answer, turn_id: TurnId) -> Closing | None:
        if answer.finish_reason == FINISH_REASON:
            return None
        more = _elsewhere(answer)
        if guild is None:
            return Closing(note=more) if more else None
        view = discord.ui.View(timeout=None)
        view.add_item(UpButton(turn_id, answer.language))
        view.add_item(DownButton(turn_id, answer.language))
        if place is not None:
            view.add_item(NewConversationButton(place.member_id, answer.language))
        if answer.finish_reason != "abstained":
            return Closing(note=more, view=view)
        channel_id = await inquiries.staff_channel_id(asker.guild_id)
        if channel_id is not None and guild.get_channel(channel_id) is not None:
            view.add_item(AskStaffButton(turn_id, answer.language))
        searched = await inquiries.searched(asker.guild_id, viewer=asker.viewer)
        note = say(
            "searched",
            answer.language,
            passages=searched.chunks,
            documents=searched.documents,
        )
        return Closing(note=f"{note}\n{more}".strip(), view=view)

    return close


def _elsewhere(answer: Answer) -> str:
    """Say which channel has more of what was asked about, or may know what Marv does not."""
    if answer.elsewhere is None:
        return ""
    key = "route_unknown" if answer.finish_reason == "abstained" else "route_more"
    return say(key, answer.language, channel=f"<#{answer.elsewhere}>")
