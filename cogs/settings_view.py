"""The settings of a server or a channel in one view: what holds, from where, and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord

from bot.client import NO_MENTIONS, Marv
from bot.faults.channel import WordsHidden
from bot.language import from_locale
from bot.models import Language
from bot.persona import LEVELS
from bot.preferences import CHANNEL_KEYS, Layered, Origin, Preferences, Speaking
from bot.services.settings_desk import READERS, SettingsDesk
from bot.usage import dollars, nanodollars
from cogs.controls import Controls
from cogs.forms import Form
from cogs.guards import library_of, require_staff
from cogs.persona_texts import LEVEL_NAMES
from cogs.render import COLOUR
from cogs.settings_texts import SETTINGS, SPEAKING
from cogs.staff_channel import check_postable
from cogs.texts import say

MOST_IGNORED = 25  # what one of Discord's menus holds
MOST_PERSONAS = 25
LONGEST_VALUE = 60
VIEW_SECONDS = 900.0  # as long as the reply may be edited
ORIGINS = {
    Origin.DEFAULT: "origin_default",
    Origin.SERVER: "origin_server",
    Origin.CHANNEL: "origin_channel",
}
HINTS = {
    "quiet_hours": "hint_quiet_hours",
    "retention_days": "hint_retention",
    "erase_after_days": "hint_erase_after",
    "server_budget_usd": "hint_budget",
    "member_budget_usd": "hint_budget",
    "questions_per_minute": "hint_rate",
}


class SettingsView(Controls):
    """Shows every setting, and changes the one that staff choose."""

    def __init__(
        self,
        desk: SettingsDesk,
        guild_id: int,
        language: Language,
        *,
        channel: discord.app_commands.AppCommandChannel | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(timeout=VIEW_SECONDS)
        self._desk = desk
        self._guild_id = guild_id
        self._language = language
        self._channel = channel
        self._key = key

    @property
    def personas(self) -> Sequence[str]:
        """Return the names of the personas that there are."""
        return self._desk.personas

    @property
    def _channel_id(self) -> int | None:
        return self._channel.id if self._channel else None

    async def embed(self) -> discord.Embed:
        """Render what holds at the chosen place, and fill in the controls that fit."""
        layered = await self._desk.layered(self._guild_id, self._channel_id)
        self._fill(layered)
        place = f"#{self._channel.name}" if self._channel else say("whole_server", self._language)
        embed = discord.Embed(title=say("settings_of", self._language, place=place), colour=COLOUR)
        for key in self._keys():
            origin = say(ORIGINS[layered.origins[key]], self._language)
            value = shown_value(key, layered.values, self._language)
            embed.add_field(name=SETTINGS[key][self._language], value=f"{value}\n*{origin}*")
        return embed

    async def refresh(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what holds now."""
        embed = await self.embed()
        await interaction.response.edit_message(
            embed=embed, view=self, allowed_mentions=NO_MENTIONS
        )

    async def change(self, interaction: discord.Interaction[Marv], key: str, value: object) -> None:
        """Set a value at the chosen place, for staff only."""
        require_staff(interaction)
        if value is Speaking.AUTO and not interaction.client.intents.message_content:
            raise WordsHidden
        await self._desk.change(
            self._guild_id,
            {key: value},
            changed_by=interaction.user.id,
            channel_id=self._channel_id,
        )
        await self.refresh(interaction)

    async def type_in(self, interaction: discord.Interaction[Marv], key: str, text: str) -> None:
        """Set a value from what staff typed."""
        require_staff(interaction)
        await self._desk.change_text(
            self._guild_id,
            key,
            text,
            changed_by=interaction.user.id,
            channel_id=self._channel_id,
        )
        await self.refresh(interaction)

    async def choose_channel(
        self, interaction: discord.Interaction[Marv], chosen: Sequence[Any]
    ) -> None:
        """Look at another place."""
        self._channel = chosen[0] if chosen else None
        if self._key not in self._keys():
            self._key = None
        await self.refresh(interaction)

    async def choose_key(self, interaction: discord.Interaction[Marv], key: str) -> None:
        """Turn to a setting: one that is typed opens a form, the others a menu."""
        require_staff(interaction)
        self._key = key
        if key not in READERS:
            await self.refresh(interaction)
            return
        layered = await self._desk.layered(self._guild_id, self._channel_id)
        await interaction.response.send_modal(
            ValueForm(self, key, getattr(layered.values, key), self._language)
        )

    async def reset(self, interaction: discord.Interaction[Marv]) -> None:
        """Let the layer below decide the chosen setting."""
        require_staff(interaction)
        if self._key is not None:
            await self._desk.reset(self._guild_id, self._key, channel_id=self._channel_id)
        await self.refresh(interaction)

    def _keys(self) -> list[str]:
        return [key for key in SETTINGS if self._channel is None or key in CHANNEL_KEYS]

    def _fill(self, layered: Layered) -> None:
        self.clear_items()
        self.add_item(_PlaceMenu(self, self._channel, self._language))
        self.add_item(_KeyMenu(self, self._keys(), self._key, self._language))
        if self._key is None:
            return
        make = _MENUS.get(self._key)
        if make is not None:
            self.add_item(make(self, self._key, layered.values, self._language))
        self.add_item(_ResetButton(self, self._language))


