"""Buttons that know what they are about by their id, and so outlive a restart."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

import discord

from bot.client import Marv, admit, report_error
from bot.errors import MarvError
from bot.models import Language
from cogs.texts import say

Button = discord.ui.Button[discord.ui.View]
NEVER = r"(?!)"  # matches no button: the base is none itself


class IdButton(discord.ui.DynamicItem[Button], template=NEVER):
    """A button whose custom id ends in the id of what it is about."""

    text: ClassVar[str | None] = None
    prefix: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary
    emoji: ClassVar[str | None] = None

    def __init__(self, about: int, language: Language = Language.ENGLISH) -> None:
        super().__init__(
            discord.ui.Button(
                label=say(self.text, language) if self.text else None,
                emoji=self.emoji,
                custom_id=f"{self.prefix}:{about}",
                style=self.style,
            )
        )
        self.about = about

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make the button again from what Discord kept of it."""
        return cls(int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for; errors leave by the door that a command's leave by.

        discord.py would only log them.
        """
        await admit(interaction, self._press, door="button", name=type(self).__name__)

    async def _press(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await self.press(interaction)
        except MarvError as error:
            await report_error(interaction, error)
        except Exception as error:
            await report_error(interaction, error)
            raise

    async def press(self, interaction: discord.Interaction[Marv]) -> None:
        """Do what the button is for."""
        raise NotImplementedError
