"""The persona: who answers here, and how another one would."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NO_MENTIONS, Marv
from bot.faults.setting import BadSetting
from bot.language import from_locale
from bot.models import Language, Provenance
from bot.persona import LEVELS, Persona, Remark
from bot.services.chat import Chat
from bot.services.manners import Manner, Manners
from bot.topics import Topic
from cogs.ask import asker_of
from cogs.guards import library_of, require_staff
from cogs.persona_texts import LEVEL_NAMES, TOPICS
from cogs.render import COLOUR, add_help
from cogs.texts import say

REMARKS_SHOWN = 3
FIELD_CHARACTERS = 1024


class PersonaCog(commands.GroupCog, group_name="persona", group_description="Who Marv is."):
    """Shows who answers, and lets staff hear another before they choose it."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    @property
    def _manners(self) -> Manners:
        return self._chat.manners

    @app_commands.command()
    @app_commands.guild_only()
    async def show(self, interaction: discord.Interaction[Marv]) -> None:
        """Show the persona that answers here."""
        language = from_locale(str(interaction.locale))
        asker = asker_of(interaction, Provenance.INTERACTION, private=True)
        manner = await self._manners.of(library_of(interaction), asker.settings_channel_id, "")
        topics = "、" if language is Language.JAPANESE else ", "
        embed = _portrait(manner, language)
        embed.add_field(
            name=say("serious_about", language),
            value=topics.join(TOPICS[topic][language] for topic in Topic),
            inline=False,
        )
        embed.set_footer(
            text=say("personas_known", language, names=", ".join(self._manners.personas.names))
        )
        await interaction.response.send_message(
            embed=embed, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        persona="Whose voice",
        sarcasm="How sarcastic",
        message="What to reply to, for staff",
    )
    @app_commands.choices(
        sarcasm=[
            app_commands.Choice(name=LEVEL_NAMES[level][Language.ENGLISH], value=level)
            for level in LEVELS
        ]
    )
    async def preview(
        self,
        interaction: discord.Interaction[Marv],
        persona: str | None = None,
        sarcasm: app_commands.Choice[int] | None = None,
        message: str | None = None,
    ) -> None:
        """Hear a persona before it is chosen."""
        language = from_locale(str(interaction.locale))
        asker = asker_of(interaction, Provenance.INTERACTION, private=True)
        here = await self._manners.of(
            library_of(interaction), asker.settings_channel_id, message or ""
        )
        manner = replace(
            here,
            persona=self._named(persona) if persona else here.persona,
            sarcasm=here.sarcasm if sarcasm is None else sarcasm.value,
        )
        if message is None:
            await interaction.response.send_message(
                embed=_specimen(manner, language), ephemeral=True, allowed_mentions=NO_MENTIONS
            )
            return
        require_staff(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        embed = _portrait(manner, language)
        async for progress in self._chat.rehearse(asker, message, manner=manner):
            embed.description = progress.text
            if progress.answer is not None and progress.answer.help:
                add_help(embed, progress.answer, language)
        await interaction.edit_original_response(embed=embed, allowed_mentions=NO_MENTIONS)

    def _named(self, name: str) -> Persona:
        """Return a persona by what was typed, which need not be one."""
        personas = self._manners.personas
        if name not in personas.names:
            raise BadSetting("persona")
        return personas.get(name)

    @preview.autocomplete("persona")
    async def _suggest(
        self, _: discord.Interaction[Marv], typed: str
    ) -> list[app_commands.Choice[str]]:
        names = self._manners.personas.names
        return [app_commands.Choice(name=name, value=name) for name in names if typed in name][:25]


def _portrait(manner: Manner, language: Language) -> discord.Embed:
    """Render who speaks, and how."""
    persona = manner.persona
    embed = discord.Embed(
        title=say("persona", language, name=persona.name, version=persona.version),
        description=persona.about.get(language),
        colour=COLOUR,
    )
    level = TOPICS[manner.topic] if manner.topic else LEVEL_NAMES[manner.sarcasm]
    embed.add_field(name=say("sarcasm", language), value=level[language], inline=False)
    return embed


def _specimen(manner: Manner, language: Language) -> discord.Embed:
    """Render how a persona sounds at a level of the dial, in words that people wrote."""
    embed = _portrait(manner, language)
    few_shot = manner.few_shot(language)
    for asked, replied in zip(few_shot[::2], few_shot[1::2], strict=True):
        embed.add_field(name=asked.content[:256], value=replied.content, inline=False)
    for kind, key in ((Remark.OPENER, "remark_openers"), (Remark.DONT_KNOW, "remark_dont_know")):
        options = manner.persona.options(kind, language, sarcasm=manner.sarcasm)
        if options and not manner.plain:
            lines = "\n".join(f"• {each}" for each in options[:REMARKS_SHOWN])
            embed.add_field(name=say(key, language), value=lines[:FIELD_CHARACTERS], inline=False)
    return embed


async def setup(bot: Marv) -> None:
    """Give the cog what knows the personas."""
    await bot.add_cog(PersonaCog(bot.services.chat))