class ValueForm(Form):
    """Lets staff type a value."""

    def __init__(self, view: SettingsView, key: str, value: object, language: Language) -> None:
        super().__init__(title=SETTINGS[key][language])
        self._view = view
        self._key = key
        self._text = self.add_text(
            "value",
            say("choose_value", language),
            default="" if value is None else str(value),
            longest=LONGEST_VALUE,
            hint=say(HINTS[key], language) if key in HINTS else None,
            required=False,
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Set the value."""
        await self._view.type_in(interaction, self._key, self._text.value)


class _PlaceMenu(discord.ui.ChannelSelect[SettingsView]):
    def __init__(
        self,
        settings: SettingsView,
        channel: discord.app_commands.AppCommandChannel | None,
        language: Language,
    ) -> None:
        self._settings = settings
        super().__init__(
            custom_id="settings:place",
            placeholder=say("choose_place", language),
            channel_types=[discord.ChannelType.text, discord.ChannelType.forum],
            min_values=0,
            max_values=1,
            default_values=[discord.Object(channel.id)] if channel else [],
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._settings.choose_channel(interaction, self.values)


class _KeyMenu(discord.ui.Select[SettingsView]):
    def __init__(
        self,
        settings: SettingsView,
        keys: Sequence[str],
        chosen: str | None,
        language: Language,
    ) -> None:
        self._settings = settings
        super().__init__(
            custom_id="settings:key",
            placeholder=say("choose_setting", language),
            options=[
                discord.SelectOption(
                    value=key, label=SETTINGS[key][language], default=key == chosen
                )
                for key in keys
            ],
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._settings.choose_key(interaction, self.values[0])


class _ResetButton(discord.ui.Button[SettingsView]):
    def __init__(self, settings: SettingsView, language: Language) -> None:
        self._settings = settings
        super().__init__(label=say("reset_setting", language), custom_id="settings:reset")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._settings.reset(interaction)


class _ChoiceMenu(discord.ui.Select[SettingsView]):
    """One of some values."""

    def __init__(
        self,
        settings: SettingsView,
        key: str,
        options: Sequence[tuple[object, str]],
        current: object,
        language: Language,
    ) -> None:
        self._settings = settings
        super().__init__(
            custom_id="settings:value",
            placeholder=say("choose_value", language),
            options=[
                discord.SelectOption(value=str(number), label=label, default=value == current)
                for number, (value, label) in enumerate(options)
            ],
        )
        self._key = key
        self._options = options

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        value, _ = self._options[int(self.values[0])]
        await self._settings.change(interaction, self._key, value)


class _IgnoredRoles(discord.ui.RoleSelect[SettingsView]):
    def __init__(
        self, settings: SettingsView, key: str, values: Preferences, language: Language
    ) -> None:
        self._settings = settings
        super().__init__(
            custom_id="settings:value",
            placeholder=say("choose_value", language),
            min_values=0,
            max_values=MOST_IGNORED,
            default_values=[discord.Object(each) for each in sorted(values.ignored_roles)],
        )
        self._key = key

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._settings.change(
            interaction, self._key, frozenset(each.id for each in self.values)
        )


class _IgnoredMembers(discord.ui.UserSelect[SettingsView]):
    def __init__(
        self, settings: SettingsView, key: str, values: Preferences, language: Language
    ) -> None:
        self._settings = settings
        super().__init__(
            custom_id="settings:value",
            placeholder=say("choose_value", language),
            min_values=0,
            max_values=MOST_IGNORED,
            default_values=[discord.Object(each) for each in sorted(values.ignored_members)],
        )
        self._key = key

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._settings.change(
            interaction, self._key, frozenset(each.id for each in self.values)
        )


class _StaffChannel(discord.ui.ChannelSelect[SettingsView]):
    def __init__(
        self, settings: SettingsView, key: str, values: Preferences, language: Language
    ) -> None:
        self._settings = settings
        current = values.staff_channel_id
        super().__init__(
            custom_id="settings:value",
            placeholder=say("choose_value", language),
            channel_types=[discord.ChannelType.text],
            default_values=[discord.Object(current)] if current else [],
        )
        self._key = key

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        channel = interaction.guild and interaction.guild.get_channel(self.values[0].id)
        if isinstance(channel, discord.TextChannel):
            check_postable(channel)
        await self._settings.change(interaction, self._key, self.values[0].id)


def _speaking(
    settings: SettingsView, key: str, values: Preferences, language: Language
) -> _ChoiceMenu:
    options = [(each, SPEAKING[each][language]) for each in Speaking]
    return _ChoiceMenu(settings, key, options, values.speaking, language)


def _persona(
    settings: SettingsView, key: str, values: Preferences, language: Language
) -> _ChoiceMenu:
    options = [(name, name) for name in settings.personas[:MOST_PERSONAS]]
    return _ChoiceMenu(settings, key, options, values.persona, language)


def _sarcasm(
    settings: SettingsView, key: str, values: Preferences, language: Language
) -> _ChoiceMenu:
    options = [(level, LEVEL_NAMES[level][language]) for level in LEVELS]
    return _ChoiceMenu(settings, key, options, values.sarcasm, language)


def _yes_or_no(
    settings: SettingsView, key: str, values: Preferences, language: Language
) -> _ChoiceMenu:
    options = [(True, say("yes", language)), (False, say("no", language))]
    return _ChoiceMenu(settings, key, options, getattr(values, key), language)


_MENUS: dict[
    str, Callable[[SettingsView, str, Preferences, Language], discord.ui.Item[SettingsView]]
] = {
    "speaking": _speaking,
    "persona": _persona,
    "sarcasm": _sarcasm,
    "ignored_roles": _IgnoredRoles,
    "ignored_members": _IgnoredMembers,
    "staff_channel_id": _StaffChannel,
    "read_channels": _yes_or_no,
    "moderation": _yes_or_no,
}


def shown_value(key: str, values: Preferences, language: Language) -> str:
    """Return a value as staff read it."""
    value = getattr(values, key)
    if key == "sarcasm":
        return LEVEL_NAMES[values.sarcasm][language]
    if isinstance(value, Speaking):
        return SPEAKING[value][language]
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if isinstance(value, frozenset):
        sign = "@&" if key == "ignored_roles" else "@"
        return " ".join(f"<{sign}{each}>" for each in sorted(value)) or say("nobody", language)
    if key == "staff_channel_id":
        return f"<#{value}>" if value else say("not_set", language)
    if value is None:
        return say("none_set", language)
    return dollars(nanodollars(value)) if key.endswith("_usd") else str(value)


async def show_settings(interaction: discord.Interaction[Marv], desk: SettingsDesk) -> None:
    """Answer with the view."""
    language = from_locale(str(interaction.locale))
    view = SettingsView(desk, library_of(interaction), language)
    embed = await view.embed()
    await interaction.response.send_message(
        embed=embed, view=view, ephemeral=True, allowed_mentions=NO_MENTIONS
    )
