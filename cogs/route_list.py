"""`/explore routes`: what is set, with a menu to take routes away."""

from __future__ import annotations

from typing import Any

import discord

from bot.client import NO_MENTIONS, Marv
from bot.models import Language
from bot.routing import Routes
from bot.services.routing import Routing
from cogs.controls import Controls
from cogs.explore_views import plain
from cogs.guards import library_of, require_staff
from cogs.route_render import add_route, label_name, origin_lines, routes_embed
from cogs.route_view import LABEL_CHARACTERS, MOST_OPTIONS, VIEW_SECONDS
from cogs.texts import say


class RouteList(Controls):
    """Lists what is set, with a menu to take routes away."""

    def __init__(self, routing: Routing, language: Language) -> None:
        super().__init__(timeout=VIEW_SECONDS)
        self._routing, self._language = routing, language

    async def embed(self, interaction: discord.Interaction[Marv]) -> discord.Embed:
        """Render what is set, and offer to remove it; raises StoreFailed."""
        return self._showing(await self._routing.show(library_of(interaction)), interaction)

    def _showing(
        self, routes: Routes | None, interaction: discord.Interaction[Marv]
    ) -> discord.Embed:
        self.clear_items()
        if routes is None:
            return routes_embed([say("routes_none", self._language)], self._language)
        lines = origin_lines(routes, self._language)
        if self._routing.paused(routes):
            lines.insert(0, say("routes_paused", self._language, space=routes.origin.space))
        embed = routes_embed(lines, self._language)
        for route in routes.routes[:MOST_OPTIONS]:
            called = plain(label_name(route.label, interaction), LABEL_CHARACTERS, self._language)
            add_route(embed, called, route, interaction, self._language)
        self.add_item(_RemoveMenu(self, routes, interaction))
        return embed

    async def remove(self, interaction: discord.Interaction[Marv], labels: list[str]) -> None:
        """Take routes away, for staff only."""
        require_staff(interaction)
        left = await self._routing.remove(library_of(interaction), labels)
        await interaction.response.edit_message(
            embed=self._showing(left, interaction), view=self, allowed_mentions=NO_MENTIONS
        )

    @property
    def language(self) -> Language:
        """Return the language of the controls."""
        return self._language


class _RemoveMenu(discord.ui.Select[RouteList]):
    def __init__(
        self, shown: RouteList, routes: Routes, interaction: discord.Interaction[Marv]
    ) -> None:
        self._shown = shown
        self._labels = [route.label for route in routes.routes[:MOST_OPTIONS]]
        super().__init__(
            custom_id="routes:remove-some",
            placeholder=say("routes_choose_removed", shown.language),
            max_values=len(self._labels),
            options=[
                discord.SelectOption(value=str(number), label=label_name(label, interaction)[:100])
                for number, label in enumerate(self._labels)
            ],
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._shown.remove(interaction, [self._labels[int(each)] for each in self.values])


async def show_routes(
    interaction: discord.Interaction[Marv], routing: Routing, language: Language
) -> None:
    """Answer with what is set."""
    shown = RouteList(routing, language)
    embed = await shown.embed(interaction)
    await interaction.response.send_message(
        embed=embed, view=shown, ephemeral=True, allowed_mentions=NO_MENTIONS
    )
