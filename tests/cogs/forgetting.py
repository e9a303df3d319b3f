"""Forgetting as a member does it: the command, then a button."""

from __future__ import annotations

import json
from typing import Any

import simcord


async def forget(
    member: simcord.MemberActor, channel: simcord.ChannelHandle, *, label: str = "Erase everything"
) -> simcord.InteractionResult:
    """Ask to be forgotten and press a button of the warning."""
    warned = await member.slash(channel, "privacy forget")
    assert warned.ephemeral
    assert warned.response is not None
    return await member.click(warned.response, label=label)


async def receipt_of(result: simcord.InteractionResult) -> dict[str, Any]:
    """Return the receipt that came with a forgetting."""
    [receipt] = result.followups
    assert receipt.ephemeral
    [attachment] = receipt.attachments
    found: dict[str, Any] = json.loads(await attachment.read())
    return found


async def erased(result: simcord.InteractionResult) -> dict[str, int]:
    """Return what was erased and how much of it, without what was nothing."""
    counts = (await receipt_of(result))["erased"]
    return {name: count for name, count in counts.items() if count}
