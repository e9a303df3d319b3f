"""Modals, made of labelled fields, that fail through the same door as commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.audience import EVERYONE, Audience
from bot.client import Marv, admit, report_error
from bot.models import Language
from cogs.texts import say

LABEL_CHARACTERS = 100  # of an option in a select


class Form(discord.ui.Modal):
    """A modal whose errors are explained to the member."""

    async def _scheduled_task(  # type: ignore[override]  # as discord.py's own Modal has it
        self,
        interaction: discord.Interaction,
        *components: Any,  # noqa: ANN401 - JSON
    ) -> None:
        """Take what was sent as a request of its own."""

        async def work(interaction: discord.Interaction) -> None:
            await super(Form, self)._scheduled_task(interaction, *components)

        await admit(interaction, work, door="form", name=type(self).__name__)

    async def on_error(  # type: ignore[override]  # as discord.py's own Modal has it
        self, interaction: discord.Interaction, error: Exception, /
    ) -> None:
        """Use the same door as commands."""
        await report_error(interaction, error)

    def add_text(
        self,
        custom_id: str,
        label: str,
        *,
        default: str = "",
        longest: int,
        hint: str | None = None,
        required: bool = True,
    ) -> discord.ui.TextInput[Form]:
        """Add a field for a text of several lines."""
        field: discord.ui.TextInput[Form] = discord.ui.TextInput(
            custom_id=custom_id,
            style=discord.TextStyle.paragraph,
            default=default[:longest] or None,
            max_length=longest,
            required=required,
        )
        self.add_item(discord.ui.Label(text=label, component=field, description=hint))
        return field

    def add_choice(
        self, custom_id: str, label: str, choices: Mapping[str, str], *, default: str | None = None
    ) -> discord.ui.Select[Form]:
        """Add a field for one of some choices, given as value and label."""
        field: discord.ui.Select[Form] = discord.ui.Select(
            custom_id=custom_id,
            options=[
                discord.SelectOption(
                    value=value, label=text[:LABEL_CHARACTERS], default=value == default
                )
                for value, text in choices.items()
            ],
        )
        self.add_item(discord.ui.Label(text=label, component=field))
        return field


def audience_choices(
    interaction: discord.Interaction[Marv], audiences: tuple[Audience, ...], language: Language
) -> dict[str, str]:
    """Return the audiences that staff may choose, by key: channels that exist, and everyone."""
    choices: dict[str, str] = {}
    for audience in audiences:
        channel = interaction.guild and interaction.guild.get_channel(audience.channel_id or 0)
        if channel is not None:
            choices[audience.key] = say("readers", language, channel=channel.name)
    choices[EVERYONE.key] = say("all_members", language)
    return choices
