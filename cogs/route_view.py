"""Routes as staff set them: a label, then a channel or a persona, saved as it is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import discord

from bot.client import NO_MENTIONS, Marv
from bot.faults.routing import ConfidenceUnreadable, LabelUnknown
from bot.models import Language
from bot.routing import Routes, Target
from bot.services.routing import Routing, check_enough
from cogs.controls import Controls
from cogs.explore_views import plain
from cogs.forms import Form
from cogs.guards import library_of, require_staff
from cogs.route_render import add_route, origin_lines, routes_embed
from cogs.texts import say

VIEW_SECONDS = 840.0  # an interaction can be edited for fifteen minutes
MOST_OPTIONS = 25
LABEL_CHARACTERS = 60
TARGETS = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]


class RouteOffer(Controls):
    """Under a classification: the way to routes."""

    def __init__(
        self, routes: Routes, names: Mapping[str, str], confidence: float, language: Language
    ) -> None:
        super().__init__(timeout=VIEW_SECONDS)
        self._routes, self._names = routes, names
        self._confidence, self._language = confidence, language
        self.open.label = say("route_button", language)

    @discord.ui.button(custom_id="routes:open", emoji="↪")
    async def open(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[RouteOffer]
    ) -> None:
        """Show the form, if there is enough to sort by."""
        require_staff(interaction)
        check_enough(self._routes)
        editor = RouteEditor(
            interaction.client.services.routing,
            self._routes,
            self._names,
            self._confidence,
            self._language,
        )
        embed = await editor.embed(interaction)
        await interaction.response.send_message(
            embed=embed, view=editor, ephemeral=True, allowed_mentions=NO_MENTIONS
        )


class RouteEditor(Controls):
    """Sets where each label of a classification leads."""

    def __init__(
        self,
        routing: Routing,
        routes: Routes,
        names: Mapping[str, str],
        confidence: float,
        language: Language,
    ) -> None:
        super().__init__(timeout=VIEW_SECONDS)
        self._routing, self._routes, self._names = routing, routes, names
        self._language = language
        self._labels = _commonest(routes)
        self._confidences = dict.fromkeys(routes.sorter.labels, confidence)
        self._label: str | None = None

    @property
    def personas(self) -> tuple[str, ...]:
        """Return the names of the personas that there are."""
        return self._routing.personas.names

    async def embed(self, interaction: discord.Interaction[Marv]) -> discord.Embed:
        """Render how right the sorter is and where its labels lead, and the controls that fit."""
        stored = await self._routing.show(library_of(interaction))
        mine = stored is not None and stored.sorter.digest == self._routes.sorter.digest
        shown = stored if stored is not None and mine else self._routes
        lines = [say("routes_how", self._language), "", *origin_lines(shown, self._language)]
        if stored is not None and not mine:
            lines.append(say("routes_replace", self._language, count=len(stored.routes)))
        if self._label is not None:
            percent = round(100 * self._confidences[self._label])
            label = self._called(self._label)
            lines += ["", say("routes_at", self._language, label=label, confidence=percent)]
        embed = routes_embed(lines, self._language)
        for label in self._labels:
            add_route(embed, self._called(label), shown.of(label), interaction, self._language)
        self._fill()
        return embed

    async def refresh(self, interaction: discord.Interaction[Marv]) -> None:
        """Show what is set now."""
        embed = await self.embed(interaction)
        await interaction.response.edit_message(
            embed=embed, view=self, allowed_mentions=NO_MENTIONS
        )

    async def choose(self, interaction: discord.Interaction[Marv], label: str) -> None:
        """Turn to a label."""
        self._label = label
        await self.refresh(interaction)

    async def lead(self, interaction: discord.Interaction[Marv], target: Target) -> None:
        """Have the chosen label lead somewhere, for staff only."""
        require_staff(interaction)
        label = self._chosen()
        await self._routing.set_route(
            library_of(interaction), self._routes, label, target, self._confidences[label]
        )
        await self.refresh(interaction)

    async def set_confidence(self, interaction: discord.Interaction[Marv], typed: str) -> None:
        """Let the chosen label count from another confidence on, also where it leads already.

        Raises ConfidenceUnreadable.
        """
        require_staff(interaction)
        label = self._chosen()
        self._confidences[label] = confidence_of(typed)
        stored = await self._routing.show(library_of(interaction))
        route = stored.of(label) if stored is not None else None
        if stored is None or route is None or stored.sorter.digest != self._routes.sorter.digest:
            await self.refresh(interaction)
            return
        await self.lead(interaction, route.target)

    async def ask_confidence(self, interaction: discord.Interaction[Marv]) -> None:
        """Open the form for a confidence."""
        require_staff(interaction)
        percent = round(100 * self._confidences[self._chosen()])
        await interaction.response.send_modal(ConfidenceForm(self, percent, self._language))

    async def remove(self, interaction: discord.Interaction[Marv]) -> None:
        """Have the chosen label lead nowhere; raises RouteUnknown where it does already."""
        require_staff(interaction)
        await self._routing.remove(library_of(interaction), [self._chosen()])
        await self.refresh(interaction)

    def _chosen(self) -> str:
        if self._label is None:
            raise LabelUnknown("no label was chosen")
        return self._label

    def _called(self, label: str) -> str:
        return plain(self._names.get(label, label), LABEL_CHARACTERS, self._language)

    def _fill(self) -> None:
        self.clear_items()
        self.add_item(_LabelMenu(self, self._labels, self._names, self._label))
        if self._label is None:
            return
        self.add_item(_ChannelMenu(self))
        self.add_item(_PersonaMenu(self))
        self.add_item(_Press(self, "routes_confidence", "routes:confidence", self.ask_confidence))
        self.add_item(_Press(self, "routes_remove", "routes:remove", self.remove))

    @property
    def language(self) -> Language:
        """Return the language of the controls."""
        return self._language


class _LabelMenu(discord.ui.Select[RouteEditor]):
    def __init__(
        self,
        editor: RouteEditor,
        labels: tuple[str, ...],
        names: Mapping[str, str],
        chosen: str | None,
    ) -> None:
        self._editor, self._labels = editor, labels
        super().__init__(
            custom_id="routes:label",
            placeholder=say("routes_choose_label", editor.language),
            options=[
                discord.SelectOption(
                    value=str(number), label=names.get(each, each)[:100], default=each == chosen
                )
                for number, each in enumerate(labels)
            ],
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._editor.choose(interaction, self._labels[int(self.values[0])])


class _ChannelMenu(discord.ui.ChannelSelect[RouteEditor]):
    def __init__(self, editor: RouteEditor) -> None:
        self._editor = editor
        super().__init__(
            custom_id="routes:channel",
            placeholder=say("routes_choose_channel", editor.language),
            channel_types=TARGETS,
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._editor.lead(interaction, Target(channel_id=self.values[0].id))


class _PersonaMenu(discord.ui.Select[RouteEditor]):
    def __init__(self, editor: RouteEditor) -> None:
        self._editor = editor
        super().__init__(
            custom_id="routes:persona",
            placeholder=say("routes_choose_persona", editor.language),
            options=[
                discord.SelectOption(value=name, label=name[:100])
                for name in editor.personas[:MOST_OPTIONS]
            ],
        )

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._editor.lead(interaction, Target(persona=self.values[0]))


class _Press(discord.ui.Button[RouteEditor]):
    def __init__(self, editor: RouteEditor, text: str, custom_id: str, press: Any) -> None:  # noqa: ANN401
        super().__init__(label=say(text, editor.language), custom_id=custom_id)
        self._press = press

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await self._press(interaction)


class ConfidenceForm(Form):
    """Lets staff type a confidence."""

    def __init__(self, editor: RouteEditor, percent: int, language: Language) -> None:
        super().__init__(title=say("routes_title", language))
        self._editor = editor
        self._typed = self.add_text(
            "confidence",
            say("routes_confidence_label", language),
            default=str(percent),
            longest=6,
        )

    async def on_submit(self, interaction: discord.Interaction[Marv], /) -> None:  # type: ignore[override]
        """Set it."""
        await self._editor.set_confidence(interaction, self._typed.value)


def _commonest(routes: Routes) -> tuple[str, ...]:
    """Return the labels, in their order; of more than a menu holds, those that most texts get."""
    counts = Counter(trial.label for trial in routes.sorter.trials)
    labels = routes.sorter.labels
    chosen = set(sorted(labels, key=lambda each: -counts[each])[:MOST_OPTIONS])
    return tuple(label for label in labels if label in chosen)


def confidence_of(typed: str) -> float:
    """Return a confidence from the per cent that was typed; raises ConfidenceUnreadable."""
    try:
        percent = float(typed.strip().rstrip("%％"))
    except ValueError as error:
        raise ConfidenceUnreadable(typed) from error
    if not 0 <= percent <= 100:
        raise ConfidenceUnreadable(typed)
    return percent / 100
